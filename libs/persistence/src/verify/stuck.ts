import { ACTIVE, utc } from './invariant.js';
import type { Invariant } from './invariant.js';

const MINUTE_MS = 60_000;
const ENGINE =
  'Look whether an orchestrator is running and what it logs about this run; its sweeper mends this within seconds.';
const GENERATORS =
  'Look whether a generator serves the queue (npm run ops -- doctor); the sweeper issues the step anew.';

/** Something should have moved by now. Every loop of the engine looks several times within these minutes. */
export const STUCK: readonly Invariant[] = [
  {
    name: 'run_not_begun',
    kind: 'stuck',
    what: 'A run is queued, waits for no other run, and has not begun for more than a minute.',
    advice: ENGINE,
    graceMs: MINUTE_MS,
    // A run that waited may begin when another one of its project ends: its time counts from there.
    sql: `
      SELECT r.id, 'queued since ' || ${utc('free.since')} AS detail
      FROM runs r CROSS JOIN LATERAL (
        SELECT greatest(r.created_at, max(other.finished_at)) AS since FROM runs other WHERE other.project_id = r.project_id
      ) free
      WHERE r.status = 'queued' AND r.created_at <= :before AND free.since <= :before
        AND NOT EXISTS (SELECT 1 FROM run_scopes w WHERE w.run_id = r.id AND w.waiting)`,
  },
  {
    name: 'waiting_run_not_begun',
    kind: 'stuck',
    what: 'A run waits for others to end, and for more than a minute there has been none in its way.',
    advice: ENGINE,
    graceMs: MINUTE_MS,
    sql: `
      SELECT r.id, 'waits since ' || ${utc('r.created_at')} AS detail
      FROM runs r
      WHERE r.status = 'queued' AND r.created_at <= :before
        AND EXISTS (SELECT 1 FROM run_scopes w WHERE w.run_id = r.id AND w.waiting)
        AND NOT EXISTS (
          SELECT 1 FROM run_scopes w JOIN run_scopes h ON h.project_id = w.project_id AND h.scope = w.scope
          WHERE w.run_id = r.id AND w.waiting AND NOT h.waiting AND h.run_id <> r.id
        )
        AND NOT EXISTS (SELECT 1 FROM runs other WHERE other.project_id = r.project_id AND other.finished_at > :before)`,
  },
  {
    name: 'run_standing_still',
    kind: 'stuck',
    what: 'A run is running, but for more than a minute none of its steps has been on its way.',
    advice: ENGINE,
    graceMs: MINUTE_MS,
    sql: `
      SELECT r.id, 'running since ' || ${utc('r.started_at')} AS detail
      FROM runs r
      WHERE r.status = 'running' AND r.started_at <= :before AND NOT EXISTS (
        SELECT 1 FROM steps t WHERE t.run_id = r.id AND (
          t.status IN ('running', 'delayed') OR (t.status = 'queued' AND t.attempt > 0) OR t.finished_at > :before
        )
      )`,
  },
  {
    name: 'cancel_not_carried_out',
    kind: 'stuck',
    what: 'Somebody asked for a run to stop more than a minute ago, and it has not ended.',
    advice: ENGINE,
    graceMs: MINUTE_MS,
    sql: `
      SELECT r.id, 'asked for at ' || ${utc('r.cancel_requested_at')} AS detail
      FROM runs r WHERE r.${ACTIVE} AND r.cancel_requested_at <= :before`,
  },
  {
    name: 'step_not_begun',
    kind: 'stuck',
    what: "A step's command was handed out more than a minute ago, and no generator has begun it.",
    advice: GENERATORS,
    graceMs: MINUTE_MS,
    sql: `
      SELECT t.id, format('run %s, attempt %s, admitted at %s', t.run_id, t.attempt, ${utc('t.admitted_at')}) AS detail
      FROM steps t WHERE t.status = 'queued' AND t.admitted_at <= :before`,
  },
  {
    name: 'step_waiting_for_a_slot',
    kind: 'stuck',
    severity: 'warning',
    what: 'A step has waited for a free slot of the generators for more than ten minutes.',
    advice: 'There is more to write than generators can take: add generators, or raise GENERATOR_CONCURRENCY.',
    graceMs: 10 * MINUTE_MS,
    sql: `
      SELECT t.id, format('run %s, class %s, issued at %s', t.run_id, t.class, ${utc('t.issued_at')}) AS detail
      FROM steps t
      WHERE t.status = 'queued' AND t.attempt > 0 AND t.admitted_at IS NULL AND t.issued_at <= :before`,
  },
  {
    name: 'step_past_its_deadline',
    kind: 'stuck',
    what: 'A step is still running more than a minute after its time was up.',
    advice: GENERATORS,
    graceMs: MINUTE_MS,
    sql: `
      SELECT t.id, format('run %s, attempt %s, deadline %s', t.run_id, t.attempt, ${utc('t.deadline')}) AS detail
      FROM steps t WHERE t.status = 'running' AND t.attempt > 0 AND t.deadline <= :before`,
  },
  {
    name: 'step_without_deadline',
    kind: 'stuck',
    what: 'A step is running without a deadline, so nothing would ever end it.',
    advice: 'Report this as a defect; cancelling the run ends it.',
    graceMs: 0,
    sql: `
      SELECT t.id, format('run %s, attempt %s, started at %s', t.run_id, t.attempt, ${utc('t.started_at')}) AS detail
      FROM steps t WHERE t.status = 'running' AND t.attempt > 0 AND t.deadline IS NULL`,
  },
  {
    name: 'step_overdue',
    kind: 'stuck',
    what: 'A delayed step should have been tried again more than a minute ago.',
    advice: 'Look whether an orchestrator is running: its due-scanner wakes delayed steps.',
    graceMs: MINUTE_MS,
    sql: `
      SELECT t.id, format('run %s, due at %s', t.run_id, ${utc('t.next_attempt_at')}) AS detail
      FROM steps t WHERE t.status = 'delayed' AND t.next_attempt_at <= :before`,
  },
  {
    name: 'message_not_sent',
    kind: 'stuck',
    what: 'A message has been in the outbox for more than a minute.',
    advice:
      'Look whether RabbitMQ takes messages and an orchestrator is running (npm run ops -- doctor): its relay sends them.',
    graceMs: MINUTE_MS,
    sql: `
      SELECT o.id, format('%s, run %s, since %s', o.name, o.run_id, ${utc('o.created_at')}) AS detail
      FROM outbox o WHERE o.created_at <= :before`,
  },
  {
    name: 'feature_left_open',
    kind: 'stuck',
    what: "A feature's run has ended, and the feature has neither completed nor failed.",
    advice: 'Report this as a defect; retrying the feature makes a new run.',
    graceMs: MINUTE_MS,
    sql: `
      SELECT f.id, format('%s, run %s ended at %s', f.status, r.id, ${utc('r.finished_at')}) AS detail
      FROM features f JOIN runs r ON r.id = f.run_id
      WHERE f.status IN ('pending', 'processing') AND r.finished_at <= :before`,
  },
];
