import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Distributed } from '@planwright/e2e/distributed';
import { startDistributed } from '@planwright/e2e/distributed';
import { startRun } from '@planwright/e2e/driver';
import { query } from '@planwright/e2e/rows';
import { CLASS_QUEUES, createRabbitBroker } from '@planwright/messaging';
import { createLogger } from '@planwright/runtime';
import type { QuotaDouble } from '@planwright/testing';
import { serviceAddresses, startQuotaDouble, waitFor } from '@planwright/testing';
import { quantile, rounded, show } from '../figures.js';
import { plainAnswers } from '../preview/model-texts.js';
import { databaseCounts } from '../statements.js';

/** Runs, each with one step to be written: the sections of their first stage take turns. */
const STEPS = Number(process.env['BENCH_STEPS'] ?? 1_000);
const LASTS_MS = Number(process.env['BENCH_PARKED_MS'] ?? 60_000);
const REQUESTS_PER_MINUTE = 60;
const CONCURRENCY = 4;
const SAMPLE_MS = 2_000;
const STARTED_AT_ONCE = 8;
const SETTLE_MS = 5_000;
/** Counters of the database's statistics lag by this much. */
const STATISTICS_LAG_MS = 2_000;
/** Until the broker has seen that a consumer is gone, and offers again what it held. */
const BROKER_MS = 2_000;

/** What all open steps are doing at an instant. */
interface Standing {
  delayed: number;
  /** Written, or about to be: each has a slot and a message. */
  running: number;
  /** On their way to a generator. */
  issued: number;
  /** Delayed ones that do not say until when, why, or at which place. */
  untold: number;
  last_position: number | null;
  last_in_seconds: number | null;
}

/**
 * What it costs to wait: a thousand steps for which a limit leaves room for one a second, and generators with four slots.
 * Waiting is a row in the database; it holds no slot, no message and no memory.
 */
export async function parked(): Promise<object> {
  const double = await startQuotaDouble({
    openai: { limits: { requests: REQUESTS_PER_MINUTE } },
    answer: plainAnswers(1),
  });
  const platform = await startDistributed({
    env: {
      PLANWRIGHT_PROVIDER: 'openai',
      OPENAI_API_KEY: 'sk-double',
      OPENAI_BASE_URL: double.urls.openai,
      PLANWRIGHT_LIMITS: JSON.stringify({ openai: { requests_per_minute: REQUESTS_PER_MINUTE } }),
      PLANWRIGHT_MAX_ACTIVE_RUNS: String(2 * STEPS),
      GENERATOR_CONCURRENCY: String(CONCURRENCY),
    },
  });
  try {
    await sleep(SETTLE_MS);
    const idleMb = await memoryOf(platform);
    const startedAt = performance.now();
    await startRuns(platform);
    await waitFor(() => isAtRest(platform), { what: 'all steps to be told when', timeoutMs: 120_000 });
    const parkedMs = performance.now() - startedAt;
    const first = await standingOf(platform);
    const startMb = await memoryOf(platform);
    const watched = await watch(platform, double);
    const endMb = await memoryOf(platform);
    const otherRunMs = await runPast(platform);
    const heldAtKill = await heldByGenerators(platform, double);
    const refusals = double.quotas.openai.ledger.refusals().length;
    const figures = {
      steps: STEPS,
      parked_in_seconds: rounded(parkedMs / 1_000),
      at_the_start: first,
      ...watched,
      memory_mb: { idle: idleMb, at_the_start: startMb, at_the_end: endMb },
      another_run_ms: rounded(otherRunMs, 0),
      ...heldAtKill,
      refused_by_the_provider: refusals,
    };
    report(figures);
    return figures;
  } finally {
    await platform.stop();
    await double.close();
  }
}

async function startRuns(platform: Distributed): Promise<void> {
  let left = STEPS;
  const startOneByOne = async () => {
    while (left-- > 0) await startRun(platform, { documents: ['prd'], mode: 'draft' });
  };
  await Promise.all(Array.from({ length: STARTED_AT_ONCE }, startOneByOne));
}

async function standingOf({ databaseUrl }: Distributed): Promise<Standing> {
  const [standing] = await query<Standing>(
    databaseUrl,
    `SELECT count(*) FILTER (WHERE status = 'delayed')::int AS delayed,
       count(*) FILTER (WHERE status = 'running')::int AS running,
       count(*) FILTER (WHERE status = 'queued' AND attempt > 0)::int AS issued,
       count(*) FILTER (WHERE status = 'delayed' AND (reason IS NULL OR position IS NULL))::int AS untold,
       max(position) FILTER (WHERE status = 'delayed') AS last_position,
       round(extract(epoch FROM max(next_attempt_at) - now()))::int AS last_in_seconds
     FROM steps WHERE status IN ('delayed', 'running') OR (status = 'queued' AND attempt > 0)`,
  );
  if (!standing) throw new Error('an aggregate has one row');
  return standing;
}

async function attemptsOf({ databaseUrl }: Distributed): Promise<number> {
  const [row] = await query<{ attempts: number }>(databaseUrl, 'SELECT sum(attempt)::int AS attempts FROM steps');
  return row?.attempts ?? 0;
}

/** All but those whose turn it is. */
async function isAtRest(platform: Distributed): Promise<boolean> {
  const { delayed, running, issued } = await standingOf(platform);
  return delayed + running + issued === STEPS && running + issued <= 2;
}

