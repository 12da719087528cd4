import { createLogger } from '@planwright/runtime';
import { serviceAddresses, testPrefix } from '@planwright/testing';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { createInProcessLimiter } from './in-process/in-process-limiter.js';
import type { Ask, Limiter, Settlement, Terms } from './limiter.js';
import { createRedisLimiter } from './redis/redis-limiter.js';

const url = serviceAddresses().redis;
const log = createLogger('test', 'silent');
const BUCKETS = ['one', 'two'];

/** Something that is done to a limiter, after some time. */
type Act = { afterMs: number } & (
  | { do: 'reserve'; ask: Ask }
  | { do: 'observe'; call: number; limit: number; remaining: number; windowEndsInMs: number | undefined }
  | { do: 'settle'; call: number; settlement: Settlement }
  | { do: 'renew' }
  | { do: 'callable' }
  | { do: 'leave'; call: number }
);

const amount = fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 40 }));
const terms: fc.Arbitrary<Terms> = fc.record({
  limits: fc.constantFrom<Terms['limits']>(
    { requests: { start: 60, burst: 1 / 60 }, tokens: { start: 20_000, burst: 1 / 4 } },
    {
      requests: { start: 30, burst: 1 / 8 },
      input_tokens: { start: 9_000, ceiling: 8_000, burst: 1 / 8 },
      output_tokens: { start: 4_000, burst: 1 / 2 },
    },
    {},
  ),
  concurrency: fc.constantFrom(null, 2, 5),
  workspaceShare: fc.constantFrom(1, 0.5),
  otherBurst: fc.constantFrom(0.125, 0.5),
  margin: fc.constant(0.98),
});

const asks = (given: Terms) =>
  fc
    .record({
      step: fc.integer({ min: 1, max: 12 }),
      attempt: fc.integer({ min: 1, max: 3 }),
      bucket: fc.constantFrom(...BUCKETS),
      workspaceId: fc.constantFrom('a', 'b', 'c'),
      isInteractive: fc.boolean(),
      input: amount,
      output: amount,
      cost: fc.integer({ min: 0, max: 500 }),
      budget: fc.constantFrom(
        null,
        { period: '2026-11', limit: 2_000, spent: 100 },
        { period: '2026-11', limit: 2_000, spent: 900 },
        { period: '2026-12', limit: 1_500, spent: 0 },
      ),
    })
    .map(({ step, attempt, input, output, ...ask }): Ask => {
      const stepId = `step-${String(step).padStart(2, '0')}`;
      const amounts = given.limits.input_tokens
        ? { requests: 1, input_tokens: input, output_tokens: output }
        : { requests: 1, tokens: input + output };
      const deferred = given.limits.input_tokens ? { output_tokens: output } : {};
      return { ...ask, id: `${stepId}/${attempt}`, stepId, amounts, deferred, terms: given };
    });

const settlement: fc.Arbitrary<Settlement> = fc.record({
  charged: fc.constantFrom({}, { output_tokens: 100 }, { tokens: 500 }),
  cost: fc.integer({ min: 0, max: 600 }),
  health: fc.constantFrom('good', 'good', 'bad', 'unknown'),
  code: fc.constantFrom('overloaded', 'timeout'),
  pause: fc.constantFrom(
    undefined,
    undefined,
    undefined,
    { code: 'rate_limited', ms: 2_000, isRamp: false },
    { code: 'rate_limited', ms: 1_000, isRamp: true },
    { code: 'auth', ms: 3_000, isRamp: false },
  ),
});

const acts = terms.chain((given) => {
  const afterMs = fc.constantFrom(0, 10, 100, 700, 3_000, 12_000);
  const call = fc.nat(20);
  return fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('reserve'), afterMs, ask: asks(given) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('observe'),
          afterMs,
          call,
          limit: fc.constantFrom(6_000, 12_000),
          remaining: fc.integer({ min: 0, max: 6_000 }),
          windowEndsInMs: fc.constantFrom(undefined, undefined, 4_000),
        }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('settle'), afterMs, call, settlement }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('renew'), afterMs }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('callable'), afterMs }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('leave'), afterMs, call: fc.integer({ min: 1, max: 12 }) }) },
    ),
    { minLength: 5, maxLength: 60 },
  );
});

describe('the two limiters', () => {
  const { prefix, deleteKeys } = testPrefix();
  const redis = new Redis(url);
  const clockKey = `${prefix}clock`;
  afterAll(async () => {
    await deleteKeys();
    redis.disconnect();
  });

  it('answer the same to the same', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(acts, async (sequence) => {
        let now = 1_800_000_000_000;
        const shared = createRedisLimiter({
          ...{ url, prefix: `${prefix}${round++}:`, log, clock: { key: clockKey } },
          commandTimeoutMs: 10_000,
        });
        const alone = createInProcessLimiter({ now: () => now });
        const granted: Ask[] = [];
        try {
          for (const act of sequence) {
            now += act.afterMs;
            await redis.set(clockKey, now);
            const [here, there] = [await put(alone, act, granted), await put(shared, act, granted)];
            expect({ act, answer: there }).toEqual({ act, answer: here });
            if (act.do === 'reserve' && (here as { kind: string }).kind === 'granted') granted.push(act.ask);
          }
        } finally {
          await shared.close();
        }
      }),
      { numRuns: process.env.TEST_LONG ? 5_000 : 150 },
    );
  }, 300_000);
});

/** What the limiter answers, as far as both can: how many limiters there are only Redis knows. */
async function put(limiter: Limiter, act: Act, granted: readonly Ask[]): Promise<unknown> {
  const held = 'call' in act ? granted[act.call % Math.max(1, granted.length)] : undefined;
  switch (act.do) {
    case 'reserve': {
      const { replicas: _, ...answer } = { replicas: 1, ...(await limiter.reserve(act.ask)) };
      return answer;
    }
    case 'observe': {
      const resource = held?.terms.limits.input_tokens ? 'input_tokens' : 'tokens';
      if (held) await limiter.observe(held, [{ ...act, resource }]);
      return null;
    }
    case 'settle':
      if (held) await limiter.settle(held, act.settlement);
      return null;
    case 'renew':
      await limiter.renew(granted.slice(-5));
      return null;
    case 'callable':
      return (await limiter.callable()).sort();
    case 'leave':
      await limiter.leave([`step-${String(act.call).padStart(2, '0')}`]);
      return null;
  }
}
