import type { Page, RunSummary, StepResource } from '@planwright/contracts';
import { waitsForSection } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { costOf, sumOfUsage, sumsIn, totalCost, wholeUsage } from '../ledger/sums.js';
import { firstRow, iso, preparedRows, rows } from '../sql.js';
import { readPage } from './pages.js';
import type { PageRequest } from './pages.js';
import type { StoredRun } from './types.js';

/** Its instants are text where the row comes as JSON. */
export type SummaryRow = Omit<RunSummary, 'created_at' | 'started_at' | 'finished_at'> & {
  created_at: Date | string;
  started_at: Date | string | null;
  finished_at: Date | string | null;
};
type RunRow = SummaryRow & Pick<StoredRun, 'input_snapshot' | 'steps'>;

const SUMMARY = `
  r.id, r.project_id, r.kind, r.mode, r.status, r.provider, r.model, r.triggered_by, r.retry_of,
  r.current_stage, r.sections_completed, r.sections_total, r.eta_seconds,
  (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'kind', d.kind, 'id', d.id, 'version_id', v.id, 'status', v.status,
      'sections_completed', (SELECT count(*) FROM sections s WHERE s.version_id = v.id AND s.status = 'completed'),
      'sections_total', (SELECT count(*) FROM sections s WHERE s.version_id = v.id)
    ) ORDER BY v.run_position), '[]')
    FROM document_versions v JOIN documents d ON d.id = v.document_id WHERE v.run_id = r.id
  ) AS documents,
  spent.usage, spent.cost, r.error, r.problem, r.created_at, r.started_at, r.finished_at`;

const RUNS = `runs r CROSS JOIN LATERAL (
  SELECT ${sumOfUsage(sumsIn('t'))} AS usage, ${totalCost(sumsIn('t'))} AS cost FROM steps t WHERE t.run_id = r.id
) spent`;

/** Run and steps in one statement, so that they are of one instant. */
const WHOLE = `
  ${SUMMARY}, r.input_snapshot,
  (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', t.id, 'document', d.kind, 'section_id', t.section_id, 'stage', t.stage, 'status', t.status,
      'attempt', t.attempt, 'tries', t.tries, 'next_attempt_at', t.next_attempt_at, 'reason', t.reason,
      'position', t.position, 'rate_limits', t.rate_limits, 'error', t.error, 'problem', t.problem,
      'provider', t.provider, 'model', t.model, 'usage', ${wholeUsage('t.usage')},
      'cost', ${costOf('t.cost', 't.unpriced_calls')}, 'started_at', t.started_at, 'finished_at', t.finished_at
    ) ORDER BY t.ordinal), '[]')
    FROM steps t JOIN documents d ON d.id = t.document_id WHERE t.run_id = r.id
  ) AS steps`;

/** The newest run of the project that a statement calls `project`, as JSON of a `SummaryRow`; null where it has none. */
export const newestRunOf = (project: string) => `(
  SELECT row_to_json(newest) FROM (
    SELECT ${SUMMARY} FROM ${RUNS}
    WHERE r.workspace_id = ${project}.workspace_id AND r.project_id = ${project}.id ORDER BY r.id DESC LIMIT 1
  ) newest
)`;

export const toSummary = <R extends SummaryRow>(row: R) => ({
  ...row,
  created_at: iso(row.created_at),
  started_at: iso(row.started_at),
  finished_at: iso(row.finished_at),
});

/** Prepared: what is asked most often, and a plan costs more than its rows. */
export async function readRun(manager: EntityManager, workspaceId: string, id: string): Promise<StoredRun | null> {
  const sql = `SELECT ${WHOLE} FROM ${RUNS} WHERE r.workspace_id = $1 AND r.id = $2`;
  const [row] = await preparedRows<RunRow>(manager, 'read_run', sql, [workspaceId, id]);
  return row === undefined ? null : { ...toSummary(row), steps: row.steps.map(toStep) };
}

export async function readRunSummary(
  manager: EntityManager,
  workspaceId: string,
  id: string,
): Promise<RunSummary | null> {
  const row = await firstRow<SummaryRow>(
    manager,
    `SELECT ${SUMMARY} FROM ${RUNS} WHERE r.workspace_id = $1 AND r.id = $2`,
    [workspaceId, id],
  );
  return row && toSummary(row);
}

/** Newest first. */
export function readRuns(
  manager: EntityManager,
  workspaceId: string,
  projectId: string,
  page: PageRequest,
): Promise<Page<RunSummary>> {
  return readPage<SummaryRow, RunSummary>(
    {
      name: 'runs',
      keys: ['uuid'],
      rows: (after, limit) =>
        rows(
          manager,
          `SELECT ${SUMMARY} FROM ${RUNS} WHERE r.workspace_id = $1 AND r.project_id = $2 ${after ? 'AND r.id < $4' : ''}
           ORDER BY r.id DESC LIMIT $3`,
          [workspaceId, projectId, limit, ...(after ?? [])],
        ),
      keysOf: ({ id }) => [id],
      toItem: toSummary,
    },
    page,
  );
}

/** Instants inside JSON come in PostgreSQL's spelling. A step that waits for another one is in the queue for people. */
const toStep = (step: StepResource): StepResource => ({
  ...step,
  ...(step.status === 'delayed' && waitsForSection(step.reason)
    ? { status: 'queued', reason: null, next_attempt_at: null }
    : { next_attempt_at: iso(step.next_attempt_at) }),
  started_at: iso(step.started_at),
  finished_at: iso(step.finished_at),
});
