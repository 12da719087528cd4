import { UnavailableError } from './broker.js';
import { judge } from './judge.js';
import { runStart } from './broker.contract.js';
import { DELIVERY_LIMIT, QUEUES } from './topology.js';
import { whileUnavailable } from './unavailable.js';
import type { Patience } from './unavailable.js';

const away = new UnavailableError('the database is away');
const body = Buffer.from(JSON.stringify(runStart()));
const delivery = { queue: QUEUES.orchestrator, redelivered: false, deliveries: 1 };

function patience(change: Partial<Patience> = {}): Patience & { pauses: number[] } {
  const pauses: number[] = [];
  return {
    pauses,
    retryPause: { firstMs: 1, maxMs: 8 },
    hurry: new AbortController().signal,
    onUnavailable: (_error, pauseMs) => void pauses.push(pauseMs),
    ...change,
  };
}

it('pauses longer each time, up to the most, and never longer than 5 s', async () => {
  let left = 5;
  const short = patience();
  await whileUnavailable(async () => {
    if (left-- > 0) throw away;
  }, short);
  expect(short.pauses).toHaveLength(5);
  for (const [at, full] of [1, 3, 8, 8, 8].entries()) {
    expect(short.pauses[at]).toBeGreaterThanOrEqual(0.8 * full);
    expect(short.pauses[at]).toBeLessThanOrEqual(1.2 * full);
  }
  const stopped = new AbortController();
  const long = patience({ retryPause: { firstMs: 60_000, maxMs: 60_000 }, hurry: stopped.signal });
  const ended = whileUnavailable(() => Promise.reject(away), long);
  setImmediate(() => stopped.abort());
  await expect(ended).rejects.toBe(away);
  expect(long.pauses[0]).toBeLessThanOrEqual(6_000);
});

it('gives up at its limit, and the message is delivered again', async () => {
  const outcome = await judge(body, delivery, () => Promise.reject(away), patience({ limitMs: 20 }));
  expect(outcome).toMatchObject({ settle: 'requeue', error: away });
});

it('never makes a dead letter of a message that only waited', async () => {
  const last = { ...delivery, redelivered: true, deliveries: DELIVERY_LIMIT + 1 };
  const outcome = await judge(body, last, () => Promise.reject(away), patience({ limitMs: 0 }));
  expect(outcome).toMatchObject({ settle: 'requeue', error: away });
});

it('ends at once when there is no sense in waiting, and the message goes back without a pause', async () => {
  const stopped = new AbortController();
  stopped.abort();
  let tries = 0;
  const handle = (): Promise<void> => {
    tries += 1;
    return Promise.reject(away);
  };
  const outcome = await judge(body, delivery, handle, patience({ hurry: stopped.signal }));
  expect(outcome).toEqual({ settle: 'requeue', pauseMs: 0, error: away });
  expect(tries).toBe(1);
});

it('leaves every other error alone', async () => {
  const bug = new Error('a bug');
  const calm = patience();
  await expect(whileUnavailable(() => Promise.reject(bug), calm)).rejects.toBe(bug);
  expect(calm.pauses).toEqual([]);
});
