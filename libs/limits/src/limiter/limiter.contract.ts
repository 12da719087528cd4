import { LIMITED_RESOURCES } from '@planwright/contracts';
import fc from 'fast-check';
import type { Amounts, Answer, Ask, BucketView, Held, Limiter, Seen, Settlement, Terms } from './limiter.js';
import { RULES } from './limiter.js';

/** What the suite needs of a limiter besides its interface. */
export interface LimiterUnderTest {
  limiter: Limiter;
  /** Another process on the same store; the limiter of one process has none and gives itself. */
  other: Limiter;
  /** Sets the limiter's clock, in ms. */
  setTime(ms: number): Promise<void>;
  /** The store loses all it knew; answers the limiter as it is then. */
  loseAll(): Promise<Limiter>;
  close(): Promise<void>;
}

const SECOND = 1_000;
const MINUTE = 60_000;

/** A token a millisecond, and a burst of 7,500: figures to reckon with in the head. */
const PLAIN: Terms = {
  limits: { tokens: { start: 60_000, burst: 1 / 8 } },
  otherBurst: 1 / 8,
  concurrency: null,
  workspaceShare: 1,
  margin: 1,
};
const PER_MINUTE = PLAIN.limits.tokens?.start ?? 0;
const BURST = PER_MINUTE / 8;
/** The same, beside something there is a great deal of: what is kept back for steps somebody watches is nothing to it. */
const FLOWING: Terms = { ...PLAIN, limits: { ...PLAIN.limits, output_tokens: { start: 1e11, burst: 1 } } };

/** Next to nothing comes in: levels change by what is asked alone. It begins with `STILL_LEVEL` of each. */
const STILL: Terms = {
  ...FLOWING,
  limits: Object.fromEntries(LIMITED_RESOURCES.map((resource) => [resource, { start: 40_000, burst: 1 }])),
  margin: 1e-9,
};
const STILL_LEVEL = 40_000 * RULES.start;

const RATE_LIMITED = { code: 'rate_limited', isRamp: false } as const;

