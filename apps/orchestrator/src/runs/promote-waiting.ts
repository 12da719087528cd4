import type { Database } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import type { OutboxSender } from '../outbox/outbox-sender.js';

/**
 * Begins what waits in a project for runs that have ended meanwhile, and answers how many. The net under the transaction
 * that ends a run, which does the same.
 */
export async function promoteWaiting(database: Database, sender: OutboxSender, projectId: string): Promise<number> {
  const rows = await database.transaction(async (tx) => {
    const promoted = await tx.runs.promoteWaiting(projectId);
    const starts = promoted.map(({ runId, workspaceId }) => ({
      id: newId(),
      name: 'run.start',
      workspaceId,
      runId,
      causationId: null,
      traceparent: null,
      payload: { run_id: runId },
      occurredAt: new Date().toISOString(),
    }));
    await tx.outbox.add(starts);
    return starts;
  });
  await sender.send(rows);
  return rows.length;
}
