import type { RetryFeature as RetryFeatureBody } from '@planwright/contracts';
import type { RetriedFeature, Tx } from '@planwright/persistence';
import type { Change, ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import { notFound, RequestProblem } from '../http/problem.js';
import { chooseModel } from '../runs/model-choice.js';
import type { ModelOffer } from '../runs/model-choice.js';
import type { OpenRun } from '../runs/open-run.js';
import type { ComposeFeatureRun } from './compose-feature-run.js';
import { accepted } from './create-feature.js';

/** Who retries a feature. */
export interface RetryFeatureRequest extends ChangeRequest {
  body: RetryFeatureBody;
  triggeredBy: string;
}

type Refused = Extract<RetriedFeature, { ok: false }>;

/**
 * Makes a new run for a feature that failed, with what the one before was started with and what it finished; for one that
 * is completed and stale, a run that writes all of it anew, from what there is of the project now.
 */
export class RetryFeature {
  constructor(
    private readonly makeChange: MakeChange,
    private readonly openRun: OpenRun,
    private readonly composeRun: ComposeFeatureRun,
    private readonly offer: ModelOffer,
  ) {}

  /**
   * Throws 404; 409 `run_active` with the `run_id` that writes it; 409 `nothing_to_retry` for one that is completed and
   * up to date, or was imported; 429 `too_many_runs`.
   */
  execute(request: RetryFeatureRequest, featureId: string): Promise<ChangeAnswer> {
    const { workspaceId, triggeredBy, body } = request;
    return this.makeChange.execute(request, async (tx) => {
      const model = (failed: { provider: string; model: string }) => chooseModel(this.offer, body, failed);
      const retried = await tx.features.retry({ workspaceId, featureId, triggeredBy, model });
      if (!retried.ok) return this.writeAnew(tx, request, featureId, retried);
      await this.openRun.countIn(tx, workspaceId);
      return accepted(featureId, retried.runId, [retried.start]);
    });
  }

  private async writeAnew(tx: Tx, request: RetryFeatureRequest, featureId: string, refused: Refused): Promise<Change> {
    const { workspaceId, body, triggeredBy } = request;
    if (refused.why !== 'completed') throw refusalOf(refused, featureId);
    const { projectId, description } = refused;
    if (!(await tx.documents.staleFeatures(workspaceId, projectId)).includes(featureId)) {
      throw refusalOf(refused, featureId);
    }
    const wish = { workspaceId, projectId, featureId, description, body, triggeredBy };
    const run = await this.composeRun.execute(tx, wish);
    const { change } = await this.openRun.execute(tx, run, { onConflict: 'reject', mayJoin: false });
    return accepted(featureId, run.id, change.messages);
  }
}

function refusalOf(refused: Refused, featureId: string): Error {
  switch (refused.why) {
    case 'not_found':
      return notFound('feature', featureId);
    case 'run_active': {
      const { runId: run_id } = refused;
      return new RequestProblem('run_active', `Run ${run_id} is writing this feature.`, { run_id });
    }
    case 'no_run':
      return new RequestProblem('nothing_to_retry', `Feature ${featureId} was imported: no run of it is here.`, {
        advice: 'Ask for a feature with the same description.',
      });
    case 'completed':
    case 'nothing_to_retry':
      return new RequestProblem('nothing_to_retry', `Feature ${featureId} is completed, and nothing of it is stale.`, {
        advice: 'Ask for another feature, or change its cards on the board.',
      });
  }
}
