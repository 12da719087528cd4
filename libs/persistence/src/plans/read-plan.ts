import type { PlanExport } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, iso } from '../sql.js';
import { DEFAULT_COLUMNS } from '../tasks/columns.js';

/** As PostgreSQL builds it: instants in its own spelling, cards named by id where they depend on each other. */
type PlanRow = Omit<PlanExport, 'tasks'> & { tasks: (PlanExport['tasks'][number] & { id: string })[] };

/** Those of a project's own where it has any, else its workspace's. */
const COLUMNS = `
  SELECT coalesce(json_agg(json_build_object('key', c.key, 'title', c.title, 'category', c.category) ORDER BY c.position), '[]')
  FROM columns c WHERE c.workspace_id = p.workspace_id AND c.project_id IS NOT DISTINCT FROM (
    SELECT o.project_id FROM columns o WHERE o.workspace_id = p.workspace_id AND o.project_id = p.id LIMIT 1)`;

const SECTIONS = `
  SELECT json_agg(json_build_object(
    'id', s.section_id, 'title', s.title, 'order', s."order", 'status', s.status, 'content', s.content, 'draft', s.draft,
    'error', s.error, 'problem', s.problem, 'sha256', s.sha256, 'provider', s.provider, 'model', s.model,
    'prompt_hash', s.prompt_hash, 'template_hash', s.template_hash, 'input_hash', s.input_hash,
    'made_from', s.made_from, 'warnings', s.warnings, 'generated_at', s.generated_at) ORDER BY s."order", s.section_id)
  FROM sections s WHERE s.version_id = v.id`;

const REQUIREMENTS = `
  SELECT coalesce(json_agg(json_build_object(
    'key', r.key, 'section_id', r.section_id, 'position', r.position, 'quote', r.quote, 'hash', r.hash)
    ORDER BY r.section_id, r.position, r.key), '[]')
  FROM requirements r WHERE r.version_id = v.id`;

/** Only versions that are exported as well: those readers get. */
const INPUTS = `
  SELECT coalesce(json_object_agg(input.key, input.value ORDER BY input.key), '{}') FROM jsonb_each_text(v.inputs) input
  WHERE input.value IN (SELECT o.active_version_id::text FROM documents o WHERE o.project_id = p.id)`;

/** A feature that is being written is not exported, and neither is what it has so far. */
const ENDED_FEATURES = `(SELECT f.id FROM features f WHERE f.project_id = p.id AND f.status IN ('completed', 'failed'))`;

const DOCUMENTS = `
  SELECT coalesce(json_agg(json_build_object(
    'id', d.id, 'kind', d.kind, 'feature', d.feature_id, 'archived', d.archived_at IS NOT NULL,
    'version', json_build_object(
      'id', v.id, 'number', v.number, 'status', v.status, 'mode', v.mode, 'blueprint', v.blueprint_id,
      'provider', v.provider, 'model', v.model, 'inputs', (${INPUTS}), 'created_at', v.created_at,
      'sections', (${SECTIONS}), 'requirements', (${REQUIREMENTS}))) ORDER BY d.id), '[]')
  FROM documents d JOIN document_versions v ON v.id = d.active_version_id
  WHERE d.project_id = p.id AND (d.feature_id IS NULL OR d.feature_id IN ${ENDED_FEATURES})`;

const FEATURES = `
  SELECT coalesce(json_agg(json_build_object(
    'id', f.id, 'description', f.description, 'status', f.status, 'error_message', f.error_message,
    'generated_from_idea', f.generated_from_idea, 'task_count', f.task_count,
    'processing_started_at', f.processing_started_at, 'processing_completed_at', f.processing_completed_at,
    'created_at', f.created_at) ORDER BY f.id), '[]')
  FROM features f WHERE f.project_id = p.id AND f.id IN ${ENDED_FEATURES}`;

/** The version a card was made from, where it is exported. */
const SOURCE = `(SELECT o.active_version_id FROM documents o
  WHERE o.project_id = p.id AND o.active_version_id = t.source_task_set_id
    AND (o.feature_id IS NULL OR o.feature_id IN ${ENDED_FEATURES}) LIMIT 1)`;

