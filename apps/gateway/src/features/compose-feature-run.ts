import type { NewRun, NewRunDocument, Tx } from '@planwright/persistence';
import { planChain } from '@planwright/plan';
import { findBlueprint, pinnedTemplates } from '@planwright/prompts';
import type { Catalogue } from '@planwright/prompts';
import { newId } from '@planwright/runtime';
import { notFound } from '../http/problem.js';
import { chooseModel } from '../runs/model-choice.js';
import type { ModelOffer } from '../runs/model-choice.js';

/** A feature that is to be written, for whom and by whom. */
export interface FeatureWish {
  workspaceId: string;
  projectId: string;
  featureId: string;
  description: string;
  /** Default: those of the project, the workspace or the deployment. */
  body: { provider?: string | undefined; model?: string | undefined };
  triggeredBy: string;
}

const FEATURE_DOCUMENTS = ['feature_spec', 'feature_tasks'];

/** Makes the run that writes all of a feature, from what there is of the project now. */
export class ComposeFeatureRun {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly offer: ModelOffer,
  ) {}

  /** Throws 404. */
  async execute(tx: Tx, wish: FeatureWish): Promise<NewRun> {
    const { workspaceId, projectId, featureId, description, body, triggeredBy } = wish;
    const project = await tx.read.project(workspaceId, projectId);
    if (!project) throw notFound('project', projectId);
    const workspace = await tx.read.workspace(workspaceId);
    const chain = planChain(
      FEATURE_DOCUMENTS.map((kind) => this.blueprint(kind)),
      {},
    );
    if (!chain.ok) throw new Error(`the blueprints of a feature need ${chain.missing[0]?.requires}`);
    const { name: project_name, idea, constraints } = project;
    return {
      id: newId(),
      workspaceId,
      projectId,
      featureId,
      kind: 'feature',
      mode: null,
      ...chooseModel(
        this.offer,
        body,
        { provider: project.preferred_provider, model: project.preferred_model },
        { provider: workspace?.preferredProvider, model: workspace?.preferredModel },
      ),
      triggeredBy,
      inputSnapshot: { project_name, idea, constraints, feature_description: description },
      templates: pinnedTemplates(this.catalogue, chain.documents),
      pinnedVersions: await this.partsOfThePlan(tx, workspaceId, projectId, chain.documents),
      documents: chain.documents.map((blueprint): NewRunDocument => ({
        kind: blueprint.document,
        versionId: newId(),
        blueprint,
        steps: blueprint.stages.flatMap(({ sections }) => sections.map((sectionId) => ({ id: newId(), sectionId }))),
      })),
    };
  }

  /** Active versions of documents that the templates take where there are any: the PRD and the tech spec, as it comes. */
  private async partsOfThePlan(tx: Tx, workspaceId: string, projectId: string, blueprints: NewRunBlueprints) {
    const templates = blueprints.flatMap(({ sections }) =>
      sections.map(({ prompt }) => this.catalogue.templates.get(prompt)),
    );
    const inputs = templates.flatMap((template) => Object.entries(template?.inputs ?? {}));
    const taken = new Set(inputs.flatMap(([kind, { type }]) => (type === 'document' ? [kind] : [])));
    const active = await tx.documents.active(workspaceId, projectId);
    const used = [...active].filter(([kind]) => taken.has(kind));
    return Object.fromEntries(used.map(([kind, { versionId }]) => [kind, versionId]));
  }

  private blueprint(kind: string) {
    const blueprint = findBlueprint(this.catalogue, kind, null);
    if (!blueprint) throw new Error(`there is no blueprint for ${kind}`);
    return blueprint;
  }
}

type NewRunBlueprints = readonly NewRunDocument['blueprint'][];