/** What is held while they wait: slots, messages, statements. */
async function watch(platform: Distributed, double: QuotaDouble) {
  const { rabbitmq } = serviceAddresses();
  const broker = await createRabbitBroker({
    ...{ url: rabbitmq, prefix: platform.prefix, name: 'bench', log: createLogger('bench', 'error') },
  });
  const samples: { standing: Standing; ready: number }[] = [];
  await sleep(STATISTICS_LAG_MS);
  const before = await databaseCounts(platform.databaseUrl);
  const calls = double.journal.length;
  const attempts = await attemptsOf(platform);
  const beganAt = performance.now();
  try {
    while (performance.now() - beganAt < LASTS_MS) {
      const [standing, queues] = await Promise.all([standingOf(platform), broker.queueStates()]);
      const ready = Object.values(CLASS_QUEUES).reduce((sum, queue) => sum + queues[queue].messages, 0);
      samples.push({ standing, ready });
      await sleep(SAMPLE_MS);
    }
  } finally {
    await broker.close({ graceMs: 0 });
  }
  const seconds = (performance.now() - beganAt) / 1_000;
  const callsMade = double.journal.length - calls;
  const issued = (await attemptsOf(platform)) - attempts;
  await sleep(STATISTICS_LAG_MS);
  const after = await databaseCounts(platform.databaseUrl);
  const held = samples.map(({ standing: { running, issued } }) => running + issued);
  // A sample asks once, and so does each count.
  const statements = after.transactions - before.transactions - samples.length - 3;
  return {
    seconds: rounded(seconds),
    samples: samples.length,
    calls_made: callsMade,
    /** Times a step was given to a generator: once is what it takes. */
    issued_per_call: rounded(issued / callsMade, 2),
    steps_with_a_slot: { p50: quantile(held, 0.5), most: Math.max(...held) },
    messages_waiting: { most: Math.max(...samples.map(({ ready }) => ready)) },
    fewest_delayed: Math.min(...samples.map(({ standing }) => standing.delayed)),
    untold: Math.max(...samples.map(({ standing }) => standing.untold)),
    statements_per_second: rounded(statements / seconds),
  };
}

/** A run that waits for nobody, on the same four slots. */
async function runPast(platform: Distributed): Promise<number> {
  const beganAt = performance.now();
  const { client, run } = await startRun(platform, { documents: ['prd'], mode: 'draft', provider: 'offline' });
  const isOver = async () => (await client.runs.get(run.id)).status === 'succeeded';
  await waitFor(isOver, { what: 'the run on another provider', timeoutMs: 60_000 });
  return performance.now() - beganAt;
}

/**
 * What the generators really hold: while nobody sends them anything they are killed, and what they had taken and not
 * acknowledged comes back into their queues.
 */
async function heldByGenerators(platform: Distributed, double: QuotaDouble) {
  const { rabbitmq } = serviceAddresses();
  const broker = await createRabbitBroker({
    ...{ url: rabbitmq, prefix: platform.prefix, name: 'bench', log: createLogger('bench', 'error') },
  });
  try {
    platform.halt();
    const { running, issued } = await standingOf(platform);
    const openCalls = double.journal.filter(({ end }) => end === 'open').length;
    await Promise.all(platform.generators.map((generator) => generator.kill()));
    await sleep(BROKER_MS);
    const queues = await broker.queueStates();
    const messages = Object.values(CLASS_QUEUES).reduce((sum, queue) => sum + queues[queue].messages, 0);
    return { held_when_killed: { messages, steps: running + issued, open_calls: openCalls } };
  } finally {
    await broker.close({ graceMs: 0 });
  }
}

/** Resident memory of each process, in megabytes. */
async function memoryOf({ processes }: Distributed): Promise<Record<string, number>> {
  const sizes = processes.map(async ({ name, pid }) => {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
    return [name, rounded(Number(kilobytes) / 1024)] as const;
  });
  return Object.fromEntries(await Promise.all(sizes));
}

function report(figures: {
  parked_in_seconds: number;
  at_the_start: Standing;
  seconds: number;
  calls_made: number;
  issued_per_call: number;
  steps_with_a_slot: { p50: number; most: number };
  messages_waiting: { most: number };
  fewest_delayed: number;
  untold: number;
  statements_per_second: number;
  memory_mb: Record<string, Record<string, number>>;
  another_run_ms: number;
  held_when_killed: { messages: number; steps: number; open_calls: number };
  refused_by_the_provider: number;
}): void {
  const { at_the_start: first, steps_with_a_slot: slots, memory_mb: mb, held_when_killed: held } = figures;
  show(
    `${STEPS} steps told to wait in ${figures.parked_in_seconds} s: ${first.delayed} delayed, ${first.untold} untold`,
  );
  show(`  the last one is at place ${first.last_position}, in ${first.last_in_seconds} s`);
  show(
    `for ${figures.seconds} s: ${figures.calls_made} calls, ${figures.issued_per_call} attempts each, never fewer than ${figures.fewest_delayed} delayed`,
  );
  show(
    `  steps with a slot: p50 ${slots.p50}, most ${slots.most}; most messages waiting ${figures.messages_waiting.most}`,
  );
  show(
    `  ${figures.statements_per_second} statements a second; refused by the provider: ${figures.refused_by_the_provider}`,
  );
  for (const name of Object.keys(mb['idle'] ?? {})) {
    show(
      `  ${name}: ${mb['idle']?.[name]} MB idle, ${mb['at_the_start']?.[name]} MB parked, ${mb['at_the_end']?.[name]} MB at the end`,
    );
  }
  show(`a run on another provider meanwhile: ${figures.another_run_ms} ms`);
  show(
    `killed, the generators held ${held.messages} messages for ${held.steps} steps whose turn it was and ${held.open_calls} calls`,
  );
}
