import type { Blueprint } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import type { EntityManager } from 'typeorm';
import { DocumentVersionEntity, SectionEntity } from '../entities/document.entities.js';
import { RunEntity } from '../entities/run.entity.js';
import { StepEntity } from '../entities/step.entity.js';
import { firstRow, rows } from '../sql.js';
import type { InsertedRun, NewRun, NewRunDocument } from './new-run.js';

/**
 * Writes a run with its documents, versions, sections, steps and scopes. The scopes come first and decide: where
 * another active run holds one, nothing is written. The transaction stays usable either way.
 */
export async function insertRun(manager: EntityManager, run: NewRun): Promise<InsertedRun> {
  // KEY SHARE: the project can't be deleted under us; other runs of it are not kept waiting.
  const project = 'SELECT 1 FROM projects WHERE workspace_id = $1 AND id = $2 FOR KEY SHARE';
  if (!(await firstRow(manager, project, [run.workspaceId, run.projectId]))) {
    throw new Error(`project ${run.projectId} is not in workspace ${run.workspaceId}`);
  }
  const conflict = await takeScopes(manager, run);
  if (conflict) return { ok: false, conflict };
  const [first] = run.documents;
  if (!first) throw new Error(`run ${run.id} writes no document`);
  await manager.insert(RunEntity, {
    id: run.id,
    workspaceId: run.workspaceId,
    projectId: run.projectId,
    kind: run.kind,
    mode: run.mode,
    provider: run.provider,
    model: run.model,
    triggeredBy: run.triggeredBy,
    retryOf: run.retryOf ?? null,
    inputSnapshot: run.inputSnapshot,
    pinnedBlueprints: Object.fromEntries(run.documents.map(({ kind, blueprint }) => [kind, blueprint])),
    pinnedTemplates: run.templates,
    sectionsTotal: first.blueprint.sections.length,
  });
  let ordinal = 0;
  for (const [i, document] of run.documents.entries()) {
    const documentId = await insertVersion(manager, run, document, i + 1);
    const steps = stepsOf(document);
    await manager.insert(
      SectionEntity,
      document.blueprint.sections.map(({ id, title, order }) => ({
        versionId: document.versionId,
        sectionId: id,
        workspaceId: run.workspaceId,
        title,
        order,
        stepId: steps.find(({ sectionId }) => sectionId === id)?.id ?? null,
      })),
    );
    await manager.insert(
      StepEntity,
      steps.map(({ id, sectionId, stage }) => ({
        id,
        workspaceId: run.workspaceId,
        runId: run.id,
        documentId,
        versionId: document.versionId,
        sectionId,
        stage,
        ordinal: ++ordinal,
      })),
    );
  }
  return { ok: true };
}

/**
 * Takes one row per scope. An insert that meets another transaction's row of the same key waits until that one ends;
 * all take them in one order, so two runs that want the same scopes queue up and don't deadlock.
 */
async function takeScopes(manager: EntityManager, run: NewRun): Promise<{ scope: string; runId: string } | null> {
  const scopes = run.documents.map(({ kind }) => kind);
  for (let round = 0; round < 10; round++) {
    const taken = await rows<{ scope: string }>(
      manager,
      `INSERT INTO run_scopes (project_id, scope, workspace_id, run_id)
       SELECT $1, scope, $2, $3 FROM unnest($4::text[]) AS scope ORDER BY scope
       ON CONFLICT DO NOTHING RETURNING scope`,
      [run.projectId, run.workspaceId, run.id, scopes],
    );
    if (taken.length === scopes.length) return null;
    await rows(manager, 'DELETE FROM run_scopes WHERE run_id = $1', [run.id]);
    const holder = await firstRow<{ scope: string; runId: string }>(
      manager,
      `SELECT scope, run_id AS "runId" FROM run_scopes WHERE project_id = $1 AND scope = ANY($2)
       ORDER BY array_position($2::text[], scope) LIMIT 1`,
      [run.projectId, scopes],
    );
    if (holder) return holder;
    // The holder ended between the two statements: now it may be free.
  }
  throw new Error(`the scopes of run ${run.id} change hands too fast`);
}

/**
 * The next version of a document, which is made if the project has none of this kind. Locks the document's row until
 * the transaction ends: numbers have no gaps, and the pointer noted here is the one of this instant.
 */
async function insertVersion(
  manager: EntityManager,
  run: NewRun,
  { kind, versionId, blueprint, meta }: NewRunDocument,
  position: number,
): Promise<string> {
  const document = await firstRow<{ id: string; number: number; active: string | null }>(
    manager,
    `INSERT INTO documents (id, workspace_id, project_id, kind, last_version_number) VALUES ($1, $2, $3, $4, 1)
     ON CONFLICT (project_id, kind, feature_id) DO UPDATE SET last_version_number = documents.last_version_number + 1
     RETURNING id, last_version_number AS number, active_version_id AS active`,
    [newId(), run.workspaceId, run.projectId, kind],
  );
  if (!document) throw new Error(`no document ${kind} could be made for project ${run.projectId}`);
  await manager.insert(DocumentVersionEntity, {
    id: versionId,
    workspaceId: run.workspaceId,
    documentId: document.id,
    number: document.number,
    mode: blueprint.mode,
    blueprintId: blueprint.id,
    runId: run.id,
    runPosition: position,
    baseActiveVersionId: document.active,
    inputs: inputsOf(run, blueprint),
    provider: run.provider,
    model: run.model,
    meta: meta ?? {},
  });
  return document.id;
}

/** Versions a document is made from: those its own run writes, else those that were active when the run was made. */
function inputsOf(run: NewRun, { document, requires }: Blueprint): Record<string, string> {
  const entries = requires.map((kind): [string, string] => {
    const versionId = run.documents.find((other) => other.kind === kind)?.versionId ?? run.pinnedVersions[kind];
    if (versionId === undefined)
      throw new Error(`${document} is made from ${kind}, and the run names no version of it`);
    return [kind, versionId];
  });
  return Object.fromEntries(entries);
}

/** Steps with the stage each belongs to. Every section needs its step: what nobody writes would be pending for ever. */
function stepsOf({ kind, blueprint, steps }: NewRunDocument): { id: string; sectionId: string; stage: number }[] {
  const missing = blueprint.sections.find(({ id }) => !steps.some(({ sectionId }) => sectionId === id));
  if (missing) throw new Error(`${kind}: no step writes section ${missing.id}`);
  return steps.map(({ id, sectionId }) => {
    const stage = blueprint.stages.find(({ sections }) => sections.includes(sectionId));
    if (!stage) throw new Error(`${kind}: blueprint ${blueprint.id} has no section ${sectionId}`);
    return { id, sectionId, stage: stage.number };
  });
}
