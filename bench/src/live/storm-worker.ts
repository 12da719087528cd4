import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { StormTally } from './storm-call.js';
import { StormCall } from './storm-call.js';

// A share of a storm's calls, in a thread of its own.

const { url, channel, calls, overMs } = workerData as { url: string; channel: string; calls: number; overMs: number };
const { hostname, port } = new URL(url);
const tally: StormTally = { asked: [], refusedAfter: [], refused: 0, refusedWithRetryAfter: 0, failed: 0 };
const all = Array.from({ length: calls }, () => new StormCall({ hostname, port: Number(port) }, channel, tally));

async function storm(): Promise<void> {
  const begunAt = performance.now();
  for (const [index, one] of all.entries()) {
    const aheadMs = (index * overMs) / calls - (performance.now() - begunAt);
    if (aheadMs > 1) await sleep(aheadMs);
    one.call(begunAt);
  }
  while (all.some(({ answered }) => !answered)) await sleep(20);
  parentPort?.postMessage({ answeredMs: performance.now() - begunAt });
  while (all.some(({ following }) => !following)) await sleep(50);
  parentPort?.postMessage({ allInMs: performance.now() - begunAt, tally });
}

parentPort?.once('message', () => void storm());
