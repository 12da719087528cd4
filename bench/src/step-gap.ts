import { setTimeout as sleep } from 'node:timers/promises';
import { startDistributed } from '@planwright/e2e/distributed';
import { startRun } from '@planwright/e2e/driver';
import { FOLLOWS } from '@planwright/e2e/followers';
import { query } from '@planwright/e2e/rows';
import { median, quantile, rounded, show } from './figures.js';
import { databaseCounts } from './statements.js';

/** DETAILED runs of the PRD, one after another: 12 steps each. */
const RUNS = Number(process.env['BENCH_RUNS'] ?? 84);
/** Runs before the first that counts: the code is compiled while it runs. */
const WARM_UP_RUNS = Number(process.env['BENCH_WARM_UP_RUNS'] ?? 10);
/** A model needs longer than this for its first word; what a generator does after that is not the platform's pause. */
const FIRST_CHUNK_MS = '30';
/** Counters of the database's statistics lag by this much. */
const STATISTICS_LAG_MS = 2_000;

interface Step {
  stage: number;
  ordinal: number;
  started_at: Date;
  finished_at: Date;
}

interface Platform {
  url: string;
  databaseUrl: string;
}

/**
 * The platform's own share of a run, on an idle machine: from the end of a step to the start of the next one, both by the
 * orchestrator's clock. Where several begin together the gap ends with the first of them; how long until each of them
 * has begun is told apart. And how many transactions a step costs.
 */
export async function stepGap(): Promise<object> {
  const platform = await startDistributed({
    env: { PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: FIRST_CHUNK_MS, PLANWRIGHT_OFFLINE_CHUNK_MS: '0' },
  });
  try {
    for (let i = 0; i < WARM_UP_RUNS; i++) await runOnce(platform);
    await sleep(STATISTICS_LAG_MS);
    const before = await databaseCounts(platform.databaseUrl);
    const ids: string[] = [];
    for (let i = 0; i < RUNS; i++) ids.push(await runOnce(platform));
    await sleep(STATISTICS_LAG_MS);
    const after = await databaseCounts(platform.databaseUrl);
    const runs = await Promise.all(ids.map((id) => stepsOf(platform, id)));
    const gaps = runs.flatMap(gapsOf);
    const together = runs.flatMap(startsTogether);
    const steps = runs.flat().length;
    const tenth = Math.ceil(gaps.length / 10);
    const figures = {
      steps,
      p50_ms: rounded(median(gaps)),
      p99_ms: rounded(quantile(gaps, 0.99)),
      worst_ms: rounded(quantile(gaps, 1)),
      first_tenth_p50_ms: rounded(median(gaps.slice(0, tenth))),
      last_tenth_p50_ms: rounded(median(gaps.slice(-tenth))),
      together_p50_ms: rounded(median(together)),
      together_p99_ms: rounded(quantile(together, 0.99)),
      writing_transactions_per_step: rounded((after.writes - before.writes) / steps, 2),
      transactions_per_step: rounded((after.transactions - before.transactions) / steps, 2),
    };
    const { p50_ms, p99_ms, worst_ms, first_tenth_p50_ms, last_tenth_p50_ms } = figures;
    show(`step gap over ${steps} steps, ${gaps.length} gaps: p50 ${p50_ms} ms, p99 ${p99_ms} ms, worst ${worst_ms} ms`);
    show(`  first tenth p50 ${first_tenth_p50_ms} ms, last tenth p50 ${last_tenth_p50_ms} ms`);
    show(
      `  each step of those that begin together: p50 ${figures.together_p50_ms} ms, p99 ${figures.together_p99_ms} ms`,
    );
    show(
      `  ${figures.writing_transactions_per_step} transactions that write per step, ${figures.transactions_per_step} in all`,
    );
    show('  (starting runs, following them and the standing loops included)');
    return figures;
  } finally {
    await platform.stop();
  }
}

/** Followed, not asked again and again: asking would cost what is measured. */
async function runOnce(platform: Platform): Promise<string> {
  const { run } = await startRun(platform, { documents: ['prd'], mode: 'detailed' });
  const [[, follow]] = FOLLOWS as [(typeof FOLLOWS)[0]];
  const { transcript, cut } = await follow({ url: platform.url, runId: run.id });
  await transcript.untilEnd(60_000);
  cut();
  return run.id;
}

function stepsOf(platform: Platform, runId: string): Promise<Step[]> {
  return query<Step>(
    platform.databaseUrl,
    'SELECT stage, ordinal, started_at, finished_at FROM steps WHERE run_id = $1 ORDER BY ordinal',
    [runId],
  );
}

/** Steps that begin together, in the order in which their turn comes: stage 1 takes turns, a later stage does not. */
function turnsOf(steps: readonly Step[]): Step[][] {
  const turns = Map.groupBy(steps, ({ stage, ordinal }) => (stage === 1 ? ordinal : 1_000 * stage));
  return [...turns].toSorted(([a], [b]) => a - b).map(([, turn]) => turn);
}

/** From the end of all that came before a turn to each start in it. */
function startsAfter(steps: readonly Step[]): number[][] {
  const turns = turnsOf(steps);
  return turns.slice(1).map((turn, i) => {
    const ends = turns.slice(0, i + 1).flatMap((earlier) => earlier.map(({ finished_at }) => finished_at.getTime()));
    return turn.map(({ started_at }) => started_at.getTime() - Math.max(...ends));
  });
}

const gapsOf = (steps: readonly Step[]): number[] => startsAfter(steps).map((starts) => Math.min(...starts));

const startsTogether = (steps: readonly Step[]): number[] =>
  startsAfter(steps)
    .filter(({ length }) => length > 1)
    .flat();