/** What every limiter promises. Each test has a limiter of its own. */
export function limiterContract(name: string, create: () => Promise<LimiterUnderTest>): void {
  describe(`the limiter ${name}`, () => {
    let limiter: Limiter;
    let other: Limiter;
    let under: LimiterUnderTest;
    let now: number;
    let steps: number;
    beforeEach(async () => {
      under = await create();
      ({ limiter, other } = under);
      steps = 0;
      await goTo(1_800_000_000_000);
    });
    afterEach(() => under.close());

    const goTo = (ms: number) => under.setTime((now = ms));
    const pass = (ms: number) => goTo(now + ms);

    /** An ask of a new step; steps are numbered as they are made. */
    const ask = (amounts: Amounts, more: Partial<Ask> = {}): Ask => {
      const stepId = more.stepId ?? `step-${String(++steps).padStart(6, '0')}`;
      return {
        id: `${stepId}/1`,
        stepId,
        bucket: 'bucket',
        workspaceId: 'a',
        isInteractive: false,
        amounts,
        deferred: {},
        terms: FLOWING,
        cost: 0,
        budget: null,
        ...more,
      };
    };
    const tokens = (amount: number, more: Partial<Ask> = {}) => ask({ tokens: amount }, more);
    const settle = (held: Held, how: Partial<Settlement> = {}) =>
      limiter.settle(held, { charged: {}, cost: 0, health: 'unknown', ...how });
    const observe = (held: Held, ...seen: Seen[]) => limiter.observe(held, seen);
    const kinds = (answers: readonly Answer[]) => answers.map(({ kind }) => kind);

    const granted = async (one: Ask): Promise<Ask> => {
      expect(await limiter.reserve(one)).toMatchObject({ kind: 'granted' });
      return one;
    };
    const waiting = async (one: Ask): Promise<Extract<Answer, { kind: 'wait' }>> => {
      const answer = await limiter.reserve(one);
      if (answer.kind !== 'wait') throw new Error(`${one.id} was to wait, and is ${JSON.stringify(answer)}`);
      return answer;
    };
    const reserveAll = async (asks: readonly Ask[]): Promise<Answer[]> => {
      const answers: Answer[] = [];
      for (const one of asks) answers.push(await limiter.reserve(one));
      return answers;
    };

    const viewOf = async (bucket = 'bucket'): Promise<BucketView> => {
      const view = (await limiter.view()).find((each) => each.bucket === bucket);
      if (!view) throw new Error(`nothing is known of ${bucket}`);
      return view;
    };
    const levels = async (bucket?: string): Promise<Record<string, number>> => {
      const { limits } = await viewOf(bucket);
      return Object.fromEntries(Object.entries(limits).map(([resource, { level }]) => [resource, Math.round(level)]));
    };
    /** A call of nobody else, that needs nothing and says nothing: brings the bucket's levels up to now. */
    const touch = async (more: Partial<Ask> = {}) =>
      settle(await granted(ask({ requests: 0 }, { workspaceId: 'nobody', ...more })));
    /** The bucket has saved up all it may. */
    const fill = async (more: Partial<Ask> = {}) => {
      await touch(more);
      await pass(2 * MINUTE);
      await touch(more);
    };
    /** Tokens that come in within a second. */
    const inASecond = async (): Promise<number> => {
      await touch();
      const before = await levels();
      await pass(SECOND);
      await touch();
      return ((await levels()).tokens ?? NaN) - (before.tokens ?? NaN);
    };
    /** The provider refuses a call. */
    const pause = async (ms: number, how: Partial<NonNullable<Settlement['pause']>> = {}, more: Partial<Ask> = {}) =>
      settle(await granted(ask({}, more)), { pause: { ...RATE_LIMITED, ms, ...how } });
    /** One call after the other fails, or works. */
    const end = async (health: Settlement['health'], times: number) => {
      for (let i = 0; i < times; i++) await settle(await granted(ask({})), { health, code: 'server_error' });
    };

    /**
     * Steps ask when they were told to, or are called, for as long as `isOn`; answers those granted, in order.
     */
    const work = async (
      asks: readonly Ask[],
      isOn: (left: readonly Ask[]) => boolean,
    ): Promise<{ one: Ask; at: number }[]> => {
      const due = new Map(asks.map((one) => [one.stepId, { one, at: now }]));
      const done: { one: Ask; at: number }[] = [];
      let callAt = now;
      while (due.size > 0 && isOn([...due.values()].map(({ one }) => one))) {
        const next = [...due.values()].reduce((first, each) => (each.at < first.at ? each : first));
        await goTo(Math.max(now, Math.min(next.at, callAt)));
        if (callAt <= now) {
          callAt = now + RULES.lookaheadMs;
          for (const stepId of await limiter.callable())
            due.set(stepId, { one: due.get(stepId)?.one ?? next.one, at: now });
          continue;
        }
        const answer = await limiter.reserve(next.one);
        if (answer.kind === 'granted') {
          due.delete(next.one.stepId);
          done.push({ one: next.one, at: now });
        } else if (answer.kind === 'wait') next.at = now + answer.waitMs;
        else throw new Error(JSON.stringify(answer));
      }
      return done;
    };

    describe('a reservation', () => {
      it('takes all of what a call needs', async () => {
        const answer = await limiter.reserve(
          ask({ requests: 1, input_tokens: 300, output_tokens: 20 }, { terms: STILL }),
        );
        expect(answer).toEqual({ kind: 'granted', isProbe: false, replicas: expect.any(Number) as number });
        expect(await levels()).toEqual({
          requests: STILL_LEVEL - 1,
          tokens: STILL_LEVEL,
          input_tokens: STILL_LEVEL - 300,
          output_tokens: STILL_LEVEL - 20,
        });
        expect(await viewOf()).toMatchObject({ calls: 1, waiting: 0, pause: null });
      });

      it.each(LIMITED_RESOURCES)('takes nothing where there are too few %s', async (resource) => {
        const enough = Object.fromEntries(LIMITED_RESOURCES.map((each) => [each, 10]));
        await touch({ terms: STILL });
        const before = await levels();
        const answer = await waiting(ask({ ...enough, [resource]: STILL_LEVEL + 10 }, { terms: STILL }));
        expect(answer).toMatchObject({ reason: 'quota', position: 1 });
        expect(await levels()).toEqual(before);
        expect(await viewOf()).toMatchObject({ calls: 0, waiting: 1 });
      });

      it('costs nothing while it is asked for in vain', async () => {
        await fill();
        const step = tokens(BURST + 1);
        for (let i = 0; i < 100; i++) await waiting({ ...step, id: `${step.stepId}/${i}` });
        expect(await levels()).toMatchObject({ tokens: BURST });
        await granted({ ...step, amounts: { tokens: BURST } });
      });

      it('costs others nothing that a hundred asked for who went away', async () => {
        await fill();
        const lengths = await Promise.all(Array.from({ length: 100 }, () => waiting(tokens(BURST + 1))));
        await pass(Math.max(...lengths.map(({ waitMs }) => waitMs)) + RULES.graceMs + 1);
        expect((await levels()).tokens).toBeGreaterThanOrEqual(BURST);
        await granted(tokens(BURST));
      });

      it('is one charge, however often and wherever it is asked for', async () => {
        const budget = { period: 'p', limit: 100, spent: 0 };
        const one = ask({ tokens: 1_000 }, { terms: STILL, cost: 60, budget });
        const answers = await Promise.all([one, one, one].map((each, i) => (i % 2 ? other : limiter).reserve(each)));
        expect(kinds(answers)).toEqual(['granted', 'granted', 'granted']);
        expect(await other.reserve(one)).toMatchObject({ kind: 'granted', isProbe: false });
        expect(await levels()).toMatchObject({ tokens: STILL_LEVEL - 1_000 });
        expect(await viewOf()).toMatchObject({ calls: 1 });
        await granted(ask({}, { terms: STILL, cost: 40, budget }));
      });

      it('begins low, as what was there before may just have been lost', async () => {
        await touch();
        expect(await levels()).toMatchObject({ tokens: BURST * RULES.start });
      });

      it('saves up no more than the burst while idle', async () => {
        await touch();
        await pass(60 * MINUTE);
        expect(await levels()).toMatchObject({ tokens: BURST });
      });

      it('uses of each limit what the margin leaves', async () => {
        const [more, small] = [{ bucket: 'small', terms: { ...FLOWING, margin: 0.5 } }, tokens(2_000)];
        const { waitMs } = await waiting(small);
        expect(await waiting({ ...small, ...more })).toMatchObject({ waitMs: 2 * waitMs });
      });

      it('is not limited by what nobody named', async () => {
        await granted(ask({ requests: 1_000_000, input_tokens: 1_000_000 }));
      });

      it('of one bucket leaves the others alone', async () => {
        await granted(tokens(100, { terms: STILL }));
        await granted(tokens(300, { terms: STILL, bucket: 'two' }));
        expect([(await levels()).tokens, (await levels('two')).tokens]).toEqual([STILL_LEVEL - 100, STILL_LEVEL - 300]);
      });

      it('larger than the limit is refused before anything is charged', async () => {
        const budget = { period: 'p', limit: 100, spent: 0 };
        const limit = 40_000;
        const large = ask({ requests: 1, tokens: limit + 1 }, { terms: STILL, cost: 100, budget });
        const answer = { kind: 'too_large', resource: 'tokens', asked: limit + 1, limit };
        for (let i = 0; i < 3; i++) expect(await limiter.reserve(large)).toEqual(answer);
        expect(await viewOf()).toMatchObject({ calls: 0, waiting: 0 });
        expect(await levels()).toMatchObject({ requests: STILL_LEVEL, tokens: STILL_LEVEL });
        await granted(ask({}, { terms: STILL, cost: 100, budget }));
      });

      it('of the whole limit is not too large, if the burst is smaller', async () => {
        await fill();
        const { waitMs } = await waiting(tokens(PER_MINUTE, { stepId: 'whole' }));
        await pass(waitMs);
        await granted(tokens(PER_MINUTE, { stepId: 'whole' }));
      });
    });

    describe('a wait', () => {
      it('tells the very instant, if nobody else asks', async () => {
        const amount = fc.integer({ min: 1, max: 20_000 });
        let run = 0;
        await fc.assert(
          fc.asyncProperty(
            fc.record({
              tokens: fc.integer({ min: 20_000, max: 200_000 }),
              requests: fc.integer({ min: 1, max: 500 }),
            }),
            fc.record({ tokens: amount, requests: fc.constant(1) }),
            fc.nat(5_000),
            fc.constantFrom(0.985, 1, 0.3),
            async (limits, amounts, idleMs, margin) => {
              const terms: Terms = {
                ...FLOWING,
                margin,
                limits: {
                  tokens: { start: limits.tokens, burst: 1 / 8 },
                  requests: { start: limits.requests, burst: 1 / 60 },
                },
              };
              const more = { bucket: `bucket-${run++}`, terms };
              await touch(more);
              await pass(idleMs);
              const one = ask(amounts, more);
              const answer = await limiter.reserve(one);
              if (answer.kind === 'granted') return;
              if (answer.kind !== 'wait') throw new Error(JSON.stringify(answer));
              const { waitMs } = answer;
              expect(answer).toMatchObject({ reason: 'quota', position: 1 });
              // What is so little that it counts for nothing comes in within this.
              const slowest = (Math.min(limits.tokens, limits.requests) * margin) / MINUTE;
              const early = 2 + Math.ceil(RULES.rounding / slowest);
              if (waitMs > RULES.minWaitMs + early) {
                await pass(waitMs - early);
                await waiting(one);
                await pass(early);
              } else await pass(waitMs);
              await granted(one);
            },
          ),
          { numRuns: 60 },
        );
      });

      it('is not for less than can be slept', async () => {
        await touch();
        expect(await waiting(tokens(BURST * RULES.start + 1))).toMatchObject({ waitMs: RULES.minWaitMs });
      });

      it('counts those before, who then come one by one at the instants they were told', async () => {
        await fill();
        await granted(tokens(BURST));
        const line = [3_000, 500, 9_000, 2_000].map((amount, i) => tokens(amount, { workspaceId: `w${i}` }));
        const answers = (await reserveAll(line)) as Extract<Answer, { kind: 'wait' }>[];
        expect(answers.map(({ position }) => position)).toEqual([1, 2, 3, 4]);
        expect(answers.map(({ waitMs }) => waitMs)).toEqual([3_000, 3_500, 12_500, 14_500]);
        const since = now;
        for (const [i, one] of line.entries()) {
          await goTo(since + (answers[i]?.waitMs ?? NaN));
          await granted(one);
        }
      });

      it('counts all those before, however many they are', async () => {
        await fill();
        await granted(tokens(BURST));
        const line = Array.from({ length: RULES.counted + 50 }, () => tokens(100));
        await reserveAll(line);
        const last = await waiting(tokens(100));
        expect(last.position).toBe(line.length + 1);
        expect(Math.abs(last.waitMs - (line.length + 1) * 100)).toBeLessThanOrEqual(1);
      });
    });

    describe('the line', () => {
      const three = async () => {
        await fill();
        await granted(tokens(BURST));
        const line = [tokens(1_000), tokens(1_000), tokens(1_000)] as const;
        await reserveAll(line);
        return line;
      };

      it('keeps its order, whoever comes back first', async () => {
        const [one, two, last] = await three();
        await pass(1_000);
        expect(await waiting(last)).toMatchObject({ position: 3, waitMs: 2_000 });
        expect(await waiting(two)).toMatchObject({ position: 2, waitMs: 1_000 });
        await granted(one);
        expect(await waiting(last)).toMatchObject({ position: 2, waitMs: 2_000 });
        await pass(2_000 - 2);
        expect(await waiting(last)).toMatchObject({ position: 2 });
        await granted(two);
        await pass(2);
        await granted(last);
      });

      it('keeps the place of a step over its attempts, whoever asks', async () => {
        const [one, two] = await three();
        expect(await other.reserve({ ...one, id: `${one.stepId}/2` })).toMatchObject({ kind: 'wait', position: 1 });
        expect(await other.reserve({ ...two, id: `${two.stepId}/7` })).toMatchObject({ kind: 'wait', position: 2 });
        expect(await viewOf()).toMatchObject({ waiting: 3 });
      });

      it('lets a small one not overtake a large one', async () => {
        await fill();
        const [large, small] = [tokens(BURST + 1_000), tokens(1, { workspaceId: 'b' })];
        expect(await waiting(large)).toMatchObject({ waitMs: 1_000 });
        expect(await waiting(small)).toMatchObject({ position: 2 });
        await pass(1_000);
        await waiting(small);
        await granted(large);
      });

      it('keeps the place of who is late, within the time of grace', async () => {
        const [one, two] = await three();
        await pass(1_000 + RULES.graceMs);
        expect(await waiting({ ...two, amounts: { tokens: PER_MINUTE } })).toMatchObject({ position: 2 });
        await granted(one);
      });

      it('forgets who is later still', async () => {
        const [one, two] = await three();
        await pass(1_000 + RULES.graceMs + 1);
        await waiting({ ...two, amounts: { tokens: PER_MINUTE } });
        expect(await waiting({ ...two, amounts: { tokens: PER_MINUTE } })).toMatchObject({ position: 1 });
        expect(await waiting(one)).toMatchObject({ position: 3 });
      });
    });

    describe('fairness', () => {
      it('gives a heavy workspace and nine light ones alike, in tokens', async () => {
        const sizes = [600, 3_000, 1_200, 2_200, 900];
        const largest = Math.max(...sizes);
        const backlog = (workspaceId: string, count: number, from: number) =>
          Array.from({ length: count }, (_, i) => tokens(sizes[(i + from) % sizes.length] ?? 0, { workspaceId }));
        const heavy = backlog('heavy', 250, 0);
        const light = Array.from({ length: 9 }, (_, i) => backlog(`light-${i}`, 12, i)).flat();
        await touch();
        await reserveAll([...heavy, ...light]);

        const served = new Map<string, number>();
        let spread = 0;
        const names = new Set([...heavy, ...light].map(({ workspaceId }) => workspaceId));
        const done = await work([...heavy, ...light], (left) => {
          return names.size === new Set(left.map(({ workspaceId }) => workspaceId)).size;
        });
        for (const { one } of done) {
          served.set(one.workspaceId, (served.get(one.workspaceId) ?? 0) + (one.amounts.tokens ?? 0));
          const all = [...names].map((workspace) => served.get(workspace) ?? 0);
          spread = Math.max(spread, Math.max(...all) - Math.min(...all));
        }
        // Start-time fair queueing, theorem 1: of two with work waiting, neither is ahead by more than the largest of each.
        expect(spread).toBeLessThanOrEqual(2 * largest);
        expect(done.length).toBeGreaterThan(9 * 11);
      }, 60_000);

      it('lets nobody save up turns by being idle', async () => {
        const backlog = (workspaceId: string, count: number) =>
          Array.from({ length: count }, () => tokens(1_000, { workspaceId }));
        await granted(tokens(BURST * RULES.start));
        const [early, late] = [[...backlog('b', 30), ...backlog('c', 30)], backlog('d', 10)];
        await reserveAll(early);
        const first = await work(early, (left) => left.length > 40);
        const rest = early.filter((one) => !first.some((done) => done.one === one));
        await reserveAll(late);
        const then = await work([...rest, ...late], (left) => left.length > 50 - 18);
        const turns = ['b', 'c', 'd'].map((name) => then.filter(({ one }) => one.workspaceId === name).length);
        expect(Math.max(...turns) - Math.min(...turns)).toBeLessThanOrEqual(2);
      });

      it('lets at most one step of each other workspace go before a large one', async () => {
        await granted(tokens(BURST * RULES.start));
        const streams = ['b', 'c', 'd'];
        const small = () => streams.map((workspaceId) => tokens(500, { workspaceId }));
        const before = Array.from({ length: 20 }, small).flat();
        await reserveAll(before);
        const large = tokens(PER_MINUTE / 2);
        const { waitMs } = await waiting(large);
        const after = Array.from({ length: 20 }, small).flat();
        const since = now;
        const done = await work([...before, large, ...after], (left) => left.includes(large));
        const others = done.filter(({ one }) => one !== large).map(({ one }) => one.workspaceId);
        for (const stream of streams) expect(others.filter((each) => each === stream).length).toBeLessThanOrEqual(1);
        expect((done.at(-1)?.at ?? Infinity) - since).toBeLessThanOrEqual(waitMs + RULES.minWaitMs);
      });

      it('sees to it that small ones that keep coming do not starve a large one', async () => {
        await fill();
        const large = tokens(PER_MINUTE / 2);
        const { waitMs } = await waiting(large);
        const since = now;
        for (let i = 0; now < since + waitMs - 200; i++) {
          await waiting(tokens(200, { workspaceId: `w${i % 5}` }));
          await pass(200);
        }
        await goTo(since + waitMs);
        await granted(large);
      });

      it('counts what was really used', async () => {
        await fill();
        const [first, ofB] = [tokens(1_000), tokens(1_000, { workspaceId: 'b' })];
        await granted(tokens(BURST));
        await reserveAll([first, ofB, tokens(1_000, { workspaceId: 'c' })]);
        await pass(2_000);
        await granted(first);
        await granted(ofB);
        await settle(first, { charged: { tokens: 5_000 } });
        const next = [tokens(1_000), tokens(1_000, { workspaceId: 'b' }), tokens(1_000, { workspaceId: 'b' })];
        expect((await reserveAll(next)).map((answer) => answer.kind === 'wait' && answer.position)).toEqual([2, 2, 3]);
        expect(await waiting(next[0] as Ask)).toMatchObject({ position: 4 });
      });

      it('lets steps somebody watches go first, for a share of what is granted', async () => {
        await fill();
        await granted(tokens(BURST));
        const size = (BURST * RULES.interactiveShare) / 3.5;
        await reserveAll(Array.from({ length: 5 }, () => tokens(1_000)));
        const watched = (workspaceId: string) => tokens(size, { workspaceId, isInteractive: true });
        expect(await waiting(watched('w1'))).toMatchObject({ position: 1 });
        expect(await waiting(watched('w2'))).toMatchObject({ position: 2 });
        expect(await waiting(watched('w3'))).toMatchObject({ position: 3 });
        const fourth = await waiting(watched('w4'));
        const unwatched = await waiting(tokens(size, { workspaceId: 'w5' }));
        expect([fourth.position, unwatched.position]).toEqual([5, 6]);
      });
    });

    describe('what is set aside for steps somebody watches', () => {
      /** Others have used a lot, and all that may be saved up is there. */
      const afterMuch = async () => {
        for (let used = 0; used < 2 * PER_MINUTE; used += BURST / 2) {
          await fill({ terms: PLAIN });
          await granted(tokens(BURST / 2, { terms: PLAIN }));
        }
        await fill({ terms: PLAIN });
      };
      const size = (BURST * RULES.interactiveShare) / 2;
      const some = (isInteractive: boolean) => tokens(size, { terms: PLAIN, isInteractive });

      it('is left alone by the others', async () => {
        await afterMuch();
        await granted(tokens(BURST * (1 - RULES.interactiveShare), { terms: PLAIN }));
        await waiting(some(false));
        await granted(some(true));
      });

      it('stands in nobody else’s way for longer than it takes to come in', async () => {
        await afterMuch();
        const all = tokens(BURST, { terms: PLAIN });
        const { waitMs } = await waiting(all);
        expect(waitMs).toBeLessThanOrEqual(BURST * RULES.interactiveShare);
        await pass(waitMs);
        await granted(all);
      });

      it('is used up by them', async () => {
        await afterMuch();
        await granted(tokens(BURST / 2, { terms: PLAIN }));
        const most = PER_MINUTE * RULES.interactiveShare;
        let used = 0;
        for (; used < 2 * most; used += size) {
          await waiting(tokens(BURST, { terms: PLAIN, stepId: 'other' }));
          const answer = await limiter.reserve(some(true));
          if (answer.kind === 'wait') {
            expect(answer).toMatchObject({ position: 2 });
            break;
          }
          await pass(size);
        }
        expect(used).toBeGreaterThan(most - size);
        // What they use sets a share aside for them as well.
        expect(used).toBeLessThanOrEqual(most / (1 - RULES.interactiveShare) + size);
      });
    });

    describe('a budget', () => {
      const budget = { period: '2026-11', limit: 1_000, spent: 200 };
      const costing = (cost: number, more: Partial<Ask> = {}) =>
        ask({ tokens: 10 }, { terms: STILL, cost, budget, ...more });

      it('is used to its end and no further, and what does not fit in is not charged', async () => {
        const over = { kind: 'over_budget', asked: 801, limit: 1_000, spent: 200 };
        for (let i = 0; i < 3; i++) expect(await limiter.reserve(costing(801))).toEqual(over);
        expect(await levels()).toMatchObject({ tokens: STILL_LEVEL });
        expect(await viewOf()).toMatchObject({ calls: 0, waiting: 0 });
        await granted(costing(800));
      });

      it('that others have reserved is waited for, out of the way of others', async () => {
        const first = await granted(costing(700));
        const second = costing(200);
        expect(await waiting(second)).toMatchObject({ reason: 'budget', waitMs: RULES.budgetWaitMs });
        await granted(costing(800, { workspaceId: 'b' }));
        await settle(first, { cost: 600 });
        await granted(second);
      });

      it('counts what a call really cost, before the ledger knows', async () => {
        await settle(await granted(costing(100)), { cost: 750 });
        expect(await limiter.reserve(costing(51))).toEqual({
          kind: 'over_budget',
          asked: 51,
          limit: 1_000,
          spent: 950,
        });
        await granted(costing(50));
      });

      it('counts what the ledger knows, where that is more', async () => {
        await settle(await granted(costing(100)), { cost: 100 });
        const known = { ...budget, spent: 900 };
        expect(await limiter.reserve(costing(101, { budget: known }))).toMatchObject({
          kind: 'over_budget',
          spent: 900,
        });
        await granted(costing(10, { budget: known }));
        expect(await limiter.reserve(costing(101))).toMatchObject({ kind: 'over_budget', spent: 900 });
        await granted(costing(90));
      });

      it('begins anew with its period, but for the calls that still run', async () => {
        await settle(await granted(costing(100)), { cost: 700 });
        const running = await granted(costing(100));
        const next = { period: '2026-12', limit: 1_000, spent: 0 };
        expect(await limiter.reserve(costing(1_001, { budget: next }))).toMatchObject({
          kind: 'over_budget',
          spent: 0,
        });
        expect(await waiting(costing(901, { budget: next }))).toMatchObject({ reason: 'budget' });
        await granted(costing(900, { budget: next }));
        await settle(running, { cost: 100 });
        expect(await limiter.reserve(costing(901, { budget: next }))).toMatchObject({
          kind: 'over_budget',
          spent: 100,
        });
      });

      it('is one over all buckets', async () => {
        await granted(costing(700, { bucket: 'one' }));
        expect(await waiting(costing(200, { bucket: 'two' }))).toMatchObject({ reason: 'budget' });
        await granted(costing(100, { bucket: 'two' }));
      });

      it('of none is no limit', async () => {
        await granted(costing(1_000_000, { budget: null }));
      });

      it('gets back what a dead worker had reserved', async () => {
        await granted(costing(800));
        await pass(RULES.reservationTtlMs);
        await granted(costing(800));
      });
    });

    describe('the share of a workspace', () => {
      const terms = { ...PLAIN, workspaceShare: 0.5 };
      const half = (amount: number, workspaceId = 'a') => tokens(amount, { terms, workspaceId });

      it('is waited for out of the way of others, and told to the instant', async () => {
        await fill({ terms });
        await granted(half(BURST / 2 - 100));
        const second = half(1_100);
        const { waitMs, reason } = await waiting(second);
        expect({ waitMs, reason }).toEqual({ waitMs: 1_000 / 0.5, reason: 'workspace_share' });
        await granted(half(BURST / 2, 'b'));
        await pass(waitMs - 2);
        await waiting(second);
        await pass(2);
        await granted(second);
      });

      it('is shared by the steps of that workspace in their order', async () => {
        await fill({ terms });
        await granted(half(BURST / 2));
        const [one, two] = [half(500), half(500)];
        expect(await waiting(one)).toMatchObject({ waitMs: 1_000, position: 1 });
        expect(await waiting(two)).toMatchObject({ waitMs: 2_000, position: 2, reason: 'workspace_share' });
      });
    });

    describe('concurrency', () => {
      const terms = { ...STILL, concurrency: 2 };
      const call = (more: Partial<Ask> = {}) => ask({ tokens: 1 }, { terms, ...more });

      it('lets so many calls run at a time, in order', async () => {
        const [first] = [await granted(call()), await granted(call())];
        const [third, fourth] = [call(), call()];
        expect(await waiting(third)).toMatchObject({ reason: 'concurrency', position: 1 });
        expect(await waiting(fourth)).toMatchObject({ reason: 'concurrency', position: 2 });
        await pass(SECOND);
        await settle(first);
        await waiting(fourth);
        await granted(third);
        await waiting(fourth);
      });

      it('waits for as long as calls take', async () => {
        const first = await granted(call());
        await pass(8 * SECOND);
        await settle(first);
        await granted(call());
        await granted(call());
        expect(await waiting(call())).toMatchObject({ reason: 'concurrency', waitMs: (8 * SECOND) / 2 });
      });

      it('does not count calls whose worker died', async () => {
        await granted(call());
        await granted(call());
        await pass(RULES.reservationTtlMs);
        await granted(call());
      });
    });

    describe('a lease', () => {
      const terms = { ...STILL, concurrency: 1 };
      const amounts = { requests: 1, input_tokens: 3_000, output_tokens: 5_000 };
      const call = (more: Partial<Ask> = {}) => ask(amounts, { terms, deferred: { output_tokens: 5_000 }, ...more });

      it('that is not renewed ends, and gives back what is counted only as it is written', async () => {
        await granted(call());
        await pass(RULES.reservationTtlMs - 1);
        await waiting(ask({}, { terms, stepId: 'next' }));
        expect(await levels()).toMatchObject({ output_tokens: STILL_LEVEL - 5_000 });
        await pass(1);
        await granted(ask({}, { terms, stepId: 'next' }));
        expect(await levels()).toMatchObject({
          requests: STILL_LEVEL - 1,
          input_tokens: STILL_LEVEL - 3_000,
          output_tokens: STILL_LEVEL,
        });
      });

      it('that is renewed is kept, and charged once', async () => {
        const one = await granted(call());
        for (let i = 0; i < 5; i++) {
          await pass(RULES.reservationTtlMs - 1);
          await limiter.renew([one]);
        }
        await pass(RULES.reservationTtlMs - 1);
        await waiting(ask({}, { terms }));
        await granted(one);
        expect(await levels()).toMatchObject({ output_tokens: STILL_LEVEL - 5_000 });
      });

      it('is kept by who asks for it again', async () => {
        const one = await granted(call());
        await pass(RULES.reservationTtlMs - 1);
        await granted(one);
        await pass(RULES.reservationTtlMs - 1);
        await waiting(ask({}, { terms }));
        expect(await levels()).toMatchObject({ output_tokens: STILL_LEVEL - 5_000 });
      });

      it('comes back with the next renewal after the store lost everything', async () => {
        const budget = { period: 'p', limit: 100, spent: 0 };
        const one = await granted(call({ cost: 60, budget }));
        limiter = await under.loseAll();
        await limiter.renew([one]);
        expect(await viewOf()).toMatchObject({ calls: 1 });
        expect(await waiting(ask({}, { terms }))).toMatchObject({ reason: 'concurrency' });
        const elsewhere = ask({}, { terms, bucket: 'two', cost: 50, budget });
        expect(await waiting(elsewhere)).toMatchObject({ reason: 'budget' });
        await settle(one, { cost: 10 });
        await granted(elsewhere);
        expect(await viewOf()).toMatchObject({ calls: 0 });
      });

      it('of several buckets is renewed in one call', async () => {
        const [one, two] = [await granted(call({ bucket: 'one' })), await granted(call({ bucket: 'two' }))];
        await pass(RULES.reservationTtlMs - 1);
        await limiter.renew([one, two]);
        await limiter.renew([]);
        await pass(RULES.reservationTtlMs - 1);
        expect([(await viewOf('one')).calls, (await viewOf('two')).calls]).toEqual([1, 1]);
      });
    });

    describe('a settlement', () => {
      const call = (amounts: Amounts) => ask(amounts, { terms: STILL });

      it('gives back what was not used, and takes what was used besides', async () => {
        const one = await granted(call({ requests: 1, input_tokens: 3_000, output_tokens: 5_000 }));
        await settle(one, { charged: { input_tokens: 3_500, output_tokens: 100 } });
        expect(await levels()).toMatchObject({
          requests: STILL_LEVEL - 1,
          input_tokens: STILL_LEVEL - 3_500,
          output_tokens: STILL_LEVEL - 100,
        });
        expect(await viewOf()).toMatchObject({ calls: 0 });
      });

      it('may leave less than nothing, which comes in first', async () => {
        const one = await granted(tokens(BURST * RULES.start));
        await settle(one, { charged: { tokens: BURST * RULES.start + 1_000 } });
        expect(await levels()).toMatchObject({ tokens: -1_000 });
        expect(await waiting(tokens(500))).toMatchObject({ waitMs: 1_500 });
      });

      it('does not save up more than the burst', async () => {
        await fill();
        const one = await granted(tokens(BURST));
        await pass(BURST / 2);
        await settle(one, { charged: { tokens: 0 } });
        expect(await levels()).toMatchObject({ tokens: BURST });
      });

      it('counts once', async () => {
        const [one, unknown] = [await granted(call({ tokens: 1_000 })), call({ tokens: 1_000 })];
        await settle(one, { charged: { tokens: 400 } });
        await settle(one, { charged: { tokens: 0 } });
        await settle(unknown, { charged: { tokens: 0 } });
        expect(await levels()).toMatchObject({ tokens: STILL_LEVEL - 400 });
      });

      it('of a call whose lease has ended changes nothing', async () => {
        const one = await granted(call({ tokens: 1_000 }));
        await pass(RULES.reservationTtlMs);
        await granted(call({}));
        await settle(one, { charged: { tokens: 0 } });
        expect(await levels()).toMatchObject({ tokens: STILL_LEVEL - 1_000 });
      });
    });

    describe('what an answer said', () => {
      const seen = (limit: number, remaining: number, resource: Seen['resource'] = 'tokens'): Seen => {
        return { resource, limit, remaining };
      };

      it('is the limit from then on: for what is too large, and for the speed', async () => {
        await fill();
        const one = await granted(tokens(BURST));
        expect(await inASecond()).toBe(1_000);
        await observe(one, seen(2 * PER_MINUTE, 0));
        expect(await inASecond()).toBe(2_000);
        await observe(one, seen(PER_MINUTE / 2, 0));
        expect(await inASecond()).toBe(500);
        expect(await limiter.reserve(tokens(PER_MINUTE))).toMatchObject({ kind: 'too_large', limit: PER_MINUTE / 2 });
        await observe(one, seen(2 * PER_MINUTE, 0));
        await waiting(tokens(2 * PER_MINUTE));
        expect((await viewOf()).limits.tokens?.limit).toBe(2 * PER_MINUTE);
      });

      it('goes no higher than the ceiling, and takes speed and bursts down with it', async () => {
        const terms: Terms = { ...FLOWING, limits: { tokens: { start: 30_000, ceiling: PER_MINUTE, burst: 1 / 8 } } };
        const one = await granted(tokens(10, { terms }));
        await observe(one, seen(10 * PER_MINUTE, 10 * PER_MINUTE));
        expect((await viewOf()).limits.tokens?.limit).toBe(PER_MINUTE);
        await observe(one, seen(PER_MINUTE / 2, PER_MINUTE / 2));
        await pass(5 * MINUTE);
        expect(await levels()).toMatchObject({ tokens: BURST / 2 });
      });

      it('makes waits twice as long where the limit halves', async () => {
        await fill();
        const one = await granted(tokens(BURST));
        await observe(one, seen(PER_MINUTE, 0));
        const step = tokens(3_000);
        expect(await waiting(step)).toMatchObject({ waitMs: 3_000 });
        await observe(one, seen(PER_MINUTE / 2, 0));
        expect(await waiting(step)).toMatchObject({ waitMs: 6_000 });
      });

      it('leaves what remains without what the provider has not counted yet', async () => {
        const terms: Terms = {
          ...STILL,
          limits: { input_tokens: { start: 40_000, burst: 1 }, output_tokens: { start: 40_000, burst: 1 } },
        };
        const call = (input: number, output: number) =>
          granted(ask({ input_tokens: input, output_tokens: output }, { terms, deferred: { output_tokens: output } }));
        const [one, two] = [await call(1_000, 500), await call(200, 70)];
        const said = () => [seen(40_000, 5_000, 'input_tokens'), seen(40_000, 5_000, 'output_tokens')];
        await observe(one, ...said());
        // The second one is still under way; what both of them write is not written yet.
        expect(await levels()).toEqual({ input_tokens: 5_000 - 200, output_tokens: 5_000 - 570 });
        await settle(one, { charged: { output_tokens: 100 } });
        await observe(two, seen(40_000, 4_000, 'input_tokens'), seen(40_000, 4_000, 'output_tokens'));
        expect(await levels()).toEqual({ input_tokens: 4_000, output_tokens: 4_000 - 70 });
      });

      it('is all there is until its window ends, where the provider counts in windows', async () => {
        await fill();
        const one = await granted(tokens(10));
        await observe(one, { ...seen(PER_MINUTE, 1_000), windowEndsInMs: 5 * SECOND });
        await granted(tokens(700));
        const [more, little] = [tokens(400), tokens(200, { workspaceId: 'b' })];
        expect(await waiting(more)).toMatchObject({ waitMs: 5 * SECOND, reason: 'quota' });
        await pass(5 * SECOND - 1);
        await waiting(more);
        await waiting(little);
        await pass(1);
        await granted(more);
        await granted(little);
      });

      it('never raises a level: what is reserved here may not have arrived there', async () => {
        const one = await granted(ask({ tokens: 1_000 }, { terms: STILL }));
        await observe(one, seen(40_000, 40_000));
        expect(await levels()).toMatchObject({ tokens: STILL_LEVEL - 1_000 });
      });

      it('limits what nobody had named', async () => {
        const one = await granted(ask({ requests: 1, tokens: 10 }));
        await observe(one, seen(600, 500, 'requests'));
        await pass(5 * MINUTE);
        expect((await levels()).requests).toBe(600 * FLOWING.otherBurst);
        expect(await limiter.reserve(ask({ requests: 601 }))).toMatchObject({
          kind: 'too_large',
          resource: 'requests',
        });
      });

      it('is learned of a call that has ended, too', async () => {
        await touch();
        await observe(tokens(0), seen(PER_MINUTE / 4, 0));
        expect((await viewOf()).limits.tokens).toEqual({ limit: PER_MINUTE / 4, level: 0 });
      });
    });

    describe('a pause', () => {
      it('lets nobody call until its instant, and says why', async () => {
        await fill();
        await pause(30 * SECOND);
        expect((await viewOf()).pause).toEqual({ code: 'rate_limited', ms: 30 * SECOND });
        await pass(10 * SECOND);
        const wait = { kind: 'wait', reason: 'rate_limited', waitMs: 20 * SECOND };
        expect(await limiter.reserve(tokens(1))).toMatchObject(wait);
        expect(await other.reserve(tokens(1, { workspaceId: 'b', isInteractive: true }))).toMatchObject(wait);
        await pass(20 * SECOND - 1);
        expect(await limiter.reserve(tokens(1, { stepId: 'x' }))).toMatchObject({ ...wait, waitMs: RULES.minWaitMs });
        await pass(1);
        await granted(tokens(1, { stepId: 'x' }));
      });

      it('leaves other buckets alone', async () => {
        await pause(30 * SECOND);
        await granted(tokens(1, { bucket: 'two' }));
      });

      it('is never shortened, only prolonged', async () => {
        const calls = [await granted(ask({})), await granted(ask({})), await granted(ask({}))];
        const ends = [30, 10, 50].map((seconds) => ({ pause: { ...RATE_LIMITED, ms: seconds * SECOND } }));
        const lasts: (number | undefined)[] = [];
        for (const [i, one] of calls.entries()) {
          await settle(one, ends[i]);
          lasts.push((await viewOf()).pause?.ms);
        }
        expect(lasts).toEqual([30 * SECOND, 30 * SECOND, 50 * SECOND]);
      });

      it('is not ended by calls that were under way', async () => {
        const early = await granted(ask({}));
        await pause(30 * SECOND);
        await observe(early);
        await settle(early, { health: 'good' });
        expect(await waiting(ask({}))).toMatchObject({ waitMs: 30 * SECOND });
      });

      it('ends with a level as low as at the start, and comes up from there', async () => {
        await fill();
        await pause(30 * SECOND);
        const { waitMs } = await waiting(tokens(BURST));
        expect(waitMs).toBeGreaterThanOrEqual(30 * SECOND + (1 - RULES.start) * BURST);
        expect((await levels()).tokens).toBeLessThanOrEqual(RULES.start * BURST);
        await pass(30 * SECOND);
        expect((await levels()).tokens).toBeLessThanOrEqual(RULES.start * BURST);
      });

      it('after the provider minded how fast we became faster halves the speed, which then grows', async () => {
        const terms: Terms = { ...FLOWING, limits: { ...FLOWING.limits, tokens: { start: PER_MINUTE, burst: 1 } } };
        await touch({ terms });
        const all = { terms, stepId: 'first' };
        await pause(SECOND, { isRamp: true }, all);
        await pass(SECOND);
        await observe(await granted(tokens(PER_MINUTE / 5, { terms })));
        const speed = async () => {
          await touch({ terms });
          const before = (await levels()).tokens ?? NaN;
          await pass(SECOND);
          await touch({ terms });
          return ((await levels()).tokens ?? NaN) - before;
        };
        const [slow, later] = [await speed(), await pass(MINUTE).then(speed)];
        expect(slow).toBeGreaterThan(500);
        expect(slow).toBeLessThan(520);
        expect(later / slow).toBeCloseTo(1 + RULES.slopePerMinute, 1);
        await pass(10 * MINUTE);
        await granted(tokens(PER_MINUTE - SECOND, { terms }));
        expect(await speed()).toBe(1_000);
      });

      it('after a limit was overrun halves the burst, which slowly comes back', async () => {
        await fill();
        await pause(SECOND);
        await pass(SECOND);
        await observe(await granted(ask({})));
        await pass(MINUTE);
        const grown = 2 ** ((MINUTE + SECOND) / RULES.burstRecoveryMs);
        expect((await levels()).tokens).toBeCloseTo((BURST / 2) * grown, -1);
        await pass(RULES.burstRecoveryMs);
        expect(await levels()).toMatchObject({ tokens: BURST });
      });

      it('halves once, however many calls run into one refusal', async () => {
        await fill();
        const calls = Array.from({ length: 20 }, () => ask({}));
        await reserveAll(calls);
        for (const one of calls) await settle(one, { pause: { ...RATE_LIMITED, ms: SECOND } });
        await pass(SECOND);
        await observe(await granted(ask({})));
        await pass(MINUTE);
        expect((await levels()).tokens).toBeGreaterThanOrEqual(BURST / 2);
      });

      it('leaves some burst after any number of refusals', async () => {
        await fill();
        for (let i = 0; i < 12; i++) {
          await pause(SECOND);
          await pass(SECOND);
          await observe(await granted(ask({})));
        }
        await pass(MINUTE);
        expect((await levels()).tokens).toBeGreaterThanOrEqual(BURST * RULES.minBurst);
        expect((await levels()).tokens).toBeLessThan(BURST * RULES.minBurst * 1.1);
      });
    });

    describe('a probe', () => {
      /** A pause has just ended; two wait. */
      const afterPause = async () => {
        await fill();
        await pause(10 * SECOND);
        await pass(10 * SECOND);
        return [tokens(1), tokens(1, { workspaceId: 'b' })] as const;
      };
      const held = { kind: 'wait', reason: 'rate_limited', waitMs: RULES.probeWaitMs };

      it('is the first call after a pause, for which everybody waits', async () => {
        const [one, two] = await afterPause();
        expect(await limiter.reserve(one)).toMatchObject({ kind: 'granted', isProbe: true });
        expect(await other.reserve(two)).toMatchObject(held);
        expect(await other.reserve(one)).toMatchObject({ kind: 'granted', isProbe: true });
      });

      it('that the provider takes opens for all', async () => {
        const [one, two] = await afterPause();
        await granted(one);
        await observe(one);
        expect(await limiter.reserve(two)).toMatchObject({ kind: 'granted', isProbe: false });
      });

      it('that ends well opens for all', async () => {
        const [one, two] = await afterPause();
        await granted(one);
        await settle(one, { health: 'good' });
        expect(await limiter.reserve(two)).toMatchObject({ kind: 'granted', isProbe: false });
      });

      it('that is refused begins the pause anew', async () => {
        const [one, two] = await afterPause();
        await granted(one);
        await settle(one, { pause: { ...RATE_LIMITED, ms: 20 * SECOND } });
        expect(await limiter.reserve(two)).toMatchObject({ ...held, waitMs: 20 * SECOND });
        await pass(20 * SECOND);
        expect(await limiter.reserve(two)).toMatchObject({ kind: 'granted', isProbe: true });
      });

      it('that fails leaves the provider alone, longer each time', async () => {
        await afterPause();
        let longest = 0;
        for (
          let wait: number = RULES.breakerMs;
          longest < RULES.maxBreakerMs;
          wait = Math.min(2 * wait, RULES.maxBreakerMs)
        ) {
          await settle(await granted(ask({})), { health: 'bad', code: 'overloaded' });
          longest = (await viewOf()).pause?.ms ?? NaN;
          expect(longest).toBe(wait);
          expect(await waiting(ask({}))).toMatchObject({ reason: 'overloaded', waitMs: wait });
          await pass(wait + RULES.graceMs);
        }
      });

      it('whose end says nothing lets the next one probe', async () => {
        const [one, two] = await afterPause();
        await granted(one);
        await settle(one);
        expect(await limiter.reserve(two)).toMatchObject({ kind: 'granted', isProbe: true });
      });

      it('whose worker dies lets the next one probe', async () => {
        const [one, two] = await afterPause();
        await granted(one);
        await pass(RULES.reservationTtlMs - 1);
        expect(await limiter.reserve(two)).toMatchObject(held);
        await pass(1);
        expect(await limiter.reserve(two)).toMatchObject({ kind: 'granted', isProbe: true });
      });
    });

    describe('the breaker', () => {
      it('opens after so many failures, with the code of the last', async () => {
        await end('bad', RULES.minFailures - 1);
        const last = await granted(ask({}));
        const early = await granted(ask({}));
        await settle(last, { health: 'bad', code: 'timeout' });
        expect(await waiting(ask({}))).toMatchObject({ reason: 'timeout', waitMs: RULES.breakerMs });
        await settle(early, { health: 'bad', code: 'overloaded' });
        expect((await viewOf()).pause).toEqual({ code: 'timeout', ms: RULES.breakerMs });
      });

      it('does not open after a few, nor after many among more that worked', async () => {
        await end('bad', RULES.minFailures - 1);
        await pass(20 * RULES.healthHalfLifeMs);
        await end('good', 3 * RULES.minFailures);
        await end('bad', 2 * RULES.minFailures);
        expect((await viewOf()).pause).toBeNull();
      });

      it('forgets failures with time', async () => {
        for (let i = 0; i < 4 * RULES.minFailures; i++) {
          await end('bad', 1);
          await pass(RULES.healthHalfLifeMs);
        }
        expect((await viewOf()).pause).toBeNull();
      });

      it('takes what says nothing of the provider for nothing', async () => {
        await end('unknown', 4 * RULES.minFailures);
        expect((await viewOf()).pause).toBeNull();
        await end('bad', RULES.minFailures);
        expect((await viewOf()).pause).toMatchObject({ ms: RULES.breakerMs });
      });

      it('begins with the shortest pause again after one that worked', async () => {
        await end('bad', RULES.minFailures);
        await pass(RULES.breakerMs);
        await end('bad', 1);
        expect((await viewOf()).pause?.ms).toBe(2 * RULES.breakerMs);
        await pass(2 * RULES.breakerMs);
        await end('good', 1);
        await pass(20 * RULES.healthHalfLifeMs);
        await end('bad', RULES.minFailures);
        expect((await viewOf()).pause?.ms).toBe(RULES.breakerMs);
      });

      it.each(['auth', 'billing'] as const)('shuts at once, for all, after %s', async (code) => {
        await pause(60 * SECOND, { code });
        const shut = { kind: 'shut', code, waitMs: 60 * SECOND };
        expect(await limiter.reserve(tokens(1))).toEqual(shut);
        expect(await other.reserve(tokens(1, { workspaceId: 'b' }))).toEqual(shut);
        expect(await viewOf()).toMatchObject({ calls: 0, waiting: 0, pause: { code } });
        await pass(60 * SECOND);
        expect(await limiter.reserve(tokens(1))).toMatchObject({ kind: 'granted', isProbe: true });
        expect(await waiting(tokens(1))).toMatchObject({ reason: code, waitMs: RULES.probeWaitMs });
      });
    });

    describe('callable', () => {
      /** One call that holds the whole burst, and four that wait for 2,000 tokens each. */
      const crowd = async (terms = FLOWING) => {
        await fill({ terms });
        const call = await granted(tokens(BURST, { terms }));
        const line = Array.from({ length: 4 }, (_, i) => tokens(2_000, { terms, workspaceId: `w${i}` }));
        await reserveAll(line);
        return { call, line, names: line.map(({ stepId }) => stepId) };
      };

      it('tells nobody as long as nobody fits in', async () => {
        expect(await limiter.callable()).toEqual([]);
        await crowd();
        expect(await limiter.callable()).toEqual([]);
      });

      it('tells those who fit in by now, in order, each once', async () => {
        const { call, line, names } = await crowd();
        await settle(call, { charged: { tokens: BURST - 5_000 } });
        expect(await limiter.callable()).toEqual(names.slice(0, 2));
        expect(await other.callable()).toEqual([]);
        expect(kinds(await reserveAll(line))).toEqual(['granted', 'granted', 'wait', 'wait']);
      });

      it('goes by the line, whoever came first', async () => {
        await fill();
        const call = await granted(tokens(BURST));
        const heavy = Array.from({ length: 3 }, () => tokens(2_000));
        const light = tokens(2_000, { workspaceId: 'light' });
        await reserveAll([...heavy, light]);
        await settle(call, { charged: { tokens: BURST - 5_000 } });
        expect(await limiter.callable()).toEqual([heavy[0]?.stepId, light.stepId]);
      });

      it('tells nobody behind one who does not fit in', async () => {
        const { call } = await crowd();
        await waiting(tokens(1, { workspaceId: 'small' }));
        await settle(call, { charged: { tokens: BURST - 1_000 } });
        expect(await limiter.callable()).toEqual([]);
      });

      it('tells those behind who went away', async () => {
        const { names } = await crowd();
        await pass(2_000 + RULES.graceMs);
        expect(await limiter.callable()).toEqual([]);
        await pass(1);
        // The second and the third are due by themselves.
        expect(await limiter.callable()).toEqual(names.slice(3));
        expect(await viewOf()).toMatchObject({ waiting: 3 });
      });

      it('keeps the place of who is told for the time of grace', async () => {
        const { call, line, names } = await crowd();
        await settle(call, { charged: { tokens: BURST - 2_000 } });
        expect(await limiter.callable()).toEqual(names.slice(0, 1));
        await pass(RULES.graceMs);
        await granted(line[0] as Ask);
      });

      it('leaves out who comes soon anyway', async () => {
        await fill();
        await granted(tokens(BURST));
        const soon = tokens(2 * RULES.lookaheadMs);
        expect(await waiting(soon)).toMatchObject({ waitMs: 2 * RULES.lookaheadMs });
        await pass(RULES.lookaheadMs);
        expect(await limiter.callable()).toEqual([]);
      });

      it('leaves out who waits for its own workspace', async () => {
        const terms = { ...PLAIN, workspaceShare: 0.5 };
        const budget = { period: 'p', limit: 10, spent: 0 };
        await fill({ terms });
        await granted(tokens(BURST / 2, { terms }));
        expect(await waiting(tokens(2_000, { terms }))).toMatchObject({ reason: 'workspace_share' });
        const poor = { terms, workspaceId: 'b', cost: 10, budget };
        await granted(tokens(10, poor));
        expect(await waiting(tokens(10, poor))).toMatchObject({ reason: 'budget' });
        expect(await limiter.callable()).toEqual([]);
      });

      /** Two calls that run for long, as many as may, and two that wait for them. */
      const busy = async () => {
        const terms = { ...FLOWING, concurrency: 2 };
        const call = () => tokens(1, { terms });
        const first = await granted(call());
        await pass(8 * SECOND);
        await settle(first);
        const running = [await granted(call()), await granted(call())] as const;
        const line = [call(), call()] as const;
        const answers = await reserveAll(line);
        expect(answers).toMatchObject([4, 8].map((seconds) => ({ reason: 'concurrency', waitMs: seconds * SECOND })));
        return { running, line };
      };

      it('tells no more than may run at a time', async () => {
        const { running, line } = await busy();
        expect(await limiter.callable()).toEqual([]);
        await settle(running[0]);
        expect(await limiter.callable()).toEqual([line[0].stepId]);
        expect(await limiter.callable()).toEqual([]);
        await settle(running[1]);
        expect(await limiter.callable()).toEqual([line[1].stepId]);
      });

      it('tells nobody during a pause, one after it, and nobody during its probe', async () => {
        const { running, line } = await busy();
        await settle(running[0]);
        await settle(running[1], { pause: { ...RATE_LIMITED, ms: SECOND } });
        expect(await limiter.callable()).toEqual([]);
        await pass(SECOND);
        expect(await limiter.callable()).toEqual([line[0].stepId]);
        expect(await limiter.reserve(line[0])).toMatchObject({ kind: 'granted', isProbe: true });
        expect(await limiter.callable()).toEqual([]);
        await observe(line[0]);
        expect(await limiter.callable()).toEqual([line[1].stepId]);
      });

      it('tells those of all buckets', async () => {
        const calls = ['one', 'two'].map((bucket) => tokens(BURST * RULES.start, { bucket }));
        await reserveAll(calls);
        const line = ['one', 'two'].map((bucket) => tokens(1_000, { bucket }));
        await reserveAll(line);
        for (const one of calls) await settle(one, { charged: { tokens: 0 } });
        expect((await limiter.callable()).sort()).toEqual(line.map(({ stepId }) => stepId));
      });
    });

    it('shows each bucket as it stands', async () => {
      expect(await limiter.view()).toEqual([]);
      await granted(tokens(100, { terms: STILL }));
      await pause(SECOND, {}, { bucket: 'two' });
      await waiting(tokens(1, { bucket: 'two' }));
      const views = (await other.view()).sort((a, b) => (a.bucket < b.bucket ? -1 : 1));
      expect(views).toMatchObject([
        { bucket: 'bucket', calls: 1, waiting: 0, pause: null },
        { bucket: 'two', calls: 0, waiting: 1, pause: { code: 'rate_limited', ms: SECOND } },
      ]);
      expect(views[0]?.limits.tokens?.limit).toBe(40_000);
      expect(views[0]?.limits.tokens?.level).toBeCloseTo(STILL_LEVEL - 100, 0);
    });
  });
}
