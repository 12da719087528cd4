import { setTimeout as sleep } from 'node:timers/promises';
import { LEASE_TTL_MS, RENEW_EVERY_MS } from '@planwright/presence';
import type { Claim, Fence } from '@planwright/presence';
import type { Leases } from './leases.js';

/** How long a redelivered command looks for the worker that had it before. */
export interface FindWorkerTimes {
  /** A lease that is still held after this is renewed by somebody: a little more than its life. */
  patienceMs: number;
  /** After this a living worker has renewed its lease, even if the store lost everything a moment ago. */
  doubtMs: number;
  lookEveryMs: number;
}

export const FIND_WORKER_TIMES: FindWorkerTimes = {
  patienceMs: LEASE_TTL_MS + 500,
  doubtMs: RENEW_EVERY_MS + 500,
  lookEveryMs: 250,
};

/**
 * What became of the worker that had a redelivered command before: its connection broke, which says nothing about
 * itself. Waits for its lease to lapse, and for a lease to appear where nothing is known. Never answers `claimed`.
 *
 * @throws when `isOver`: the command is for somebody else to take
 */
export async function findWorker(
  fence: Fence,
  {
    leases,
    times,
    isOver,
  }: { leases: Pick<Leases, 'claim' | 'release'>; times: FindWorkerTimes; isOver: () => boolean },
): Promise<Exclude<Claim, 'claimed'> | 'unknown'> {
  const heldUntil = performance.now() + times.patienceMs;
  let doubtUntil = 0;
  for (;;) {
    const claim = await leases.claim(fence);
    const now = performance.now();
    if (claim === 'claimed') {
      doubtUntil = now + times.doubtMs;
      await leases.release(fence);
    } else {
      const inDoubtUntil = claim === 'held' ? heldUntil : claim === 'lapsed' ? doubtUntil : 0;
      if (now >= inDoubtUntil) return claim;
    }
    await sleep(times.lookEveryMs);
    if (isOver()) throw new Error('shutting down while looking for the worker of a redelivered command');
  }
}
