import type { Mode, RunEstimate, StartRun as StartRunBody } from '@planwright/contracts';
import { PLAN_DOCUMENTS } from '@planwright/contracts';
import type { NewRun, NewRunDocument, Tx } from '@planwright/persistence';
import { planChain } from '@planwright/plan';
import { findBlueprint, pinnedTemplates } from '@planwright/prompts';
import type { Catalogue } from '@planwright/prompts';
import { newId } from '@planwright/runtime';
import type { ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import { notFound, RequestProblem } from '../http/problem.js';
import { estimateRun } from './estimate-run.js';
import type { EstimateCost } from './estimate-run.js';
import { chooseModel } from './model-choice.js';
import type { ModelOffer } from './model-choice.js';
import type { OpenRun } from './open-run.js';

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
    private readonly catalogue: Catalogue,
    private readonly offer: ModelOffer,
    private readonly costOf: EstimateCost,
  ) {}

  /**
   * Answers the run as it opened, or the one that waits to write the same already. Throws 404, 409 `run_active` with the
   * `run_id` that is in the way, 409 `prerequisite_missing`, 429 `too_many_runs`.
   */
  execute(request: StartRequest, projectId: string): Promise<ChangeAnswer> {
    const { on_conflict: onConflict } = request.body;
    return this.makeChange.execute(request, async (tx) => {
      const run = await this.newRun(tx, request, projectId);
      return (await this.openRun.execute(tx, run, { onConflict, mayJoin: true })).change;
    });
  }

  /**
   * What the run would write and take. Opens it as `execute` does, for the same answers of refusal, and undoes that.
   */
  preview(request: StartRequest, projectId: string): Promise<RunEstimate> {
    const { on_conflict: onConflict } = request.body;
    return this.makeChange.rehearse(async (tx) => {
      const run = await this.newRun(tx, request, projectId);
      await this.openRun.rehearse(tx, run, { onConflict, mayJoin: true });
      return estimateRun(run, await tx.read.usualSections(run.workspaceId, run), this.costOf);
    });
  }

  private async newRun(tx: Tx, { workspaceId, body, triggeredBy }: StartRequest, projectId: string): Promise<NewRun> {
    const project = await tx.read.project(workspaceId, projectId);
    if (!project) throw notFound('project', projectId);
    const workspace = await tx.read.workspace(workspaceId);
    const active = await tx.documents.active(workspaceId, projectId);
    const mode: Mode = body.mode ?? active.get('prd')?.mode ?? 'detailed';
    const requested = (body.documents ?? PLAN_DOCUMENTS).map((kind) => this.blueprint(kind, mode));
    const chain = planChain(
      requested,
      Object.fromEntries([...active].map(([kind, { versionId }]) => [kind, versionId])),
    );
    if (!chain.ok) {
      const missing = chain.missing.map(({ document, requires }) => `${document} needs ${requires}`).join(', ');
      throw new RequestProblem('prerequisite_missing', `The project has no usable version yet: ${missing}.`, {
        missing: [...new Set(chain.missing.map(({ requires }) => requires))],
      });
    }
    return {
      id: newId(),
      workspaceId,
      projectId,
      kind: 'plan',
      mode,
      ...chooseModel(
        this.offer,
        body,
        { provider: project.preferred_provider, model: project.preferred_model },
        { provider: workspace?.preferredProvider, model: workspace?.preferredModel },
      ),
      triggeredBy,
      inputSnapshot: { project_name: project.name, idea: project.idea, constraints: project.constraints },
      templates: pinnedTemplates(this.catalogue, chain.documents),
      pinnedVersions: chain.pinned,
      documents: chain.documents.map((blueprint): NewRunDocument => ({
        kind: blueprint.document,
        versionId: newId(),
        blueprint,
        steps: blueprint.stages.flatMap(({ sections }) => sections.map((sectionId) => ({ id: newId(), sectionId }))),
      })),
    };
  }

  private blueprint(kind: string, mode: Mode) {
    const blueprint = findBlueprint(this.catalogue, kind, mode);
    if (!blueprint) throw new Error(`there is no blueprint for ${kind} in mode ${mode}`);
    return blueprint;
  }
}
