import { isEndedRun } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { INSERT_MESSAGES } from '../messages/outbox.repository.js';
import { CONSUMER } from '../messages/inbox.repository.js';
import { preparedRows } from '../sql.js';
import { activateIfDue } from './activate.js';
import type { LockedRun, RunSave } from './locked-run.js';
import { Patches } from './patches.js';
import { recordUsage } from './record-usage.js';

/** Columns that change while a run runs. `steps.deadline` and what was used and spent follow from others. */
const COLUMNS = {
  runs: `status, problem, error, started_at, finished_at, cancel_noted_at, cancel_requested_at, current_stage, eta_seconds,
    sections_completed, sections_total, event_seq`,
  document_versions: 'status, current_stage, ended_at',
  steps: `status, attempt, tries, rate_limits, spent_ms, losses, timeout_ms, next_attempt_at, reason, position, repair,
    streaming, issued_at, admitted_at, cause_id, traceparent, started_at, seen_at, finished_at, error, problem, provider, model`,
  sections: `status, content, draft, sha256, provider, model, prompt_hash, template_hash, input_hash, made_from, generated_at,
    error, problem, warnings`,
};

/** The given values in place of the row's, where there are any; `more` are columns that follow from others. */
function patched(table: keyof typeof COLUMNS, more: { columns: string; values: string } = { columns: '', values: '' }) {
  return `(${COLUMNS[table]}${more.columns}) = (
    SELECT ${COLUMNS[table]}${more.values} FROM jsonb_populate_record(${table}, change.patch))`;
}

const DEADLINE = {
  columns: ', deadline',
  values: `, CASE status WHEN 'running' THEN started_at + timeout_ms * interval '1 millisecond' END`,
};
const SPENT_COLUMNS = ['usage', 'cost', 'unpriced_calls'];
const SPENT = {
  columns: SPENT_COLUMNS.map((name) => `, ${name}`).join(''),
  values: SPENT_COLUMNS.map((name) => `, CASE status WHEN 'completed' THEN step.${name} END`).join(''),
};

/** The parts of a save; each is left out where it has nothing to do. `$n` is the parameter of the part, $1 the run. */
const PARTS = {
  run: `UPDATE runs SET ${patched('runs')}
    FROM jsonb_to_record($n::jsonb) AS change (status text, patch jsonb)
    WHERE runs.id = $1 AND runs.status = change.status`,
  versions: `UPDATE document_versions SET ${patched('document_versions')}
    FROM jsonb_to_recordset($n::jsonb) AS change (id uuid, status text, patch jsonb)
    WHERE document_versions.run_id = $1 AND document_versions.document_id = change.id
      AND document_versions.status = change.status`,
  steps: `UPDATE steps SET ${patched('steps', DEADLINE)}
    FROM jsonb_to_recordset($n::jsonb) AS change (id uuid, status text, attempt integer, patch jsonb)
    WHERE steps.run_id = $1 AND steps.id = change.id AND steps.attempt = change.attempt AND steps.status = change.status`,
  // A section that is final stays as it is, whatever comes later.
  sections: `UPDATE sections SET ${patched('sections', SPENT)}
    FROM jsonb_to_recordset($n::jsonb) AS change (id uuid, patch jsonb) JOIN steps step ON step.id = change.id
    WHERE step.run_id = $1 AND sections.version_id = step.version_id AND sections.section_id = step.section_id
      AND sections.step_id = step.id AND sections.status IN ('pending', 'generating')`,
  scopes: 'DELETE FROM run_scopes WHERE run_id = $1 AND $n::boolean',
  facts: `INSERT INTO run_events (run_id, n, workspace_id, at, body)
    SELECT runs.id, fact.n, runs.workspace_id, fact.at, fact.body
    FROM jsonb_to_recordset($n::jsonb) AS fact (n integer, at timestamptz, body jsonb), runs WHERE runs.id = $1`,
  messages: INSERT_MESSAGES,
  handled: `INSERT INTO inbox (consumer, message_id, workspace_id)
    SELECT '${CONSUMER}', unnest($n::uuid[]), workspace_id FROM runs WHERE id = $1 ON CONFLICT DO NOTHING`,
  // A row that a relay holds at this moment is left to it.
  sent: 'DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE id = ANY($n::uuid[]) FOR UPDATE SKIP LOCKED)',
};
type Part = keyof typeof PARTS;
const ALL = Object.keys(PARTS);

/**
 * Writes what was decided for a locked run: rows, events, messages and what was handled, in one statement, so that a
 * step costs few round trips. The run's lock is held, so nothing moves meanwhile; the conditions in the statement are
 * the second fence: where a row is not in the state it was locked in, nothing is written at all.
 */
export async function saveRun(manager: EntityManager, run: LockedRun, save: RunSave): Promise<void> {
  const { changes = [], facts = [], messages = [], handled = [], sent = [] } = save;
  const patches = new Patches(run, changes);
  const event_seq = facts.at(-1)?.n;
  if (event_seq !== undefined) patches.run.set([patches.run.status], { event_seq });
  const parts: Partial<Record<Part, unknown>> = {
    ...(patches.run.isTouched && { run: JSON.stringify(patches.run) }),
    ...jsonOf('versions', patches.versions),
    ...jsonOf('steps', patches.steps),
    ...jsonOf('sections', patches.sections),
    ...(isEndedRun(patches.run.status) && { scopes: true }),
    ...jsonOf('facts', facts),
    ...jsonOf('messages', messages),
    ...(handled.length > 0 && { handled }),
    ...(sent.length > 0 && { sent }),
  };
  const results = changes.flatMap(({ result }) => result ?? []);
  // One behind the other, without a pause: a section shows what its step used.
  await Promise.all([recordUsage(manager, run, results), write(manager, run, patches, parts)]);
  for (const documentId of patches.endedDocuments) await activateIfDue(manager, run.runId, documentId);
}

/** The rows that have to change, by part; the others may find nothing to do. */
async function write(manager: EntityManager, run: LockedRun, patches: Patches, parts: Partial<Record<Part, unknown>>) {
  const names = Object.keys(parts) as Part[];
  if (names.length === 0) return;
  const statements = names.map((name, i) => {
    const sql = PARTS[name].replaceAll('$n', `$${i + 2}`);
    return `saved_${name} AS (${sql} RETURNING 1)`;
  });
  const counts = names.map((name) => `(SELECT count(*)::int FROM saved_${name}) AS ${name}`);
  const [written] = await preparedRows<Partial<Record<Part, number>>>(
    manager,
    `save_run_${names.map((name) => ALL.indexOf(name)).join('_')}`,
    `WITH ${statements.join(', ')} SELECT $1::uuid AS id, ${counts.join(', ')}`,
    [run.runId, ...names.map((name) => parts[name])],
  );
  const expected = {
    run: parts.run === undefined ? 0 : 1,
    versions: patches.versions.length,
    steps: patches.steps.length,
    sections: patches.sections.length,
  };
  for (const [part, count] of Object.entries(expected) as [keyof typeof expected, number][]) {
    const found = written?.[part] ?? 0;
    if (found !== count)
      throw new Error(
        `run ${run.runId}: ${count - found} of ${count} ${part} to be changed are not as they were locked`,
      );
  }
}

const jsonOf = (part: Part, rows: readonly unknown[]): Partial<Record<Part, string>> =>
  rows.length > 0 ? { [part]: JSON.stringify(rows) } : {};