const TASKS = `
  SELECT coalesce(json_agg(json_build_object(
    'id', t.id, 'key', t.key, 'title', t.title, 'description', t.description,
    'acceptance_criteria', t.acceptance_criteria, 'type', t.type, 'priority', t.priority, 'estimate', t.estimate,
    'labels', t.labels, 'dependencies', t.dependencies, 'requirements', t.requirements, 'status', t.status,
    'rank', t.rank, 'origin', t.origin, 'source', ${SOURCE},
    'feature', CASE WHEN t.feature_id IN ${ENDED_FEATURES} THEN t.feature_id END,
    'kept', t.kept, 'edited_fields', t.edited_fields,
    'base', t.base, 'suggestion', t.suggestion, 'created_at', t.created_at, 'updated_at', t.updated_at)
    ORDER BY t.rank, t.id), '[]')
  FROM tasks t
  WHERE t.project_id = p.id AND t.retired_at IS NULL AND t.deleted_at IS NULL`;

const PLAN = `
  SELECT json_build_object(
      'id', p.id, 'name', p.name, 'idea', p.idea, 'constraints', p.constraints,
      'preferred_provider', p.preferred_provider, 'preferred_model', p.preferred_model,
      'last_task_number', p.last_task_number, 'last_requirement_numbers', p.last_requirement_numbers,
      'created_at', p.created_at, 'updated_at', p.updated_at) AS project,
    (${COLUMNS}) AS columns, (${DOCUMENTS}) AS documents, (${FEATURES}) AS features, (${TASKS}) AS tasks
  FROM projects p WHERE p.workspace_id = $1 AND p.id = $2`;

/** What is exported of a project, in one statement: all of it as it was at one instant. Null where there is none. */
export async function readPlan(manager: EntityManager, workspaceId: string, id: string): Promise<PlanExport | null> {
  const row = await firstRow<PlanRow>(manager, PLAN, [workspaceId, id]);
  if (!row) return null;
  const keys = new Map(row.tasks.map((task) => [task.id, task.key]));
  const columns = row.columns.length > 0 ? row.columns : [...DEFAULT_COLUMNS];
  const place = ({ status }: { status: string }) => columns.findIndex(({ key }) => key === status);
  return {
    project: spelled(row.project),
    columns,
    documents: row.documents.map((document) => ({ ...document, version: versionOf(document.version) })),
    features: row.features.map((feature) => ({
      ...spelled(feature),
      processing_started_at: iso(feature.processing_started_at),
      processing_completed_at: iso(feature.processing_completed_at),
    })),
    // Within a column they come in order of their ranks.
    tasks: row.tasks.toSorted((a, b) => place(a) - place(b)).map((task) => taskOf(task, keys)),
  };
}

function versionOf(version: PlanExport['documents'][number]['version']): typeof version {
  const sections = version.sections.map((section) => ({ ...section, generated_at: iso(section.generated_at) }));
  return { ...version, created_at: iso(version.created_at), sections };
}

/** Cards by key, which outlives an import; cards that are off the board are not named. */
function taskOf({ id: _, ...task }: PlanRow['tasks'][number], keys: ReadonlyMap<string, string>): typeof task {
  const byKey = <T extends { dependencies?: string[] | undefined }>(fields: T): T =>
    fields.dependencies === undefined
      ? fields
      : { ...fields, dependencies: fields.dependencies.flatMap((id) => keys.get(id) ?? []) };
  const { base, suggestion } = task;
  return {
    ...byKey(spelled(task)),
    updated_at: iso(task.updated_at),
    base: base && byKey(base),
    suggestion: suggestion && { ...suggestion, fields: byKey(suggestion.fields) },
  };
}

function spelled<T extends { created_at: string; updated_at?: string }>(row: T): T {
  return {
    ...row,
    created_at: iso(row.created_at),
    ...(row.updated_at !== undefined && { updated_at: iso(row.updated_at) }),
  };
}
