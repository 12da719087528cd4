import { ACTIVE, RECENT_RUNS, RUN_ENDS } from './invariant.js';
import type { Invariant } from './invariant.js';

const DEFECT = 'Report this as a defect with the ids: a fence or a unique index did not hold.';

/** What happens once happened twice. Most of it is impossible by a unique key; a restored backup may have lost the key. */
export const DOUBLED: readonly Invariant[] = [
  {
    name: 'scope_held_twice',
    kind: 'doubled',
    what: 'Two runs hold one scope of a project, or wait for it.',
    advice: `${DEFECT} Cancel all but one of the runs.`,
    graceMs: 0,
    sql: `
      SELECT project_id AS id,
        format('%s %s by runs %s', scope, CASE WHEN waiting THEN 'awaited' ELSE 'held' END, string_agg(run_id::text, ', ')) AS detail
      FROM run_scopes GROUP BY project_id, scope, waiting HAVING count(*) > 1`,
  },
  {
    name: 'document_written_by_two_runs',
    kind: 'doubled',
    what: 'Two active runs write one document at the same time.',
    advice: `${DEFECT} Cancel all but one of the runs.`,
    graceMs: 0,
    sql: `
      SELECT v.document_id AS id, 'runs ' || string_agg(r.id::text, ', ') AS detail
      FROM runs r JOIN document_versions v ON v.run_id = r.id
      WHERE r.${ACTIVE} AND v.status IN ('queued', 'generating')
        AND NOT EXISTS (SELECT 1 FROM run_scopes w WHERE w.run_id = r.id AND w.waiting)
      GROUP BY v.document_id HAVING count(DISTINCT r.id) > 1`,
  },
  {
    name: 'document_written_twice_by_a_run',
    kind: 'doubled',
    what: 'A run made two versions of one document.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT r.id, format('document %s, versions %s', v.document_id, string_agg(v.number::text, ', ')) AS detail
      FROM ${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id
      GROUP BY r.id, v.document_id HAVING count(*) > 1`,
  },
  {
    name: 'section_written_by_two_steps',
    kind: 'doubled',
    what: 'Two steps write one section of a version.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT t.version_id AS id, format('section %s, steps %s', t.section_id, string_agg(t.id::text, ', ')) AS detail
      FROM ${RECENT_RUNS} r JOIN steps t ON t.run_id = r.id
      GROUP BY t.version_id, t.section_id HAVING count(*) > 1`,
  },
  {
    name: 'run_ended_twice',
    kind: 'doubled',
    what: 'A run told its end more than once.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT r.id, string_agg(format('%s (event %s)', e.body ->> 'type', e.n), ', ' ORDER BY e.n) AS detail
      FROM ${RECENT_RUNS} r JOIN run_events e ON e.run_id = r.id
      WHERE e.body ->> 'type' IN ${RUN_ENDS} GROUP BY r.id HAVING count(*) > 1`,
  },
  {
    name: 'document_ended_twice',
    kind: 'doubled',
    what: 'A run told the end of a document more than once.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT r.id, format('document %s, events %s', e.body ->> 'document_id', string_agg(e.n::text, ', ' ORDER BY e.n)) AS detail
      FROM ${RECENT_RUNS} r JOIN run_events e ON e.run_id = r.id
      WHERE e.body ->> 'type' = 'document_complete' GROUP BY r.id, e.body ->> 'document_id' HAVING count(*) > 1`,
  },
  {
    name: 'section_completed_twice',
    kind: 'doubled',
    what: 'A run told more than once that a section is completed.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT r.id, format('section %s of document %s, events %s', e.body ->> 'section_id', e.body ->> 'document_id',
        string_agg(e.n::text, ', ' ORDER BY e.n)) AS detail
      FROM ${RECENT_RUNS} r JOIN run_events e ON e.run_id = r.id
      WHERE e.body ->> 'type' = 'section_complete'
      GROUP BY r.id, e.body ->> 'document_id', e.body ->> 'section_id' HAVING count(*) > 1`,
  },
  {
    name: 'task_key_doubled',
    kind: 'doubled',
    what: 'Two cards of a project have one key.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT t.project_id AS id, format('%s on cards %s', t.key, string_agg(t.id::text, ', ')) AS detail
      FROM tasks t WHERE t.project_id IN (SELECT project_id FROM ${RECENT_RUNS} r)
      GROUP BY t.project_id, t.key HAVING count(*) > 1`,
  },
  {
    name: 'usage_of_unissued_attempt',
    kind: 'doubled',
    what: 'Tokens are booked for an attempt of a step that was never issued.',
    advice: `${DEFECT} The amounts in the usage ledger may be too high.`,
    graceMs: 0,
    sql: `
      SELECT t.id, format('booked for attempt %s, issued up to %s', u.attempt, t.attempt) AS detail
      FROM ${RECENT_RUNS} r JOIN steps t ON t.run_id = r.id JOIN usage_ledger u ON u.step_id = t.id
      WHERE u.attempt > t.attempt OR u.attempt < 1`,
  },
];
