import type { Claim } from '@planwright/presence';
import { findWorker } from './find-worker.js';

const fence = { stepId: 'a', attempt: 1 };
const TIMES = { patienceMs: 60, doubtMs: 60, lookEveryMs: 1 };

/** Leases that answer one after another; the last answer stays. */
function leases(...answers: (Claim | 'unknown')[]) {
  const asked: string[] = [];
  return {
    asked,
    async claim() {
      asked.push('claim');
      return (answers.length > 1 ? answers.shift() : answers[0]) ?? 'unknown';
    },
    async release() {
      asked.push('release');
    },
  };
}
const find = (of: ReturnType<typeof leases>, times = TIMES, isOver = () => false) =>
  findWorker(fence, { leases: of, times, isOver });

describe('findWorker', () => {
  it.each(['lapsed', 'settled', 'stopped', 'unknown'] as const)('believes at once that it is %s', async (claim) => {
    const answers = leases(claim);
    expect(await find(answers, { patienceMs: 600_000, doubtMs: 600_000, lookEveryMs: 1 })).toBe(claim);
    expect(answers.asked).toEqual(['claim']);
  });

  it.each(['lapsed', 'settled', 'stopped', 'unknown'] as const)(
    'waits for a held lease until it is %s',
    async (claim) => {
      const patient = { ...TIMES, patienceMs: 600_000 };
      expect(await find(leases('held', 'held', claim), patient)).toBe(claim);
    },
  );

  it('takes a lease for renewed that outlives its time', async () => {
    const since = performance.now();
    expect(await find(leases('held'))).toBe('held');
    expect(performance.now() - since).toBeGreaterThanOrEqual(TIMES.patienceMs);
  });

  it('gives a lease back that it got, and waits for a living worker to renew', async () => {
    const answers = leases('claimed', 'lapsed', 'held');
    expect(await find(answers, { ...TIMES, doubtMs: 600_000 })).toBe('held');
    expect(answers.asked.slice(0, 3)).toEqual(['claim', 'release', 'claim']);
  });

  it('waits in the same way when the store loses everything meanwhile', async () => {
    const answers = leases('held', 'claimed', 'lapsed', 'held', 'settled');
    expect(await find(answers, { ...TIMES, patienceMs: 600_000, doubtMs: 600_000 })).toBe('settled');
  });

  it('does not wait for ever for a worker that nobody knows', async () => {
    const since = performance.now();
    expect(await find(leases('claimed', 'lapsed'))).toBe('lapsed');
    expect(performance.now() - since).toBeGreaterThanOrEqual(TIMES.doubtMs);
  });

  it('leaves the command to somebody else when the process ends', async () => {
    let asked = 0;
    const patient = { ...TIMES, patienceMs: 600_000 };
    await expect(find(leases('held'), patient, () => ++asked > 2)).rejects.toThrow('shutting down');
  });
});
