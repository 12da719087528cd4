import type { Database } from '@planwright/persistence';
import type { CancelRun } from '../runs/cancel-run.js';

const WAIT_MS = 10_000;
const POLL_MS = 50;

/** Deletes a project: cancels its active runs first, so that no provider writes for something that is gone. */
export class DeleteProject {
  constructor(
    private readonly database: Database,
    private readonly cancelRun: CancelRun,
  ) {}

  /** False when the workspace has no such project. */
  async execute(workspaceId: string, projectId: string): Promise<boolean> {
    if (!(await this.database.read.project(workspaceId, projectId))) return false;
    const active = await this.activeRuns(workspaceId, projectId);
    for (const runId of active) await this.cancelRun.execute(workspaceId, runId);
    // Bounded: a run whose worker is gone ends by the sweeper later, or finds its rows deleted, which is as good.
    for (let waited = 0; waited < WAIT_MS; waited += POLL_MS) {
      if ((await this.activeRuns(workspaceId, projectId)).length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return this.database.transaction((tx) => tx.projects.delete(workspaceId, projectId));
  }

  private activeRuns(workspaceId: string, projectId: string): Promise<string[]> {
    return this.database.transaction((tx) => tx.runs.active(workspaceId, projectId));
  }
}
