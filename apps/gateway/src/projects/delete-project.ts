import { featuresChannel, projectChannel, runChannel } from '@planwright/contracts';
import type { LiveLog } from '@planwright/live';
import { noteAudit } from '@planwright/persistence';
import type { Actor, Database, Tx, UntoldPlace } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';
import type { Sender } from '../changes/send.js';
import { requestCancel } from '../runs/cancel-run.js';

const WAIT_MS = 10_000;
const POLL_MS = 50;
/** Nearly always all there are: in one order, as a notifier writes them that may be at it as well. */
const TOLD_AT_ONCE = 5_000;

/** Deletes a project: cancels its active runs first, so that no provider writes for something that is gone. */
export class DeleteProject {
  constructor(
    private readonly database: Database,
    private readonly sender: Sender,
    private readonly live: LiveLog,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /** False when the workspace has no such project. */
  async execute(by: Actor, projectId: string): Promise<boolean> {
    const { workspaceId } = by;
    if (!(await this.database.read.project(workspaceId, projectId))) return false;
    const active = await this.activeRuns(workspaceId, projectId);
    for (const runId of active) await this.cancel(workspaceId, runId);
    // Bounded: a run whose worker is gone ends by the sweeper later, or finds its rows deleted, which is as good.
    for (let waited = 0; waited < WAIT_MS; waited += POLL_MS) {
      if ((await this.activeRuns(workspaceId, projectId)).length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const { deleted, runIds } = await this.database.transaction(async (tx) => {
      const ids = await tx.runs.idsOf(workspaceId, projectId);
      // What webhooks are told is made of events that go with the project.
      if (await tx.projects.lockWithRuns(workspaceId, projectId)) await this.tellWebhooks(tx, workspaceId, projectId);
      const isDeleted = await tx.projects.delete(workspaceId, projectId);
      if (isDeleted) await noteAudit(tx, by, { action: 'project.delete', subject: projectId });
      return { deleted: isDeleted, runIds: ids };
    });
    if (deleted)
      await this.dropLogs([projectChannel(projectId), featuresChannel(projectId), ...runIds.map(runChannel)]);
    return deleted;
  }

  private async tellWebhooks(tx: Tx, workspaceId: string, projectId: string): Promise<void> {
    const scope = { workspaceId, projectId };
    let after: UntoldPlace | null = null;
    do {
      const { next } = await tx.webhookQueue.tell({ scope, after, limit: TOLD_AT_ONCE }, ({ messageId }, error) =>
        this.log.error({ err: error, message: messageId }, 'an event does not fit what webhooks are told of it'),
      );
      after = next;
    } while (after);
  }

  /** The text that was streamed goes with the project. A log that can't be reached now expires by itself. */
  private async dropLogs(channels: readonly string[]): Promise<void> {
    try {
      for (const channel of channels) await this.live.expire(channel, 0);
    } catch (error) {
      this.log.warn({ err: error }, 'live logs of a deleted project are kept until they expire');
    }
  }

  private async cancel(workspaceId: string, runId: string): Promise<void> {
    const { messages } = await this.database.transaction((tx) => requestCancel(tx, this.clock, workspaceId, runId));
    if (messages.length > 0) await this.sender.send(messages);
  }

  private activeRuns(workspaceId: string, projectId: string): Promise<string[]> {
    return this.database.transaction((tx) => tx.runs.active(workspaceId, projectId));
  }
}
