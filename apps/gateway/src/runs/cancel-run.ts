import type { OutboxMessage, Tx } from '@planwright/persistence';
import type { Clock } from '@planwright/runtime';
import type { ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import { command } from '../changes/send.js';
import { notFound } from '../http/problem.js';
import type { ReadRun } from './read-run.js';

/**
 * Notes that a run shall stop. The wish is stored first, so it holds however the message travels; the orchestrator then
 * stops the steps. Asking again, or for a run that has ended, changes nothing.
 */
export class CancelRun {
  constructor(
    private readonly makeChange: MakeChange,
    private readonly readRun: ReadRun,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers the run as it is with the wish stored: as it ended, where it had; else as far as it came, for it ends as
   * `cancelled` once nobody writes for it any more, or as it does by itself before that. Throws 404.
   */
  execute(request: ChangeRequest, runId: string): Promise<ChangeAnswer> {
    const { workspaceId } = request;
    return this.makeChange.execute(request, async (tx) => {
      const { found, messages } = await requestCancel(tx, this.clock, workspaceId, runId);
      // Read with the run locked: it can't have become something else before the answer is stored.
      const run = found ? await this.readRun.execute(workspaceId, runId, tx.read) : null;
      if (!run) throw notFound('run', runId);
      return { status: 202, body: run, location: `/v1/runs/${runId}`, messages };
    });
  }
}

/** Stores the wish and the command that carries it, which the caller sends after its commit. Locks the run. */
export async function requestCancel(
  tx: Tx,
  clock: Clock,
  workspaceId: string,
  runId: string,
): Promise<{ found: boolean; messages: OutboxMessage[] }> {
  const answer = await tx.runs.requestCancel(workspaceId, runId);
  if (answer !== 'requested') return { found: answer === 'ended', messages: [] };
  const requested_at = new Date(clock.now()).toISOString();
  const message = command('run.cancel', { run_id: runId, requested_at }, workspaceId);
  await tx.outbox.add([message]);
  return { found: true, messages: [message] };
}
