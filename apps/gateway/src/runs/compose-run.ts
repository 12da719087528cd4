import type { Blueprint, Mode, StartRun } from '@planwright/contracts';
import { invalidFields, PLAN_DOCUMENTS } from '@planwright/contracts';
import type { DocumentSources, NewRun, NewRunDocument, Tx } from '@planwright/persistence';
import { planRegeneration } from '@planwright/plan';
import type { Affected, KnownDocument, PlannedDocument, RegenerationPlan } from '@planwright/plan';
import { findBlueprint, pinnedTemplates } from '@planwright/prompts';
import type { Catalogue } from '@planwright/prompts';
import { newId } from '@planwright/runtime';
import { notFound, refusal as fieldRefusal, RequestProblem } from '../http/problem.js';
import { chooseModel } from './model-choice.js';
import type { ModelOffer } from './model-choice.js';
import { requestedBlueprints } from './requested-blueprints.js';

/** What is asked for, and by whom. */
export interface RunWish {
  workspaceId: string;
  projectId: string;
  body: Omit<StartRun, 'on_conflict' | 'dry_run'>;
  /** Sections that the instructions are for. Default: all that are named. */
  instructed?: readonly string[];
  triggeredBy: string;
}

/** A run ready to be opened, and what it leaves outdated. */
export interface ComposedRun {
  run: NewRun;
  affected: Affected;
}

/** Makes a request into a run: what is written, what is taken over, and what is read. Preview and run go by this alone. */
export class ComposeRun {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly offer: ModelOffer,
  ) {}

  /** Throws 404, 400 for an unknown document or section, 409 `prerequisite_missing`, 409 `nothing_stale`. */
  async execute(tx: Tx, wish: RunWish): Promise<ComposedRun> {
    const { workspaceId, projectId, body, triggeredBy } = wish;
    const project = await tx.read.project(workspaceId, projectId);
    if (!project) throw notFound('project', projectId);
    const workspace = await tx.read.workspace(workspaceId);
    const sources = await tx.documents.sources(workspaceId, projectId);
    const prd = sources.get('prd');
    const mode: Mode =
      body.mode ??
      lackingAnyOf(sources, body.sections)?.mode ??
      prd?.active?.mode ??
      prd?.incomplete?.mode ??
      'detailed';
    const isOfWhole = !body.sections && !body.stale;
    const plan = planRegeneration(
      this.known(sources, requestedBlueprints(this.catalogue, body.documents, mode), mode),
      await tx.documents.present(workspaceId, projectId),
      {
        documents: isOfWhole ? (body.documents ?? PLAN_DOCUMENTS) : (body.documents ?? []),
        sections: body.sections ?? [],
        downstream: body.downstream ?? false,
        stale: body.stale ?? false,
      },
    );
    if (!plan.ok) {
      const stale = plan.code === 'nothing_stale' ? await tx.documents.staleFeatures(workspaceId, projectId) : [];
      throw refusalOf(plan, body, stale);
    }
    const chosen = new Set(wish.instructed ?? body.sections ?? (isOfWhole ? (body.documents ?? PLAN_DOCUMENTS) : []));
    const run: NewRun = {
      id: newId(),
      workspaceId,
      projectId,
      kind: body.sections && plan.documents.length === 1 ? 'sections' : 'plan',
      mode,
      ...chooseModel(
        this.offer,
        body,
        { provider: project.preferred_provider, model: project.preferred_model },
        { provider: workspace?.preferredProvider, model: workspace?.preferredModel },
      ),
      triggeredBy,
      retryOf: continuedRun(sources, plan.documents, body.sections),
      inputSnapshot: { project_name: project.name, idea: project.idea, constraints: project.constraints },
      templates: pinnedTemplates(
        this.catalogue,
        plan.documents.map(({ blueprint }) => blueprint),
      ),
      pinnedVersions: plan.pinned,
      documents: plan.documents.map((document) => newDocument(document, chosen, body.instructions ?? null)),
    };
    return { run, affected: plan.affected };
  }

  /** The plan's documents, those asked for and those there are: with the blueprint a new version would follow. */
  private known(sources: Sources, requested: readonly Blueprint[], mode: Mode): Record<string, KnownDocument> {
    const named = new Map(requested.map((blueprint) => [blueprint.document, blueprint]));
    const kinds = new Set([...PLAN_DOCUMENTS, ...named.keys(), ...sources.keys()]);
    return Object.fromEntries(
      [...kinds].flatMap((kind): [string, KnownDocument][] => {
        const blueprint = named.get(kind) ?? findBlueprint(this.catalogue, kind, mode);
        const { active = null, incomplete: newest = null } = sources.get(kind) ?? {};
        // Texts of one mode are no beginning of a version in the other.
        const incomplete = active && newest?.mode !== blueprint?.mode ? null : newest;
        // A kind that no blueprint describes any more is read, and not written.
        return blueprint ? [[kind, { blueprint, active, incomplete }]] : [];
      }),
    );
  }
}

