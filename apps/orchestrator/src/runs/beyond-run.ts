import type { ProjectEventBody } from '@planwright/contracts';
import type { NumberedFact } from '@planwright/live';
import type { LockedRun, OutboxRow, Tx } from '@planwright/persistence';
import type { Effect } from '@planwright/plan';
import { projectFact } from './facts.js';
import { featureFact, featureNews } from './feature-news.js';
import { outgoing, rowOf } from './outgoing.js';
import { storeRequirements } from './store-requirements.js';
import { endedTaskSets, storeCards } from './store-cards.js';
import type { StoredCards } from './store-cards.js';
import type { Turn } from './take-turns.js';

interface BeyondRun {
  facts: NumberedFact[];
  featureFacts: NumberedFact[];
  news: OutboxRow[];
  starts: OutboxRow[];
  /** Dependencies between cards that were generated, and left out for a person's; as keys. */
  dropped: StoredCards['dropped'];
}

/**
 * What goes beyond the run, written in its transaction once the run is saved: cards, what the project's followers learn,
 * the feature it writes, and the runs that waited for this one.
 */
export async function commitBeyondRun(tx: Tx, run: LockedRun, turns: readonly Turn[]): Promise<BeyondRun> {
  const facts: NumberedFact[] = [];
  const featureFacts: NumberedFact[] = [];
  const news: OutboxRow[] = [];
  const starts: OutboxRow[] = [];
  const dropped: StoredCards['dropped'] = [];
  for (const turn of turns) {
    // First: cards that come with it refer to them.
    await storeRequirements(tx, run, turn);
    const feature = await featureNews(tx, run, turn);
    const cards = [...(await planCards(tx, run, turn)), ...feature.cards];
    dropped.push(...cards.flatMap((set) => set.dropped));
    const bodies = [...cards.flatMap((set) => set.bodies), ...(await runNews(tx, run, turn.changes))];
    const numbered = await tx.events.appendProject(run.projectId, bodies);
    facts.push(...numbered);
    news.push(...numbered.map(({ n, body }) => rowOf(run, turn, projectFact(run.projectId, n, body))));
    const told = await tx.events.appendFeatures(run.projectId, feature.events);
    featureFacts.push(...told);
    news.push(...told.map(({ n, body }) => rowOf(run, turn, featureFact(run.projectId, n, body))));
    await feature.settle();
    if (!turn.changes.some(({ type }) => type === 'run_ended')) continue;
    const free = await tx.runs.promoteWaiting(run.projectId);
    starts.push(...free.map((waiting) => rowOf(waiting, turn, outgoing('run.start', { run_id: waiting.runId }))));
  }
  await tx.outbox.add([...news, ...starts]);
  return { facts, featureFacts, news, starts, dropped };
}

/**
 * A task set that is complete and the active one becomes cards as it ends; that of a feature is the feature's news. Where
 * somebody chose another version meanwhile the board is that one's, and this one meets it when it is activated.
 */
async function planCards(tx: Tx, run: LockedRun, { state, changes }: Turn): Promise<StoredCards[]> {
  if (state.kind === 'feature') return [];
  const stored: StoredCards[] = [];
  for (const ended of endedTaskSets(state, changes)) {
    if (await tx.documents.isActive(ended.versionId)) stored.push(await storeCards(tx, run, ended));
  }
  return stored;
}

/** What the project's followers learn of a run's life. */
async function runNews(
  tx: Tx,
  { workspaceId, runId }: LockedRun,
  effects: readonly Effect[],
): Promise<ProjectEventBody[]> {
  const types = effects.flatMap(({ type }) =>
    type === 'run_began' ? ['run.started' as const] : type === 'run_ended' ? ['run.ended' as const] : [],
  );
  if (types.length === 0) return [];
  const run = await tx.read.runSummary(workspaceId, runId);
  if (!run) throw new Error(`run ${runId} is locked, but not there`);
  return types.map((type) => ({ type, run_id: runId, run }));
}
