import type { RunEstimate, StartRun as StartRunBody } from '@planwright/contracts';
import type { NewRun } from '@planwright/persistence';
import type { ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import type { ComposeRun } from './compose-run.js';
import type { EstimateRun } from './estimate-run.js';
import type { OpenOptions, OpenRun } from './open-run.js';

/** Who starts which run of what. */
export interface StartRequest extends ChangeRequest {
  body: StartRunBody;
  triggeredBy: string;
}

/**
 * Writes a run with its documents, versions, sections and steps, and the command that begins it, in one transaction. All
 * of the run is there from the first moment; nothing of it is when the request is refused.
 */
export class StartRun {
  constructor(
    private readonly makeChange: MakeChange,
    private readonly openRun: OpenRun,
    private readonly composeRun: ComposeRun,
    private readonly estimateRun: EstimateRun,
  ) {}

  /**
   * Answers the run as it opened, or the one that waits to write the same already, or that writes other sections of the
   * same document and takes these on. Throws 404, 400 for unknown documents and sections, 409 `run_active` with the
   * `run_id` that is in the way, 409 `prerequisite_missing`, 409 `nothing_stale`, 429 `too_many_runs`.
   */
  execute(request: StartRequest, projectId: string): Promise<ChangeAnswer> {
    return this.makeChange.execute(request, async (tx) => {
      const { run } = await this.composeRun.execute(tx, { ...request, projectId });
      return (await this.openRun.execute(tx, run, optionsOf(request.body, run))).change;
    });
  }

  /**
   * What the run would write and take. Opens it as `execute` does, for the same answers of refusal, and undoes that; only
   * then, when nothing is locked any more, it estimates.
   */
  async preview(request: StartRequest, projectId: string): Promise<RunEstimate> {
    const composed = await this.makeChange.rehearse(async (tx) => {
      const made = await this.composeRun.execute(tx, { ...request, projectId });
      await this.openRun.rehearse(tx, made.run, optionsOf(request.body, made.run));
      return made;
    });
    return this.estimateRun.execute(composed);
  }
}

function optionsOf({ on_conflict: onConflict, sections, ...body }: StartRunBody, run: NewRun): OpenOptions {
  if (!sections) return { onConflict, mayJoin: true };
  const { downstream, provider, model, mode } = body;
  const steps = run.documents.flatMap((document) => document.steps.map(({ sectionId }) => sectionId));
  return { onConflict, mayJoin: false, wish: { sections, cascade: downstream ? steps : [], provider, model, mode } };
}