type Sources = ReadonlyMap<string, DocumentSources>;

/** The newest version of a document, where it is incomplete and lacks one of these sections. */
function lackingAnyOf(sources: Sources, sections: readonly string[] = []): DocumentSources['incomplete'] {
  const newest = [...sources.values()].map(({ incomplete }) => incomplete);
  return newest.find((version) => version !== null && lacks(version, sections)) ?? null;
}

function lacks({ sections }: NonNullable<DocumentSources['active']>, wanted: readonly string[]): boolean {
  return sections.some(({ id, sha256 }) => sha256 === null && wanted.includes(id));
}

/** The run whose failed sections are asked for: this one retries it. Null where none are, or where the version was imported. */
function continuedRun(
  sources: Sources,
  documents: readonly PlannedDocument[],
  sections: readonly string[] = [],
): string | null {
  const versions = [...sources.values()].flatMap(({ active, incomplete }) => [active, incomplete]);
  const continued = documents.flatMap(({ source }) => versions.find((version) => version?.versionId === source) ?? []);
  return continued.find((version) => lacks(version, sections))?.runId ?? null;
}

function newDocument(
  { blueprint, write, carried, source }: PlannedDocument,
  chosen: ReadonlySet<string>,
  instructions: string | null,
): NewRunDocument {
  const isChosen = (sectionId: string) => chosen.has(sectionId) || chosen.has(blueprint.document);
  return {
    kind: blueprint.document,
    versionId: newId(),
    blueprint,
    steps: write.map((sectionId) => {
      return { id: newId(), sectionId, instructions: isChosen(sectionId) ? instructions : null };
    }),
    carried: source === null ? [] : carried.map((sectionId) => ({ sectionId, fromVersionId: source })),
    sourceVersionId: source,
  };
}

/** Features that are named in a refusal. */
const MOST_NAMED = 10;

function refusalOf(
  plan: Extract<RegenerationPlan, { ok: false }>,
  body: RunWish['body'],
  staleFeatures: readonly string[],
): RequestProblem {
  switch (plan.code) {
    case 'unknown_section': {
      const message = 'is no section of a document of this project; GET /v1/blueprints lists them';
      const pointer = `/sections/${body.sections?.indexOf(plan.section) ?? 0}`;
      return fieldRefusal(invalidFields([{ pointer, code: 'unknown_section', message }]));
    }
    case 'nothing_stale': {
      const plans = "Every text of the plan's documents is made from what there is today.";
      if (staleFeatures.length === 0) return new RequestProblem('nothing_stale', plans);
      const named = staleFeatures.slice(0, MOST_NAMED).join(', ');
      const features = `Documents of ${staleFeatures.length} of its features are not (${named})`;
      return new RequestProblem(
        'nothing_stale',
        `${plans} ${features}: POST /v1/features/{id}/retry writes them anew.`,
      );
    }
    case 'prerequisite_missing': {
      const missing = plan.missing.map(({ document, requires }) => `${document} needs ${requires}`).join(', ');
      return new RequestProblem('prerequisite_missing', `The project has no usable version yet: ${missing}.`, {
        missing: [...new Set(plan.missing.map(({ requires }) => requires))],
      });
    }
  }
}
