import type { Schemas } from '@planwright/client';

/** What a person chooses before a plan is written. */
export interface RunChoices {
  readonly mode: 'draft' | 'detailed';
  /** Kinds of documents, in the order of writing. */
  readonly documents: readonly string[];
}

/** Documents of a whole plan, in the order of writing: each is made from the ones before it. */
export const PLAN: readonly string[] = ['prd', 'tech_spec', 'task_set'];

const NAMES: Readonly<Record<string, string>> = { prd: 'PRD', tech_spec: 'Tech spec', task_set: 'Tasks' };

/** What people call a kind of document. */
export const nameOfKind = (kind: string, blueprints: readonly Schemas['Blueprint'][] = []): string =>
  NAMES[kind] ?? blueprints.find(({ document }) => document === kind)?.title ?? kind.replaceAll('_', ' ');

/** Choices as they travel in an address. */
export const queryOf = ({ mode, documents }: RunChoices): string =>
  new URLSearchParams({ mode, documents: documents.join(',') }).toString();

/** Choices of an address, and for what it does not say: the whole plan, or the one document it is about. */
export function choicesOf(query: string, kind: string): RunChoices {
  const given = new URLSearchParams(query);
  const documents = (given.get('documents') ?? '').split(',').filter((one) => /^[a-z][a-z0-9_]*$/.test(one));
  return {
    mode: given.get('mode') === 'draft' ? 'draft' : 'detailed',
    documents: documents.length > 0 ? documents : kind === 'prd' ? PLAN : [kind],
  };
}

/** Ticks or unticks a document, in the order of writing. What it needs comes along, and what needs it goes along. */
export function withDocument(documents: readonly string[], kind: string, isWanted: boolean): string[] {
  const place = PLAN.indexOf(kind);
  return PLAN.filter((one, index) =>
    isWanted ? index <= place || documents.includes(one) : index < place && documents.includes(one),
  );
}
