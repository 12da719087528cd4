import { jest } from '@jest/globals';
import type { Amounts, Ask, Settlement, Terms } from './limiter.js';
import { LocalShare } from './local-share.js';

const MINUTE = 60_000;
const PER_MINUTE = 60_000;

describe('the share of one process while the shared limiter is away', () => {
  beforeEach(() => jest.useFakeTimers({ now: 1_800_000_000_000 }));
  afterEach(() => jest.useRealTimers());

  const TERMS: Terms = {
    limits: { tokens: { start: PER_MINUTE, burst: 1 / 8 } },
    otherBurst: 1 / 8,
    concurrency: null,
    workspaceShare: 1,
    margin: 0.9,
  };
  let steps = 0;
  const ask = (amounts: Amounts, more: Partial<Ask> = {}): Ask => {
    const stepId = `step-${++steps}`;
    return {
      id: `${stepId}/1`,
      stepId,
      bucket: 'bucket',
      workspaceId: 'a',
      isInteractive: false,
      amounts,
      deferred: {},
      terms: TERMS,
      cost: 0,
      budget: null,
      ...more,
    };
  };
  const answered = (replicas: number) => ({ kind: 'granted', isProbe: false, replicas }) as const;
  const WELL: Settlement = { charged: {}, cost: 0, health: 'good' };
  const shareOf = (replicas: number) => {
    const share = new LocalShare(Date.now);
    share.know({ bucket: 'bucket' }, answered(replicas));
    return share;
  };
  const pass = (ms: number) => jest.advanceTimersByTime(ms);
  /** Asks again and again, for so many tokens each time; answers when they were granted. */
  const work = async (shares: readonly LocalShare[], size: number, minutes: number): Promise<number[]> => {
    const times: number[] = [];
    for (let ms = 0; ms < minutes * MINUTE; ms += 100) {
      for (const share of shares) {
        for (;;) {
          const one = ask({ tokens: size });
          if ((await share.reserve(one)).kind !== 'granted') break;
          share.settle(one, WELL);
          times.push(ms);
        }
      }
      pass(100);
    }
    return times;
  };

  it('is granted as the shared limiter would, without a line', async () => {
    const share = shareOf(3);
    expect(await share.reserve(ask({ tokens: 10 }))).toEqual({ kind: 'granted', isProbe: false, replicas: 3 });
    const answer = await share.reserve(ask({ tokens: PER_MINUTE }));
    expect(answer).toMatchObject({ kind: 'wait', reason: 'quota', position: 1, replicas: 3 });
  });

  it.each([1, 3, 8])('of %i processes is neither open nor shut', async (replicas) => {
    const minutes = 5;
    const used = (await work([shareOf(replicas)], 100, minutes)).length * 100;
    const fair = (minutes * PER_MINUTE * TERMS.margin) / replicas;
    expect(used).toBeLessThanOrEqual(fair);
    expect(used).toBeGreaterThanOrEqual(fair / 2);
  });

  it.each([100, 700, 4_000])(
    'of all processes together is within the limit of any minute (%i tokens a call)',
    async (size) => {
      const times = await work(
        [1, 2, 3, 4].map(() => shareOf(4)),
        size,
        5,
      );
      const inMinuteOf = (end: number) => times.filter((at) => at > end - MINUTE && at <= end).length * size;
      expect(Math.max(...times.map(inMinuteOf))).toBeLessThanOrEqual(PER_MINUTE);
      expect(times.length * size).toBeGreaterThanOrEqual(2 * PER_MINUTE);
    },
  );

  it('assumes that there are others until it knows', async () => {
    const unknowing = (await work([new LocalShare()], 100, 2)).length;
    const alone = (await work([shareOf(1)], 100, 2)).length;
    expect(unknowing).toBeGreaterThan(0);
    expect(unknowing).toBeLessThan(alone / 2);
  });

  it('tells when there is something again', async () => {
    const share = shareOf(1);
    let answer = await share.reserve(ask({ tokens: 1_000 }));
    while (answer.kind === 'granted') answer = await share.reserve(ask({ tokens: 1_000 }));
    const waitMs = answer.kind === 'wait' ? answer.waitMs : 0;
    expect(waitMs).toBeGreaterThan(0);
    pass(waitMs - 1);
    expect(await share.reserve(ask({ tokens: 1_000 }))).toMatchObject({ kind: 'wait', waitMs: 1 });
    pass(1);
    expect(await share.reserve(ask({ tokens: 1_000 }))).toMatchObject({ kind: 'granted' });
  });

  it('lets a large call go when nothing else did, and then nothing for as long as that is worth', async () => {
    const share = shareOf(2);
    const large = PER_MINUTE;
    expect(await share.reserve(ask({ tokens: large }))).toMatchObject({ kind: 'granted' });
    const answer = await share.reserve(ask({ tokens: 1 }));
    const worthMs = (large / ((PER_MINUTE * TERMS.margin) / 2)) * MINUTE;
    if (answer.kind !== 'wait') throw new Error('a small one was granted beside a large one');
    expect(answer.waitMs).toBeGreaterThanOrEqual(worthMs);
    expect(answer.waitMs).toBeLessThanOrEqual(2 * worthMs);
    pass(answer.waitMs);
    expect(await share.reserve(ask({ tokens: 1 }))).toMatchObject({ kind: 'granted' });
  });

  it('lets a large call wait when something else went before', async () => {
    const share = shareOf(2);
    await share.reserve(ask({ tokens: 1 }));
    const answer = await share.reserve(ask({ tokens: PER_MINUTE }));
    if (answer.kind !== 'wait') throw new Error('a large one was granted beside a small one');
    pass(answer.waitMs);
    expect(await share.reserve(ask({ tokens: PER_MINUTE }))).toMatchObject({ kind: 'granted' });
  });

  it('is kept when many ask at once', async () => {
    const share = shareOf(1);
    const answers = await Promise.all(Array.from({ length: 50 }, () => share.reserve(ask({ tokens: 6_000 }))));
    expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
  });

  it('is charged once for one reservation, however often it is asked for', async () => {
    const share = shareOf(1);
    const one = ask({ tokens: 3_000 });
    for (let i = 0; i < 4; i++) expect(await share.reserve(one)).toMatchObject({ kind: 'granted' });
    expect(await share.reserve(ask({ tokens: 3_000 }))).toMatchObject({ kind: 'granted' });
    expect(await share.reserve(ask({ tokens: 3_000 }))).toMatchObject({ kind: 'wait', reason: 'quota' });
  });

  it('goes by the ceiling where that is lower than what is known', async () => {
    const share = shareOf(1);
    const terms = { ...TERMS, limits: { tokens: { start: PER_MINUTE, ceiling: PER_MINUTE / 10, burst: 1 / 8 } } };
    expect(await share.reserve(ask({ tokens: 100 }, { terms }))).toMatchObject({ kind: 'granted' });
    expect(await share.reserve(ask({ tokens: PER_MINUTE / 60 }, { terms }))).toMatchObject({ kind: 'wait' });
  });

  it('takes nothing where one of several limits is used up', async () => {
    const share = shareOf(1);
    const limits = { requests: { start: 6, burst: 1 / 8 }, tokens: { start: PER_MINUTE, burst: 1 / 8 } };
    const terms = { ...TERMS, limits };
    expect(await share.reserve(ask({ requests: 1 }, { terms }))).toMatchObject({ kind: 'granted' });
    for (let i = 0; i < 20; i++) {
      expect(await share.reserve(ask({ requests: 1, tokens: 4_000 }, { terms }))).toMatchObject({ kind: 'wait' });
    }
    expect(await share.reserve(ask({ tokens: 4_000 }, { terms }))).toMatchObject({ kind: 'granted' });
  });

  it('of one bucket leaves the others alone, and what is not limited too', async () => {
    const share = shareOf(4);
    await share.reserve(ask({ tokens: PER_MINUTE }));
    expect(await share.reserve(ask({ tokens: 1 }))).toMatchObject({ kind: 'wait' });
    expect(await share.reserve(ask({ tokens: 1 }, { bucket: 'two' }))).toMatchObject({ kind: 'granted' });
    expect(await share.reserve(ask({ input_tokens: 1_000_000 }))).toMatchObject({ kind: 'granted' });
  });

  describe('of calls at a time', () => {
    const terms: Terms = { ...TERMS, limits: {}, concurrency: 8 };

    it('is one of as many as there are processes', async () => {
      const share = shareOf(2);
      const calls = Array.from({ length: 4 }, () => ask({}, { terms }));
      for (const one of calls) expect(await share.reserve(one)).toMatchObject({ kind: 'granted' });
      expect(await share.reserve(ask({}, { terms }))).toMatchObject({ kind: 'wait', reason: 'concurrency' });
      expect(await share.reserve(ask({}, { terms, bucket: 'two' }))).toMatchObject({ kind: 'granted' });
      share.settle(calls[0] as Ask, WELL);
      share.settle(calls[0] as Ask, WELL);
      expect(await share.reserve(ask({}, { terms }))).toMatchObject({ kind: 'granted' });
      expect(await share.reserve(ask({}, { terms }))).toMatchObject({ kind: 'wait' });
    });

    it('is no more in all than there may be, where they cannot be divided evenly', async () => {
      const shares = [1, 2, 3, 4].map(() => shareOf(4));
      for (const share of shares) {
        const uneven = () => share.reserve(ask({}, { terms: { ...terms, concurrency: 10 } }));
        const kinds = [await uneven(), await uneven(), await uneven()].map(({ kind }) => kind);
        expect(kinds).toEqual(['granted', 'granted', 'wait']);
      }
    });

    it('is kept when many ask at once', async () => {
      const share = shareOf(2);
      const answers = await Promise.all(Array.from({ length: 50 }, () => share.reserve(ask({}, { terms }))));
      expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(4);
    });

    it('is one at least', async () => {
      const share = shareOf(100);
      expect(await share.reserve(ask({}, { terms }))).toMatchObject({ kind: 'granted' });
      expect(await share.reserve(ask({}, { terms }))).toMatchObject({ kind: 'wait' });
    });

    it('is free again after a call it never had', async () => {
      const share = shareOf(8);
      share.settle(ask({}, { terms }), WELL);
      expect(await share.reserve(ask({}, { terms }))).toMatchObject({ kind: 'granted' });
    });
  });

  it('is the smallest it knew of within the hour: a quiet bucket has few limiters', async () => {
    const share = shareOf(8);
    share.know({ bucket: 'bucket' }, answered(1));
    const eighth = (await work([share], 100, 1)).length;
    pass(2 * 3_600_000);
    share.know({ bucket: 'bucket' }, answered(1));
    expect((await work([share], 100, 1)).length).toBeGreaterThan(4 * eighth);
  });

  it('leaves a provider alone until the instant it named, then sends one probe', async () => {
    const share = shareOf(1);
    const first = ask({ tokens: 10 });
    await share.reserve(first);
    const pause = { code: 'rate_limited', ms: 60_000, isRamp: false } as const;
    share.settle(first, { ...WELL, health: 'unknown', pause });
    expect(await share.reserve(ask({ tokens: 10 }))).toMatchObject({ kind: 'wait', reason: 'rate_limited' });
    pass(59_999);
    expect(await share.reserve(ask({ tokens: 10 }))).toMatchObject({ kind: 'wait', waitMs: 1 });
    pass(1);
    const probe = ask({ tokens: 10 });
    expect(await share.reserve(probe)).toMatchObject({ kind: 'granted', isProbe: true });
    expect(await share.reserve(ask({ tokens: 10 }))).toMatchObject({ kind: 'wait', reason: 'rate_limited' });
    share.settle(probe, WELL);
    expect(await share.reserve(ask({ tokens: 10 }))).toMatchObject({ kind: 'granted', isProbe: false });
  });

  it('keeps a pause that the shared limiter told before it went away', async () => {
    const share = shareOf(1);
    const told = { kind: 'wait', waitMs: 5_000, reason: 'overloaded', position: 3, replicas: 1 } as const;
    share.know({ bucket: 'bucket' }, told);
    expect(await share.reserve(ask({ tokens: 1 }))).toMatchObject({ kind: 'wait', reason: 'overloaded' });
    share.know({ bucket: 'bucket' }, { kind: 'shut', code: 'billing', waitMs: 9_000 });
    expect(await share.reserve(ask({ tokens: 1 }))).toMatchObject({ kind: 'shut', code: 'billing' });
    expect(await share.reserve(ask({ tokens: 1 }, { bucket: 'two' }))).toMatchObject({ kind: 'granted' });
  });

  it('spends no more of a budget than the ledger leaves, with what was spent here since', async () => {
    const share = shareOf(1);
    const budget = { period: '2026-11', limit: 100, spent: 40 };
    const first = ask({}, { cost: 30, budget });
    expect(await share.reserve(first)).toMatchObject({ kind: 'granted' });
    expect(await share.reserve(ask({}, { cost: 40, budget }))).toMatchObject({ kind: 'wait', reason: 'budget' });
    share.settle(first, { ...WELL, cost: 35 });
    expect(await share.reserve(ask({}, { cost: 40, budget }))).toMatchObject({ kind: 'over_budget', spent: 75 });
    expect(await share.reserve(ask({}, { cost: 20, budget }))).toMatchObject({ kind: 'granted' });
  });
});
