import { DEFAULT_COLUMNS } from '../tasks/columns.js';
import { RECENT_RUNS } from './invariant.js';
import type { Invariant } from './invariant.js';

const DEFAULT_KEYS = DEFAULT_COLUMNS.map(({ key }) => `'${key}'`).join(', ');
const DEFECT = 'Report this as a defect with the ids.';

/** Projects that had a run lately. */
const RECENT_PROJECTS = `(SELECT project_id FROM ${RECENT_RUNS} r)`;

/** Rows `x` and the rows `o` that own them, which have to be of one workspace; `id` is what the row is found by. */
const OWNED: readonly { table: string; id: string; from: string }[] = [
  { table: 'runs', id: 'id', from: `${RECENT_RUNS} x JOIN projects o ON o.id = x.project_id` },
  { table: 'run_scopes', id: 'run_id', from: 'run_scopes x JOIN runs o ON o.id = x.run_id' },
  {
    table: 'documents',
    id: 'id',
    from: `documents x JOIN projects o ON o.id = x.project_id AND o.id IN ${RECENT_PROJECTS}`,
  },
  {
    table: 'document_versions',
    id: 'id',
    from: `${RECENT_RUNS} r JOIN document_versions x ON x.run_id = r.id JOIN documents o ON o.id = x.document_id`,
  },
  {
    table: 'sections',
    id: 'version_id',
    from: `${RECENT_RUNS} r JOIN document_versions o ON o.run_id = r.id JOIN sections x ON x.version_id = o.id`,
  },
  { table: 'steps', id: 'id', from: `${RECENT_RUNS} o JOIN steps x ON x.run_id = o.id` },
  { table: 'run_events', id: 'run_id', from: `${RECENT_RUNS} o JOIN run_events x ON x.run_id = o.id` },
  {
    table: 'usage_ledger',
    id: 'step_id',
    from: `${RECENT_RUNS} r JOIN steps o ON o.run_id = r.id JOIN usage_ledger x ON x.step_id = o.id`,
  },
  { table: 'tasks', id: 'id', from: `tasks x JOIN projects o ON o.id = x.project_id AND o.id IN ${RECENT_PROJECTS}` },
];

const FOREIGN_ROWS = OWNED.map(
  ({ table, id, from }) => `
      SELECT DISTINCT x.${id} AS id, format('row of ${table} is of %s, its owner of %s', x.workspace_id, o.workspace_id) AS detail
      FROM ${from} WHERE x.workspace_id <> o.workspace_id`,
).join(`
      UNION ALL`);

