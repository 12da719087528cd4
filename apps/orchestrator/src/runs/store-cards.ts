import type { ProjectEventBody } from '@planwright/contracts';
import { storeTaskSet } from '@planwright/persistence';
import type { LockedRun, Tx } from '@planwright/persistence';
import type { Effect, RunState } from '@planwright/plan';

/** What a task set that ended did to the board. */
export interface StoredCards {
  /** Tasks it has. */
  count: number;
  /** What followers of the board are told, in order. */
  bodies: ProjectEventBody[];
  /** Dependencies that were left out for a person's, as keys. */
  dropped: { task: string; dependsOn: string }[];
}

/** The task sets of a run that have just ended with all their sections; of an incomplete one nothing reaches the board. */
export function endedTaskSets(
  state: RunState,
  effects: readonly Effect[],
): { versionId: string; sections: string[] }[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'document_ended' || effect.status !== 'ready') return [];
    const document = state.documents.find(({ documentId }) => documentId === effect.documentId);
    const lists = document?.blueprint.sections.filter(({ output }) => output === 'tasks') ?? [];
    if (!document || lists.length === 0) return [];
    const sections = lists.toSorted((a, b) => a.order - b.order).map(({ id }) => id);
    return [{ versionId: document.versionId, sections }];
  });
}

/** Lets the task lists of a version meet the board, in the transaction that ends it. */
export async function storeCards(
  tx: Tx,
  { projectId, runId }: Pick<LockedRun, 'projectId' | 'runId'>,
  { versionId, sections }: { versionId: string; sections: readonly string[] },
): Promise<StoredCards> {
  const { count, changes, dropped } = await storeTaskSet(tx, { projectId, versionId, sections });
  return { count, bodies: changes.map(({ type, task }) => ({ type, run_id: runId, task })), dropped };
}
