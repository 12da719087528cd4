import type { EntityManager } from 'typeorm';
import type { Database } from '../database.js';
import { firstRow, rows } from '../sql.js';
import { bind } from './bind.js';
import type { Moment } from './bind.js';
import type { Invariant } from './invariant.js';
import { INVARIANTS } from './invariants.js';

export interface VerifyOptions {
  /** The instant to judge ages by, in milliseconds since 1970. Default: the database's clock. */
  now?: number;
  /** Looks at everything there is. Default: what is active, and runs that ended within the last 24 hours. */
  all?: boolean;
  /** Examples per finding. Default 5. */
  limitPerInvariant?: number;
}

/** An invariant that does not hold. */
export interface Finding extends Pick<Invariant, 'kind' | 'what' | 'advice'> {
  invariant: string;
  /** A warning breaks no promise; it may mean that there are too few workers. */
  severity: 'violation' | 'warning';
  /** How many rows break it; a row that breaks it twice counts twice. */
  count: number;
  /** The first of them by id; `id` is of the row that `what` speaks of. */
  examples: { id: string; detail: string }[];
}

export interface Verification {
  /** The instant of the picture, ISO 8601. */
  at: string;
  /** Invariants that were checked. */
  checked: number;
  /** In the order of the invariants; empty when all hold. */
  findings: Finding[];
}

const WINDOW_MS = 24 * 3_600_000;
/** A run that was made longer ago and ended within the window is not looked at: its id is too old for the index scan. */
const MADE_WITHIN_MS = 7 * WINDOW_MS;

/**
 * Checks every invariant against the rows as they are at one instant (a read-only snapshot), while the platform runs.
 * Takes no lock that anything waits for. Rejects when the database does not answer, or takes longer than a minute (with
 * `all` ten) for one invariant.
 */
export function verify(database: Database, options: VerifyOptions = {}): Promise<Verification> {
  return database.transaction(async ({ manager }) => {
    await rows(manager, 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    await rows(manager, `SET LOCAL statement_timeout = '${options.all ? 600 : 60}s'`);
    // Many small statements: compiling one takes longer than running it.
    await rows(manager, 'SET LOCAL jit = off');
    return checkInvariants(manager, options);
  });
}

/** As `verify`, within a transaction that is there already. */
export async function checkInvariants(
  manager: EntityManager,
  options: VerifyOptions = {},
  invariants: readonly Invariant[] = INVARIANTS,
): Promise<Verification> {
  const { all = false, limitPerInvariant = 5 } = options;
  const nowMs = options.now ?? (await databaseClock(manager));
  const findings: Finding[] = [];
  for (const invariant of invariants) {
    const finding = await check(manager, invariant, momentOf(nowMs, invariant.graceMs, all), limitPerInvariant);
    if (finding) findings.push(finding);
  }
  return { at: new Date(nowMs).toISOString(), checked: invariants.length, findings };
}

async function check(
  manager: EntityManager,
  { name, kind, severity, what, advice, sql }: Invariant,
  moment: Moment,
  limit: number,
): Promise<Finding | null> {
  const { text, parameters } = bind(sql, moment);
  const found = await rows<{ id: string; detail: string; count: number }>(
    manager,
    `SELECT id::text AS id, detail, (count(*) OVER ())::int AS count FROM (${text}) found
     ORDER BY id, detail LIMIT $${parameters.length + 1}`,
    [...parameters, Math.max(1, limit)],
  ).catch((error: unknown) => {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  });
  const [first] = found;
  if (!first) return null;
  const examples = found.slice(0, limit).map(({ id, detail }) => ({ id, detail }));
  return { invariant: name, kind, severity: severity ?? 'violation', what, advice, count: first.count, examples };
}

function momentOf(nowMs: number, graceMs: number, all: boolean): Moment {
  return {
    before: nowMs - graceMs,
    since: all ? null : nowMs - WINDOW_MS,
    oldest: all ? null : nowMs - MADE_WITHIN_MS,
  };
}

async function databaseClock(manager: EntityManager): Promise<number> {
  const clock = await firstRow<{ now: Date }>(manager, 'SELECT clock_timestamp() AS now');
  if (!clock) throw new Error('the database has no clock');
  return clock.now.getTime();
}
