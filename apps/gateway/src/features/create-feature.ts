import type { CreateFeature as CreateFeatureBody, FeatureAccepted } from '@planwright/contracts';
import { FEATURE_ACCEPTED } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import type { Change, ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import type { OpenRun } from '../runs/open-run.js';
import type { ComposeFeatureRun } from './compose-feature-run.js';

/** Who asks for which feature. */
export interface CreateFeatureRequest extends ChangeRequest {
  body: CreateFeatureBody;
  triggeredBy: string;
}

/**
 * Writes a feature with its run, the documents, sections and steps of that, and the command that begins it, in one
 * transaction: what is answered is on its way. Each feature is a scope of its own, so any number of them may be written
 * at once.
 */
export class CreateFeature {
  constructor(
    private readonly makeChange: MakeChange,
    private readonly openRun: OpenRun,
    private readonly composeRun: ComposeFeatureRun,
  ) {}

  /** Throws 404, 429 `too_many_runs`. */
  execute(request: CreateFeatureRequest, projectId: string): Promise<ChangeAnswer> {
    const { workspaceId, body, triggeredBy } = request;
    const { description } = body;
    return this.makeChange.execute(request, async (tx) => {
      const featureId = newId();
      const feature = { workspaceId, projectId, description };
      const run = await this.composeRun.execute(tx, { ...feature, featureId, body, triggeredBy });
      await tx.features.insert({ ...feature, id: featureId });
      const { change } = await this.openRun.execute(tx, run, { onConflict: 'reject', mayJoin: false });
      return accepted(featureId, run.id, change.messages);
    });
  }
}

/** 202, before any step has been run. */
export function accepted(featureId: string, runId: string, messages: Change['messages']): Change {
  const body: FeatureAccepted = {
    message: FEATURE_ACCEPTED,
    status: 'processing',
    feature_id: featureId,
    run_id: runId,
  };
  return { status: 202, body, location: `/v1/features/${featureId}`, ...(messages && { messages }) };
}
