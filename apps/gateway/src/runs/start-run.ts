import type { Mode, RunResource, StartRunRequest } from '@planwright/contracts';
import { PLAN_DOCUMENTS } from '@planwright/contracts';
import type { Caller, Database, NewRunDocument } from '@planwright/persistence';
import { planChain } from '@planwright/plan';
import { findBlueprint, pinnedTemplates } from '@planwright/prompts';
import type { Catalogue } from '@planwright/prompts';
import { newId } from '@planwright/runtime';
import { notFound, RequestProblem } from '../http/problem.js';
import { chooseModel } from './model-choice.js';
import type { ModelOffer } from './model-choice.js';
import type { ReadRun } from './read-run.js';
import { command } from './send.js';
import type { Sender } from './send.js';

/**
 * Writes a run with its documents, versions, sections and steps, and the command that begins it, in one transaction. All
 * of the run is there from the first moment; nothing of it is when the request is refused.
 */
export class StartRun {
  constructor(
    private readonly database: Database,
    private readonly sender: Sender,
    private readonly readRun: ReadRun,
    private readonly catalogue: Catalogue,
    private readonly offer: ModelOffer,
  ) {}

  /** Answers the run as it opened. Throws 404, 409 `run_active` with the holder's `run_id`, 409 `prerequisite_missing`. */
  async execute(caller: Caller, projectId: string, request: StartRunRequest): Promise<RunResource> {
    const { workspaceId } = caller;
    const runId = newId();
    const message = await this.database.transaction(async (tx) => {
      const project = await tx.read.project(workspaceId, projectId);
      if (!project) throw notFound('project', projectId);
      const active = await tx.documents.active(workspaceId, projectId);
      const mode: Mode = request.mode ?? active.get('prd')?.mode ?? 'detailed';
      const requested = (request.documents ?? PLAN_DOCUMENTS).map((kind) => this.blueprint(kind, mode));
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
      const inserted = await tx.runs.insert({
        id: runId,
        workspaceId,
        projectId,
        kind: 'plan',
        mode,
        ...chooseModel(this.offer, request, { provider: project.preferred_provider, model: project.preferred_model }),
        triggeredBy: caller.name,
        inputSnapshot: { project_name: project.name, idea: project.idea, constraints: project.constraints },
        templates: pinnedTemplates(this.catalogue, chain.documents),
        pinnedVersions: chain.pinned,
        documents: chain.documents.map((blueprint): NewRunDocument => ({
          kind: blueprint.document,
          versionId: newId(),
          blueprint,
          steps: blueprint.stages.flatMap(({ sections }) => sections.map((sectionId) => ({ id: newId(), sectionId }))),
        })),
      });
      if (!inserted.ok) {
        const { scope, runId: holder } = inserted.conflict;
        throw new RequestProblem('run_active', `Run ${holder} is already writing ${scope}.`, { run_id: holder, scope });
      }
      const start = command('run.start', { run_id: runId }, workspaceId);
      await tx.outbox.add([start]);
      return start;
    });
    // Read before it is sent: the answer is the run as it was made, and its position is before everything that follows.
    const run = await this.readRun.execute(workspaceId, runId);
    await this.sender.send([message]);
    if (!run) throw notFound('run', runId);
    return run;
  }

  private blueprint(kind: string, mode: Mode) {
    const blueprint = findBlueprint(this.catalogue, kind, mode);
    if (!blueprint) throw new Error(`there is no blueprint for ${kind} in mode ${mode}`);
    return blueprint;
  }
}
