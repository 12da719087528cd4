import { waitFor } from '@planwright/testing';
import { createInProcessLimiter } from './in-process/in-process-limiter.js';
import { limiterContract } from './limiter.contract.js';
import type { Ask } from './limiter.js';
import { RULES } from './limiter.js';

limiterContract('in process', async () => {
  const clock = { ms: 0 };
  const create = () => createInProcessLimiter({ now: () => clock.ms });
  const limiter = create();
  return {
    limiter,
    other: limiter,
    setTime: async (ms) => void (clock.ms = ms),
    loseAll: async () => create(),
    close: () => limiter.close(),
  };
});

describe('the limiter in process, besides', () => {
  const ask = (stepId: string, bucket = 'bucket'): Ask => ({
    id: `${stepId}/1`,
    stepId,
    bucket,
    workspaceId: 'a',
    isInteractive: false,
    amounts: { tokens: 100 },
    deferred: {},
    terms: {
      limits: { tokens: { start: 60_000, burst: 1 / 600 } },
      otherBurst: 1 / 8,
      concurrency: null,
      workspaceShare: 1,
      margin: 1,
    },
    cost: 0,
    budget: null,
  });

  it('is alone', async () => {
    const limiter = createInProcessLimiter({ now: () => 0 });
    expect(await limiter.reserve({ ...ask('one'), amounts: {} })).toMatchObject({ replicas: 1 });
    expect(await limiter.reserve(ask('two'))).toMatchObject({ kind: 'wait', replicas: 1 });
  });

  it('goes by a clock of its own, if none is given', async () => {
    const limiter = createInProcessLimiter();
    const answer = await limiter.reserve(ask('one'));
    expect(answer).toMatchObject({ kind: 'wait', waitMs: 100 - (RULES.start * 60_000) / 600 });
    await waitFor(async () => (await limiter.reserve(ask('one'))).kind === 'granted', {
      what: 'the tokens to come in',
    });
  });

  it('forgets buckets nobody uses', async () => {
    const clock = { ms: 0 };
    const limiter = createInProcessLimiter({ now: () => clock.ms });
    await limiter.reserve(ask('one', 'old'));
    clock.ms = RULES.forgetMs;
    await limiter.reserve(ask('two', 'new'));
    expect((await limiter.view()).map(({ bucket }) => bucket)).toEqual(['old', 'new']);
    clock.ms++;
    await limiter.reserve(ask('two', 'new'));
    expect((await limiter.view()).map(({ bucket }) => bucket)).toEqual(['new']);
  });
});
