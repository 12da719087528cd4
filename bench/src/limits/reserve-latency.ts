import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Ask } from '@planwright/limits';
import { createRedisLimiter } from '@planwright/limits';
import { serviceAddresses, testPrefix } from '@planwright/testing';
import { Redis } from 'ioredis';
import { quantile, rounded, show } from '../figures.js';

const PER_SECOND = Number(process.env.BENCH_PER_SECOND ?? 2_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const WARM_UP_SECONDS = 2;

/**
 * How long a reservation takes at a steady rate, from the instant it was due: three limits, concurrency, a workspace's
 * share and its budget at once. Each is settled as soon as it is granted, so the load is twice what is measured.
 */
export async function reserveLatency(): Promise<object> {
  const url = serviceAddresses().redis;
  const { prefix, deleteKeys } = testPrefix();
  const limiter = createRedisLimiter({ url, prefix, log: console });
  const redis = new Redis(url);
  const took: number[] = [];
  const settled: Promise<void>[] = [];
  let number = 0;
  const one = async (dueAt: number): Promise<void> => {
    const ask = askOf(++number);
    const answer = await limiter.reserve(ask);
    took.push(performance.now() - dueAt);
    if (answer.kind !== 'granted') throw new Error(`refused: ${JSON.stringify(answer)}`);
    await limiter.settle(ask, { charged: { output_tokens: 500 }, cost: 90, health: 'good' });
  };
  try {
    for (let i = 0; i < 200; i++) await one(performance.now());
    const scriptsBefore = await evalshas(redis);
    const from = number;
    const startedAt = performance.now();
    const total = PER_SECOND * (SECONDS + WARM_UP_SECONDS);
    for (let sent = 0; sent < total;) {
      const due = Math.min(total, Math.floor(((performance.now() - startedAt) * PER_SECOND) / 1_000));
      for (; sent < due; sent++) settled.push(one(startedAt + (sent * 1_000) / PER_SECOND));
      await nextTurn();
    }
    await Promise.all(settled);
    const tripsPerCall = ((await evalshas(redis)) - scriptsBefore) / (number - from);
    const measured = took.slice(200 + PER_SECOND * WARM_UP_SECONDS);
    const [p50, p99] = [quantile(measured, 0.5), quantile(measured, 0.99)].map((ms) => rounded(ms, 2));
    show(
      `${PER_SECOND} reservations a second: p50 ${p50} ms, p99 ${p99} ms; ${tripsPerCall} scripts for each with its settlement`,
    );
    return { perSecond: PER_SECOND, seconds: SECONDS, p50, p99, scriptsPerCallAndSettlement: tripsPerCall };
  } finally {
    await limiter.close();
    await deleteKeys();
    redis.disconnect();
  }
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
