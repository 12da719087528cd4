import type { Client } from '@planwright/client';
import type { BlueprintResource } from '@planwright/contracts';
import { DOCUMENT_ALIASES } from '@planwright/contracts';
import { UsageError } from './arguments.js';
import { documentName } from './words.js';

/** The document whose text is the cards of the board. */
export const BOARD = 'task_set';

const LONG_TITLES: ReadonlyMap<string, string> = new Map([
  ['prd', 'Product Requirements Document'],
  ['tech_spec', 'Technical Specification'],
]);

/** Kinds of documents to ask for, and what the platform calls each kind it knows. */
export interface ChosenKinds {
  documents: string[];
  titles: ReadonlyMap<string, string>;
}

/** Asks the platform which kinds it knows; throws `UsageError` where what is asked for is none of them. */
export async function chooseKinds(client: Pick<Client, 'blueprints'>, asked: readonly string[]): Promise<ChosenKinds> {
  const { items } = await client.blueprints.list();
  return {
    documents: withPrerequisites(asked, items),
    titles: new Map(items.map(({ document, title }) => [document, title])),
  };
}

/** What is asked for, and before it what it is made from: a new project has none of it yet. */
function withPrerequisites(
  asked: readonly string[],
  blueprints: readonly Pick<BlueprintResource, 'document' | 'requires' | 'in_plans'>[],
): string[] {
  const known = new Set(blueprints.flatMap(({ document, in_plans }) => (in_plans ? [document] : [])));
  const chosen: string[] = [];
  const choose = (kind: string): void => {
    if (!known.has(kind))
      throw new UsageError(`There is no document "${kind}" here; there are ${[...known].join(', ')}.`);
    if (chosen.includes(kind)) return;
    for (const { document, requires } of blueprints) if (document === kind) requires.forEach(choose);
    if (!chosen.includes(kind)) chosen.push(kind);
  };
  for (const kind of asked) choose(DOCUMENT_ALIASES.get(kind) ?? kind);
  return chosen;
}

/** How a kind is called on the screen, by the platform's titles where they were asked for. */
export function nameOfKind(titles?: ReadonlyMap<string, string>): (kind: string) => string {
  return (kind) => documentName(kind, titles?.get(kind));
}

/** How a kind is called above its text. */
export function titleOfKind(kind: string, titles?: ReadonlyMap<string, string>): string {
  return LONG_TITLES.get(kind) ?? nameOfKind(titles)(kind);
}
