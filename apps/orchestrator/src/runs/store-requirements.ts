import { identityOf, matchRequirements, readRequirements } from '@planwright/lint';
import type { LockedRun, Tx } from '@planwright/persistence';
import { sectionOf } from './facts.js';
import type { Turn } from './take-turns.js';

/** The requirements of a completed section get their ids in the same transaction: no text is ever there without them. */
export async function storeRequirements(tx: Tx, { projectId }: LockedRun, turn: Turn): Promise<void> {
  const { changes, state, happening } = turn;
  const completed = changes.find((effect) => effect.type === 'section_completed');
  if (!completed || happening.result?.content === undefined) return;
  const { document, step } = sectionOf(state, completed.stepId);
  const prefix = document.blueprint.sections.find(({ id }) => id === step.sectionId)?.requirements;
  if (!prefix) return;
  const found = readRequirements(happening.result.content);
  if (found.length === 0) return;
  const { documentId, versionId } = document;
  const place = { projectId, documentId, versionId, sectionId: step.sectionId };
  const { known, last } = await tx.requirements.given(place, prefix);
  const quotes = found.map(({ quote }) => quote);
  const matched = matchRequirements(prefix, quotes, known, last);
  const stored = quotes.map((quote, i) => ({ key: matched.keys[i] ?? '', quote, identity: identityOf(quote) }));
  await tx.requirements.save(place, prefix, stored, matched.last);
}
