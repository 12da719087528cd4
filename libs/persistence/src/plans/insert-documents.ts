import type { ExportedDocument, PlanExport } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import type { ImportTarget } from './new-ids.js';

/** Documents with one version each, which is active, and its sections and requirements. */
export async function insertDocuments(
  manager: EntityManager,
  target: ImportTarget,
  { project, documents }: Pick<PlanExport, 'project' | 'documents'>,
): Promise<void> {
  const { workspaceId, projectId, ids } = target;
  const list = documents.map(({ id, kind, feature, archived, version }) => ({
    ...{ id: ids.of(id), kind, feature: ids.ofAny(feature), archived, version: ids.of(version.id) },
  }));
  await rows(
    manager,
    `INSERT INTO documents (id, workspace_id, project_id, kind, feature_id, last_version_number, archived_at)
     SELECT id, $1, $2, kind, feature, 1, CASE WHEN archived THEN now() END
     FROM jsonb_to_recordset($3::jsonb) AS (id uuid, kind text, feature uuid, archived boolean)`,
    [workspaceId, projectId, JSON.stringify(list)],
  );
  await insertVersions(manager, target, documents, project.id);
  await insertSections(manager, target, documents);
  await insertRequirements(manager, target, documents);
  await rows(
    manager,
    `UPDATE documents d SET active_version_id = version
     FROM jsonb_to_recordset($2::jsonb) AS list (id uuid, version uuid) WHERE d.id = list.id AND d.workspace_id = $1`,
    [workspaceId, JSON.stringify(list)],
  );
}

/** Their numbers begin anew; `meta` says what they were where they come from. */
async function insertVersions(
  manager: EntityManager,
  { workspaceId, ids }: ImportTarget,
  documents: readonly ExportedDocument[],
  importedFrom: string,
): Promise<void> {
  const list = documents.map(({ id, version }, i) => ({
    ...{ id: ids.of(version.id), document: ids.of(id), position: i + 1, status: version.status, mode: version.mode },
    ...{ blueprint: version.blueprint, provider: version.provider, model: version.model },
    inputs: Object.fromEntries(Object.entries(version.inputs).map(([kind, input]) => [kind, ids.of(input)])),
    meta: { imported_from: { project_id: importedFrom, version_id: version.id, number: version.number } },
  }));
  await rows(
    manager,
    `INSERT INTO document_versions (id, workspace_id, document_id, number, status, mode, blueprint_id, run_position, inputs,
       provider, model, meta, ended_at)
     SELECT id, $1, document, 1, status, mode, blueprint, position, inputs, provider, model, meta, now()
     FROM jsonb_to_recordset($2::jsonb) AS (
       id uuid, document uuid, position integer, status text, mode text, blueprint text, inputs jsonb, provider text,
       model text, meta jsonb)`,
    [workspaceId, JSON.stringify(list)],
  );
}

async function insertSections(
  manager: EntityManager,
  { workspaceId, ids }: ImportTarget,
  documents: readonly ExportedDocument[],
): Promise<void> {
  const list = documents.flatMap(({ version }) =>
    version.sections.map((section) => ({ ...section, version: ids.of(version.id) })),
  );
  await rows(
    manager,
    `INSERT INTO sections (version_id, section_id, workspace_id, title, "order", status, content, draft, error, problem, sha256,
       provider, model, prompt_hash, template_hash, input_hash, made_from, warnings, generated_at)
     SELECT version, id, $1, title, "order", status, content, draft, error, nullif(problem, 'null'), sha256, provider, model,
       prompt_hash, template_hash, input_hash, nullif(made_from, 'null'), warnings, generated_at
     FROM jsonb_to_recordset($2::jsonb) AS (
       version uuid, id text, title text, "order" integer, status text, content text, draft text, error text, problem jsonb,
       sha256 text, provider text, model text, prompt_hash text, template_hash text, input_hash text, made_from jsonb, warnings jsonb,
       generated_at timestamptz)`,
    [workspaceId, JSON.stringify(list)],
  );
}

async function insertRequirements(
  manager: EntityManager,
  { workspaceId, ids }: ImportTarget,
  documents: readonly ExportedDocument[],
): Promise<void> {
  const list = documents.flatMap(({ id, version }) =>
    version.requirements.map((requirement) => ({
      ...requirement,
      document: ids.of(id),
      version: ids.of(version.id),
    })),
  );
  await rows(
    manager,
    `INSERT INTO requirements (workspace_id, document_id, version_id, section_id, key, quote, hash, position)
     SELECT $1, document, version, section_id, key, quote, hash, position
     FROM jsonb_to_recordset($2::jsonb) AS (
       document uuid, version uuid, section_id text, key text, quote text, hash text, position integer)`,
    [workspaceId, JSON.stringify(list)],
  );
}