/** A reference to what is not there, or not its own. */
export const DANGLING: readonly Invariant[] = [
  {
    name: 'active_version_unusable',
    kind: 'dangling',
    what: 'Readers of a document get a version that is not there, of another document, or neither ready nor partial.',
    advice: `${DEFECT} Activate another version of the document.`,
    graceMs: 0,
    sql: `
      SELECT d.id, CASE
        WHEN v.id IS NULL THEN format('no version %s', d.active_version_id)
        WHEN v.document_id <> d.id THEN format('version %s is of document %s', v.id, v.document_id)
        ELSE format('version %s is %s', v.id, v.status) END AS detail
      FROM documents d LEFT JOIN document_versions v ON v.id = d.active_version_id
      WHERE d.active_version_id IS NOT NULL AND d.project_id IN ${RECENT_PROJECTS}
        AND (v.id IS NULL OR v.document_id <> d.id OR v.status NOT IN ('ready', 'partial'))`,
  },
  {
    name: 'input_version_missing',
    kind: 'dangling',
    what: 'A version names what it is made from, and that is not there or in another project.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT v.id, format('%s is version %s', input.key, input.value) AS detail
      FROM ${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id
      CROSS JOIN LATERAL jsonb_each_text(v.inputs) input
      WHERE NOT EXISTS (
        SELECT 1 FROM document_versions i JOIN documents d ON d.id = i.document_id
        WHERE i.id::text = input.value AND d.project_id = r.project_id
      )`,
  },
  {
    name: 'base_version_missing',
    kind: 'dangling',
    what: 'A version names the one that was active when its run was made, and that is not there or of another document.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT v.id, format('base is version %s', v.base_active_version_id) AS detail
      FROM ${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id
      WHERE v.base_active_version_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM document_versions b WHERE b.id = v.base_active_version_id AND b.document_id = v.document_id
      )`,
  },
  {
    name: 'section_step_missing',
    kind: 'dangling',
    what: 'A section names the step its text is from, and that is not there, of another section, or did not succeed.',
    advice: DEFECT,
    graceMs: 0,
    // A section that was carried over from an earlier version keeps the step that wrote it, and one from an imported
    // version was written by none of ours.
    sql: `
      SELECT v.id, format('section %s, step %s %s', s.section_id, s.step_id, CASE
        WHEN t.id IS NULL THEN 'is not there'
        WHEN t.section_id <> s.section_id OR t.document_id <> v.document_id
          THEN format('writes %s of document %s', t.section_id, t.document_id)
        ELSE 'is ' || t.status END) AS detail
      FROM ${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id JOIN sections s ON s.version_id = v.id
      LEFT JOIN steps t ON t.id = s.step_id
      WHERE (s.step_id IS NOT NULL OR s.status = 'completed') AND (
        t.id IS NULL OR t.section_id <> s.section_id OR t.document_id <> v.document_id
        OR (t.version_id <> s.version_id AND t.status <> 'succeeded')
      ) AND NOT (s.step_id IS NULL AND EXISTS (
        SELECT 1 FROM document_versions i JOIN sections o ON o.version_id = i.id
        WHERE i.document_id = v.document_id AND i.meta -> 'imported_from' IS NOT NULL
          AND o.section_id = s.section_id AND o.sha256 = s.sha256
      ))`,
  },
  {
    name: 'step_in_the_wrong_place',
    kind: 'dangling',
    what: 'A step belongs to another run or document than the version it writes.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT t.id, format('step: run %s, document %s; version: run %s, document %s', t.run_id, t.document_id, v.run_id, v.document_id) AS detail
      FROM ${RECENT_RUNS} r JOIN steps t ON t.run_id = r.id JOIN document_versions v ON v.id = t.version_id
      WHERE v.run_id IS DISTINCT FROM t.run_id OR v.document_id <> t.document_id`,
  },
  {
    name: 'retried_run_missing',
    kind: 'dangling',
    what: 'A run retries one that is not there or in another project.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT r.id, format('retries %s', r.retry_of) AS detail
      FROM ${RECENT_RUNS} r LEFT JOIN runs o ON o.id = r.retry_of AND o.project_id = r.project_id
      WHERE r.retry_of IS NOT NULL AND o.id IS NULL`,
  },
  {
    name: 'task_dependency_missing',
    kind: 'dangling',
    what: 'A card depends on one that is not on its board.',
    advice: `${DEFECT} Remove the dependency from the card.`,
    graceMs: 0,
    sql: `
      SELECT t.id, format('%s depends on %s', t.key, dependency) AS detail
      FROM tasks t CROSS JOIN LATERAL unnest(t.dependencies) dependency
      LEFT JOIN tasks o ON o.id = dependency AND o.project_id = t.project_id
      WHERE t.project_id IN ${RECENT_PROJECTS} AND o.id IS NULL`,
  },
  {
    name: 'task_in_no_column',
    kind: 'dangling',
    what: 'A card is in a column that its board does not have.',
    advice: `${DEFECT} Move the card to a column.`,
    graceMs: 0,
    // A project's own columns replace its workspace's; where neither has any there are the usual ones.
    sql: `
      SELECT t.id, format('%s is in "%s"', t.key, t.status) AS detail
      FROM tasks t
      WHERE t.project_id IN ${RECENT_PROJECTS} AND t.retired_at IS NULL AND t.deleted_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM columns c
        WHERE c.workspace_id = t.workspace_id AND c.key = t.status AND c.project_id IS NOT DISTINCT FROM (
          SELECT o.project_id FROM columns o WHERE o.workspace_id = t.workspace_id AND o.project_id = t.project_id LIMIT 1
        )
      ) AND NOT (t.status IN (${DEFAULT_KEYS}) AND NOT EXISTS (
        SELECT 1 FROM columns c
        WHERE c.workspace_id = t.workspace_id AND (c.project_id = t.project_id OR c.project_id IS NULL)
      ))`,
  },
  {
    name: 'row_of_another_workspace',
    kind: 'dangling',
    what: 'A row is of another workspace than what it belongs to.',
    advice: `${DEFECT} Workspaces may see what is not theirs: treat it as urgent.`,
    graceMs: 0,
    sql: FOREIGN_ROWS,
  },
];
