import type { ProjectEventBody } from '@planwright/contracts';
import { parseTaskDrafts } from '@planwright/contracts';
import type { NumberedFact } from '@planwright/live';
import type { LockedRun, OutboxRow, Tx } from '@planwright/persistence';
import type { Effect } from '@planwright/plan';
import { projectFact, sectionOf } from './facts.js';
import { outgoing, rowOf } from './outgoing.js';
import type { Turn } from './take-turns.js';

/**
 * What goes beyond the run, written in its transaction once the run is saved: cards, what the project's followers learn,
 * and the runs that waited for this one.
 */
export async function commitBeyondRun(
  tx: Tx,
  run: LockedRun,
  turns: readonly Turn[],
): Promise<{ facts: NumberedFact[]; news: OutboxRow[]; starts: OutboxRow[] }> {
  const facts: NumberedFact[] = [];
  const news: OutboxRow[] = [];
  const starts: OutboxRow[] = [];
  for (const turn of turns) {
    const bodies = [...(await storeTasks(tx, run, turn)), ...(await runNews(tx, run, turn.changes))];
    const numbered = await tx.events.appendProject(run.projectId, bodies);
    facts.push(...numbered);
    news.push(...numbered.map(({ n, body }) => rowOf(run, turn, projectFact(run.projectId, n, body))));
    if (!turn.changes.some(({ type }) => type === 'run_ended')) continue;
    const free = await tx.runs.promoteWaiting(run.projectId);
    starts.push(...free.map((waiting) => rowOf(waiting, turn, outgoing('run.start', { run_id: waiting.runId }))));
  }
  await tx.outbox.add([...news, ...starts]);
  return { facts, news, starts };
}

/** A completed task list becomes cards in the same transaction. */
async function storeTasks(
  tx: Tx,
  { projectId, runId }: LockedRun,
  { happening: { result }, changes, state }: Turn,
): Promise<ProjectEventBody[]> {
  const completed = changes.find((effect) => effect.type === 'section_completed');
  if (!completed || result?.content === undefined) return [];
  const { document, section } = sectionOf(state, completed.stepId);
  if (section.output !== 'tasks') return [];
  const parsed = parseTaskDrafts(result.content);
  if (!parsed.ok) throw new Error(`step ${completed.stepId} was reported as generated, but ${parsed.detail}`);
  const created = await tx.tasks.replaceFromTaskSet({ projectId, versionId: document.versionId, drafts: parsed.tasks });
  return created.map((task) => ({ type: 'task.created', run_id: runId, task }));
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
