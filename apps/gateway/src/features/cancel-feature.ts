import type { Clock } from '@planwright/runtime';
import type { ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import { notFound } from '../http/problem.js';
import { requestCancel } from '../runs/cancel-run.js';

/** Notes that the run of a feature shall stop: the feature then fails, and says that it was cancelled. */
export class CancelFeature {
  constructor(
    private readonly makeChange: MakeChange,
    private readonly clock: Clock,
  ) {}

  /** Answers the feature as it is with the wish stored; as it ended, where it had. Throws 404. */
  execute(request: ChangeRequest, featureId: string): Promise<ChangeAnswer> {
    const { workspaceId } = request;
    return this.makeChange.execute(request, async (tx) => {
      const runId = (await tx.read.feature(workspaceId, featureId))?.run_id;
      const { messages = [] } = runId ? await requestCancel(tx, this.clock, workspaceId, runId) : {};
      // Read with the run locked: it can't have become something else before the answer is stored.
      const feature = await tx.read.feature(workspaceId, featureId);
      if (!feature) throw notFound('feature', featureId);
      return { status: 202, body: feature, messages };
    });
  }
}
