import { setTimeout as sleep } from 'node:timers/promises';
import { query } from '../rows.js';

/** Something that should have moved by now. */
export interface Late {
  runId: string;
  /** The step that is late, in words; empty where no step of the run is under way. */
  step: string;
  lateMs: number;
}

/** Past its due time by more than this, a run counts as stuck. */
const STUCK_AFTER_MS = 60_000;
/** Past its due time by more than this, nothing will come of it any more. */
const HOPELESS_AFTER_MS = 180_000;
/** Issued and not begun: the engine itself counts it as lost after this. */
const BEGINS_WITHIN = `interval '20 seconds'`;

/**
 * Every run that has not ended with the instant by which something of it has to happen: the wake-up of a delayed step, the
 * end of a running one's time, the start of one that was issued. One that waits for a free slot is not late while others
 * end. A run without any of these has to move at once.
 */
const LATENESS = `
  with latest as (select max(finished_at) as at from steps),
  open as (
    select run_id, section_id || ' ' || status || ', attempt ' || attempt as step,
           case status
             when 'delayed' then next_attempt_at
             when 'running' then coalesce(deadline, started_at + timeout_ms * interval '1 millisecond', started_at)
             else coalesce(admitted_at, greatest(issued_at, (select at from latest))) + ${BEGINS_WITHIN}
           end as due
    from steps where status in ('running', 'delayed') or (status = 'queued' and attempt > 0)
  )
  select r.id as "runId", coalesce(o.step, '') as step,
         (extract(epoch from now() - greatest(coalesce(o.due, e.at, r.created_at), $1)) * 1000)::float8 as "lateMs"
  from runs r
  left join open o on o.run_id = r.id
  left join lateral (select max(at) as at from run_events where run_id = r.id) e on true
  where r.status in ('queued', 'running')
  order by 3 desc`;

/**
 * Waits until every run has ended and the outbox is empty. Answers what was late by more than a minute meanwhile, also
 * where it ended later; nothing is late before `calmAt`, when the faults were over. Gives up on what is hopeless, and
 * when `giveUp` aborts.
 */
export async function untilQuiet(url: string, calmAt: Date, giveUp: AbortSignal): Promise<Late[]> {
  const stuck = new Map<string, Late>();
  let late: Late[] = [];
  while (!giveUp.aborted) {
    late = await query<Late>(url, LATENESS, [calmAt]);
    for (const one of late) if (one.lateMs > STUCK_AFTER_MS) stuck.set(`${one.runId} ${one.step}`, one);
    if (late.some(({ lateMs }) => lateMs > HOPELESS_AFTER_MS)) break;
    const [outbox] = await query<{ rows: number }>(url, 'select count(*)::int as rows from outbox');
    if (late.length === 0 && outbox?.rows === 0) break;
    await sleep(250);
  }
  // Out of time is stuck, too, whatever it was waiting for.
  if (giveUp.aborted) for (const one of late) stuck.set(`${one.runId} ${one.step}`, one);
  return [...stuck.values()];
}
