import { ACTIVE, RECENT_RUNS, RUN_ENDS, utc } from './invariant.js';
import type { Invariant } from './invariant.js';

const DEFECT = 'Report this as a defect with the ids.';

/** Instants of one run may come from the clocks of several machines. */
const CLOCK_SKEW = `interval '1 second'`;

/**
 * Numbers, stages and instants that don't follow each other. What came first is read off the numbers of a run's events
 * where it can be: they are given under the run's lock, and no clock is asked.
 */
export const OUT_OF_ORDER: readonly Invariant[] = [
  {
    name: 'run_event_missing',
    kind: 'out_of_order',
    what: "A run's events are not numbered from 1 to the run's count without a gap.",
    advice: `${DEFECT} Followers of this run cannot be brought up to date.`,
    graceMs: 0,
    sql: `
      SELECT r.id, format('counted %s, stored %s, numbers %s to %s', r.event_seq, e.stored, e.first, e.last) AS detail
      FROM ${RECENT_RUNS} r CROSS JOIN LATERAL (
        SELECT count(*) AS stored, min(n) AS first, max(n) AS last FROM run_events WHERE run_id = r.id
      ) e
      WHERE e.stored <> r.event_seq OR (r.event_seq > 0 AND (e.first <> 1 OR e.last <> r.event_seq))`,
  },
  {
    name: 'project_event_missing',
    kind: 'out_of_order',
    what: "A project's events, or its features' events, are not numbered from 1 to their count without a gap.",
    advice: `${DEFECT} Followers of this project cannot be brought up to date.`,
    graceMs: 0,
    sql: `
      SELECT p.id, format('%s: counted %s, stored %s, numbers %s to %s', c.channel, c.seq, e.stored, e.first, e.last) AS detail
      FROM projects p
      CROSS JOIN LATERAL (VALUES ('project', p.event_seq), ('features', p.feature_event_seq)) AS c (channel, seq)
      CROSS JOIN LATERAL (
        SELECT count(*) AS stored, min(n) AS first, max(n) AS last
        FROM project_events WHERE project_id = p.id AND channel = c.channel
      ) e
      WHERE p.id IN (SELECT project_id FROM ${RECENT_RUNS} r)
        AND (e.stored <> c.seq OR (c.seq > 0 AND (e.first <> 1 OR e.last <> c.seq)))`,
  },
  {
    name: 'end_not_told',
    kind: 'out_of_order',
    what: 'A run has ended, and the last of its events does not say so.',
    advice: `${DEFECT} Followers of this run wait for an end that does not come.`,
    graceMs: 0,
    sql: `
      SELECT r.id, format('run is %s, last event is %s', r.status, coalesce(e.body ->> 'type', 'none')) AS detail
      FROM ${RECENT_RUNS} r LEFT JOIN run_events e ON e.run_id = r.id AND e.n = r.event_seq
      WHERE r.finished_at IS NOT NULL
        AND e.body ->> 'type' IS DISTINCT FROM CASE r.status WHEN 'succeeded' THEN 'complete' ELSE r.status END`,
  },
  {
    name: 'end_told_too_early',
    kind: 'out_of_order',
    what: 'A run told its end and goes on.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT r.id, format('run is %s, event %s is %s', r.status, e.n, e.body ->> 'type') AS detail
      FROM runs r JOIN run_events e ON e.run_id = r.id
      WHERE r.${ACTIVE} AND e.body ->> 'type' IN ${RUN_ENDS}`,
  },
  {
    name: 'event_before_its_predecessor',
    kind: 'out_of_order',
    what: 'An event of a run is older than the one numbered before it.',
    advice: "Look at the database server's clock: it was set back, or this is a defect.",
    graceMs: 0,
    sql: `
      SELECT e.run_id AS id, format('event %s at %s, the one before at %s', e.n, ${utc('e.at')}, ${utc('e.before')}) AS detail
      FROM (
        SELECT run_id, n, at, lag(at) OVER (PARTITION BY run_id ORDER BY n) AS before
        FROM run_events WHERE run_id IN (SELECT id FROM ${RECENT_RUNS} r)
      ) e WHERE e.at < e.before`,
  },
  {
    name: 'stage_begun_too_early',
    kind: 'out_of_order',
    what: 'A step was issued although a step of an earlier stage had not ended.',
    advice: DEFECT,
    graceMs: 0,
    // Now: both are there to see. Later: an earlier stage's section ended after the later stage was told.
    sql: `
      SELECT late.id, format('stage %s, step %s of stage %s is %s', late.stage, early.id, early.stage, early.status) AS detail
      FROM runs r JOIN steps late ON late.run_id = r.id
      JOIN steps early ON early.version_id = late.version_id AND early.stage < late.stage
      WHERE r.${ACTIVE} AND late.attempt > 0 AND early.status IN ('queued', 'running', 'delayed')
      UNION ALL
      SELECT t.id, format('section %s of stage %s ended in event %s, stage %s began in event %s',
        t.section_id, t.stage, ended.n, began.body ->> 'stage', began.n) AS detail
      FROM ${RECENT_RUNS} r JOIN steps t ON t.run_id = r.id
      JOIN run_events ended ON ended.run_id = r.id AND ended.body ->> 'type' IN ('section_complete', 'section_failed')
        AND ended.body ->> 'section_id' = t.section_id AND ended.body ->> 'document_id' = t.document_id::text
      JOIN run_events began ON began.run_id = r.id AND began.body ->> 'type' = 'stage' AND began.n < ended.n
        AND began.body ->> 'document_id' = t.document_id::text AND (began.body ->> 'stage')::int > t.stage`,
  },
  {
    name: 'two_at_once_in_sequence',
    kind: 'out_of_order',
    what: 'Two steps of a stage that writes one section after another are on their way at the same time.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT v.id, format('stage %s, sections %s', t.stage, string_agg(t.section_id, ', ')) AS detail
      FROM runs r JOIN document_versions v ON v.run_id = r.id JOIN documents d ON d.id = v.document_id
      JOIN steps t ON t.version_id = v.id
      WHERE r.${ACTIVE} AND v.status = 'generating' AND t.attempt > 0 AND t.status IN ('queued', 'running', 'delayed')
        AND EXISTS (
          SELECT 1 FROM jsonb_array_elements(r.pinned_blueprints -> d.kind -> 'stages') stage
          WHERE (stage.value ->> 'number')::int = t.stage AND stage.value ->> 'mode' = 'sequential'
        )
      GROUP BY v.id, t.stage HAVING count(*) > 1`,
  },
  {
    name: 'begun_while_waiting',
    kind: 'out_of_order',
    what: 'A run was begun although it has to wait for another one to end.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT r.id, 'awaits ' || string_agg(w.scope, ', ') AS detail
      FROM runs r JOIN run_scopes w ON w.run_id = r.id AND w.waiting
      WHERE r.status = 'running' GROUP BY r.id`,
  },
  {
    name: 'document_begun_too_early',
    kind: 'out_of_order',
    what: 'A document was begun although the one before it in its run was not ready.',
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT v.id, format('%s, the one before is %s', v.status, before.status) AS detail
      FROM ${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id
      JOIN document_versions before ON before.run_id = r.id AND before.run_position < v.run_position
      WHERE before.status <> 'ready' AND (v.status IN ('generating', 'ready', 'partial', 'failed') OR v.current_stage IS NOT NULL)
      UNION ALL
      SELECT v.id, format('began in event %s, the one before ended in event %s', began.n, ended.n) AS detail
      FROM ${RECENT_RUNS} r JOIN document_versions v ON v.run_id = r.id
      JOIN document_versions before ON before.run_id = r.id AND before.run_position < v.run_position
      JOIN run_events ended ON ended.run_id = r.id AND ended.body ->> 'type' = 'document_complete'
        AND ended.body ->> 'document_id' = before.document_id::text
      JOIN run_events began ON began.run_id = r.id AND began.body ->> 'type' = 'stage' AND began.n < ended.n
        AND began.body ->> 'document_id' = v.document_id::text`,
  },
  {
    name: 'version_number_missing',
    kind: 'out_of_order',
    what: "A document's versions are not numbered from 1 to the document's count without a gap.",
    advice: DEFECT,
    graceMs: 0,
    sql: `
      SELECT d.id, format('counted %s, stored %s, numbers %s to %s', d.last_version_number, v.stored, v.first, v.last) AS detail
      FROM documents d CROSS JOIN LATERAL (
        SELECT count(*) AS stored, min(number) AS first, max(number) AS last FROM document_versions WHERE document_id = d.id
      ) v
      WHERE d.project_id IN (SELECT project_id FROM ${RECENT_RUNS} r)
        AND (v.stored <> d.last_version_number OR v.first <> 1 OR v.last <> d.last_version_number)`,
  },
  {
    name: 'ended_before_it_began',
    kind: 'out_of_order',
    what: 'A run or a step ended more than a second before it began.',
    advice: "Look at the clocks of the orchestrators' machines; if they agree, report this as a defect.",
    graceMs: 0,
    sql: `
      SELECT r.id, format('run, from %s to %s', ${utc('r.started_at')}, ${utc('r.finished_at')}) AS detail
      FROM ${RECENT_RUNS} r WHERE r.started_at > r.finished_at + ${CLOCK_SKEW}
      UNION ALL
      SELECT t.id, format('step, from %s to %s', ${utc('t.started_at')}, ${utc('t.finished_at')}) AS detail
      FROM ${RECENT_RUNS} r JOIN steps t ON t.run_id = r.id WHERE t.started_at > t.finished_at + ${CLOCK_SKEW}`,
  },
];
