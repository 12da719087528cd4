import type { ProjectEventBody } from '@planwright/contracts';
import type { BoardChange, OutboxMessage, Tx } from '@planwright/persistence';
import { newId } from '@planwright/runtime';

/**
 * Writes what changed on a board for its followers, in the transaction of the change: numbered on the project's channel,
 * with the messages that tell of it. The caller sends those after its commit; a notifier that hears of a number brings all
 * up to it into the live log, in order.
 */
export async function tellBoard(
  tx: Tx,
  { workspaceId, projectId }: { workspaceId: string; projectId: string },
  changes: readonly BoardChange[],
): Promise<OutboxMessage[]> {
  const bodies = changes.map(({ type, task }): ProjectEventBody => ({ type, run_id: null, task }));
  const numbered = await tx.events.appendProject(projectId, bodies);
  const messages = numbered.map(({ n, body }): OutboxMessage => ({
    ...{ id: newId(), name: 'project.changed', workspaceId, runId: null, causationId: null, traceparent: null },
    payload: { project_id: projectId, n, type: body.type },
  }));
  await tx.outbox.add(messages);
  return messages;
}
