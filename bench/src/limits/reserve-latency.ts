import { setTimeout } from 'node:timers/promises';
import type { Ask } from '@planwright/limits';
import { createRedisLimiter } from '@planwright/limits';
import { serviceAddresses, testPrefix } from '@planwright/testing';
import { Redis } from 'ioredis';
import { median, quantile, rounded, show } from '../figures.js';

const PER_SECOND = Number(process.env.BENCH_PER_SECOND ?? 2_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

/**
 * How long a reservation takes at a steady rate: three limits, concurrency, a workspace's
 * share and its budget at once. Each is settled as soon as it is granted, so the load is twice what is measured. Beside
 * it, in turns, scripts that do nothing at the same rate: what the machine, the network and the client library take.
 */
export async function reserveLatency(): Promise<object> {
  const url = serviceAddresses().redis;
  const { prefix, deleteKeys } = testPrefix();
  const limiter = createRedisLimiter({ url, prefix, log: console });
  const redis = new Redis(url);
  let number = 0;
  const reserve = async (): Promise<() => Promise<unknown>> => {
    const ask = askOf(++number);
    const answer = await limiter.reserve(ask);
    if (answer.kind !== 'granted') throw new Error(`refused: ${JSON.stringify(answer)}`);
    return () => limiter.settle(ask, { charged: { output_tokens: 500 }, cost: 90, health: 'good' });
  };
  const nothing = String(await redis.script('LOAD', 'return 1'));
  const payload = JSON.stringify(askOf(0));
  const doNothing = async (): Promise<() => Promise<unknown>> => {
    await redis.evalsha(nothing, 1, prefix, payload);
    return () => redis.evalsha(nothing, 1, prefix, payload);
  };
  try {
    const rounds = { reserve: [] as number[][], nothing: [] as number[][] };
    const scriptsBefore = await evalshas(redis);
    await atSteadyRate(reserve, 1);
    const scripts = ((await evalshas(redis)) - scriptsBefore) / number;
    for (let round = 0; round < ROUNDS; round++) {
      rounds.reserve.push(await atSteadyRate(reserve, SECONDS));
      rounds.nothing.push(await atSteadyRate(doNothing, SECONDS));
    }
    const of = (share: number, took: number[][]): number =>
      rounded(median(took.map((round) => quantile(round, share))), 2);
    const [p50, p99] = [of(0.5, rounds.reserve), of(0.99, rounds.reserve)];
    const [floorP50, floorP99] = [of(0.5, rounds.nothing), of(0.99, rounds.nothing)];
    show(
      `${PER_SECOND} reservations a second: p50 ${p50} ms, p99 ${p99} ms; ${scripts} scripts for each with its settlement`,
    );
    show(`scripts that do nothing: p50 ${floorP50} ms, p99 ${floorP99} ms`);
    return { perSecond: PER_SECOND, seconds: SECONDS, rounds: ROUNDS, p50, p99, floorP50, floorP99, scripts };
  } finally {
    await limiter.close();
    await deleteKeys();
    redis.disconnect();
  }
}

/**
 * Milliseconds each call took. Calls are sent by the clock, whatever became of those before; between them the process
 * sleeps, as a driver that spins would take a core from the server. What it resolves to is called afterwards, unmeasured.
 */
async function atSteadyRate(call: () => Promise<() => Promise<unknown>>, seconds: number): Promise<number[]> {
  const took: number[] = [];
  const ended: Promise<unknown>[] = [];
  const one = async (): Promise<void> => {
    const sentAt = performance.now();
    const after = await call();
    took.push(performance.now() - sentAt);
    await after();
  };
  const startedAt = performance.now();
  while (ended.length < PER_SECOND * seconds) {
    const due = ((performance.now() - startedAt) * PER_SECOND) / 1_000;
    while (ended.length < Math.min(due, PER_SECOND * seconds)) ended.push(one());
    await setTimeout(1);
  }
  await Promise.all(ended);
  return took;
}

function askOf(number: number): Ask {
  return {
    id: `step-${number}/1`,
    stepId: `step-${number}`,
    bucket: 'provider',
    workspaceId: `workspace-${number % 20}`,
    isInteractive: number % 3 === 0,
    amounts: { requests: 1, input_tokens: 2_500, output_tokens: 600 },
    deferred: { output_tokens: 600 },
    terms: {
      limits: {
        requests: { start: 1e7, burst: 1 },
        input_tokens: { start: 1e10, burst: 1 },
        output_tokens: { start: 1e10, burst: 1 },
      },
      otherBurst: 1,
      concurrency: 10_000,
      workspaceShare: 0.5,
      margin: 0.98,
    },
    cost: 100,
    budget: { period: '2026-11', limit: 1e12, spent: 0 },
  };
}

async function evalshas(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}
