import type { Database } from '@planwright/persistence';
import type { Clock } from '@planwright/runtime';
import { command } from './send.js';
import type { Sender } from './send.js';

/**
 * Notes that a run shall stop. The wish is stored first, so it holds however the message travels; the orchestrator then
 * stops the steps. Asking again, or for a run that has ended, changes nothing.
 */
export class CancelRun {
  constructor(
    private readonly database: Database,
    private readonly sender: Sender,
    private readonly clock: Clock,
  ) {}

  /** False when the workspace has no such run. */
  async execute(workspaceId: string, runId: string): Promise<boolean> {
    const at = this.clock.now();
    const asked = await this.database.transaction(async (tx) => {
      const answer = await tx.runs.requestCancel(workspaceId, runId);
      if (answer !== 'requested') return answer;
      const message = command('run.cancel', { run_id: runId, requested_at: new Date(at).toISOString() }, workspaceId);
      await tx.outbox.add([message]);
      return message;
    });
    if (asked === null) return false;
    if (typeof asked === 'object') await this.sender.send([asked]);
    return true;
  }
}
