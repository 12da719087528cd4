import type { Blueprint } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import type { EntityManager } from 'typeorm';
import { DocumentVersionEntity } from '../entities/document.entities.js';
import { RunEntity } from '../entities/run.entity.js';
import { firstRow, rows } from '../sql.js';
import { carrySections, insertSections } from './insert-sections.js';
import { scopesOf } from './new-run.js';
import type { InsertedRun, NewRun, NewRunDocument, WhenHeld } from './new-run.js';
import { takeScopes } from './run-scopes.js';

/**
 * Writes a run with its documents, versions, sections, steps and scopes. The scopes come first and decide: where
 * another active run is in the way, nothing is written. The transaction stays usable either way.
 */
export async function insertRun(manager: EntityManager, run: NewRun, whenHeld: WhenHeld): Promise<InsertedRun> {
  const taken = await takeScopes(manager, { ...run, scopes: scopesOf(run) }, whenHeld);
  if (!taken.ok) return taken;
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
  const documentIds: string[] = [];
  for (const [i, document] of run.documents.entries()) {
    documentIds.push(await insertVersion(manager, run, document, i + 1));
  }
  await insertSections(manager, run, documentIds);
  await carrySections(manager, run, first);
  if (run.featureId) await giveToFeature(manager, run, run.featureId);
  return taken;
}

/**
 * The next version of a document, which is made if the project has none of this kind. Locks the document's row until
 * the transaction ends: numbers have no gaps, and the pointer noted here is the one of this instant.
 */
async function insertVersion(
  manager: EntityManager,
  run: NewRun,
  { kind, versionId, blueprint, sourceVersionId, meta }: NewRunDocument,
  position: number,
): Promise<string> {
  const document = await firstRow<{ id: string; number: number; active: string | null }>(
    manager,
    `INSERT INTO documents (id, workspace_id, project_id, kind, feature_id, last_version_number)
     VALUES ($1, $2, $3, $4, $5, 1)
     ON CONFLICT (project_id, kind, feature_id) DO UPDATE SET last_version_number = documents.last_version_number + 1,
       archived_at = NULL
     RETURNING id, last_version_number AS number, active_version_id AS active`,
    [newId(), run.workspaceId, run.projectId, kind, run.featureId ?? null],
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
    sourceVersionId: sourceVersionId ?? null,
    inputs: inputsOf(run, blueprint),
    provider: run.provider,
    model: run.model,
    meta: meta ?? {},
  });
  return document.id;
}

/**
 * Versions a document is made from: those its own run writes, else those that were active when the run was made. A
 * feature's are made from what there is of the plan as well.
 */
function inputsOf(run: NewRun, { document, requires }: Blueprint): Record<string, string> {
  const kinds = run.featureId ? new Set([...requires, ...Object.keys(run.pinnedVersions)]) : requires;
  const entries = [...kinds].map((kind): [string, string] => {
    const versionId = run.documents.find((other) => other.kind === kind)?.versionId ?? run.pinnedVersions[kind];
    if (versionId === undefined)
      throw new Error(`${document} is made from ${kind}, and the run names no version of it`);
    return [kind, versionId];
  });
  return Object.fromEntries(entries);
}

/** The run is the feature's from here on: what an earlier one had come to is no longer said of it. */
async function giveToFeature(manager: EntityManager, run: NewRun, featureId: string): Promise<void> {
  const given = await rows(
    manager,
    `UPDATE features SET run_id = $2, status = 'pending', error_message = NULL, processing_started_at = NULL,
       processing_completed_at = NULL
     WHERE id = $1 AND workspace_id = $3 AND project_id = $4 RETURNING 1`,
    [featureId, run.id, run.workspaceId, run.projectId],
  );
  if (given.length !== 1) throw new Error(`feature ${featureId} is not there to be written by run ${run.id}`);
}
