import { LIMITED_RESOURCES } from '@planwright/contracts';
import type { Amounts, Answer, Ask, BucketView, Held, Limiter, Seen, Settlement, Terms } from '../limiter.js';
import { RULES } from '../limiter.js';

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

export const SECOND = 1_000;
export const MINUTE = 60_000;

/** A token a millisecond, and a burst of 7,500: figures to reckon with in the head. */
export const PLAIN: Terms = {
  limits: { tokens: { start: 60_000, burst: 1 / 8 } },
  otherBurst: 1 / 8,
  concurrency: null,
  workspaceShare: 1,
  margin: 1,
};
export const PER_MINUTE = PLAIN.limits.tokens?.start ?? 0;
export const BURST = PER_MINUTE / 8;
/** The same, beside something there is a great deal of: what is kept back for steps somebody watches is nothing to it. */
export const FLOWING: Terms = { ...PLAIN, limits: { ...PLAIN.limits, output_tokens: { start: 1e11, burst: 1 } } };

/** Next to nothing comes in: levels change by what is asked alone. It begins with `STILL_LEVEL` of each. */
export const STILL: Terms = {
  ...FLOWING,
  limits: Object.fromEntries(LIMITED_RESOURCES.map((resource) => [resource, { start: 40_000, burst: 1 }])),
  margin: 1e-9,
};
export const STILL_LEVEL = 40_000 * RULES.start;

export const RATE_LIMITED = { code: 'rate_limited', isRamp: false } as const;

/** A limiter that is new in each test, its clock, and the words tests speak to it in. */
export type Stage = ReturnType<typeof setStage>;

export function setStage(create: () => Promise<LimiterUnderTest>) {
  let under: LimiterUnderTest;
  let time: number;
  let steps: number;
  beforeEach(async () => {
    under = await create();
    steps = 0;
    await goTo(1_800_000_000_000);
  });
  afterEach(() => under.close());

  const limiter = through(() => under.limiter);
  const other = through(() => under.other);
  const loseAll = async () => void (under.limiter = await under.loseAll());

  const now = () => time;
  const goTo = (ms: number) => under.setTime((time = ms));
  const pass = (ms: number) => goTo(time + ms);

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
  /** The provider refuses a call. */
  const pause = async (ms: number, how: Partial<NonNullable<Settlement['pause']>> = {}, more: Partial<Ask> = {}) =>
    settle(await granted(ask({}, more)), { pause: { ...RATE_LIMITED, ms, ...how } });

  const doing = { limiter, other, loseAll, now, goTo, pass, ask, tokens, settle, observe };
  return { ...doing, granted, waiting, reserveAll, viewOf, levels, touch, fill, pause };
}

/** The limiter of the test that runs. */
function through(current: () => Limiter): Limiter {
  return {
    reserve: (ask) => current().reserve(ask),
    observe: (held, seen) => current().observe(held, seen),
    settle: (held, settlement) => current().settle(held, settlement),
    renew: (asks) => current().renew(asks),
    callable: () => current().callable(),
    leave: (stepIds) => current().leave(stepIds),
    view: () => current().view(),
    close: () => current().close(),
  };
}

export const kinds = (answers: readonly Answer[]) => answers.map(({ kind }) => kind);
