import type { GenerateRequest } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import { createInProcessLimiter } from '@planwright/limits';
import type { Limiter, LimitsSetting } from '@planwright/limits';
import { newId } from '@planwright/runtime';
import { ScriptedProvider } from '@planwright/testing';
import { command } from '../../test/scripted-generator.js';
import { testLlm, testReservations } from '../../test/test-llm.js';
import type { CallOutcome } from '../provider-call/call-provider.js';
import type { Reservation, Reserved } from './reservations.js';

const choice = { provider: 'scripted', model: 'm-1' };
const signal = new AbortController().signal;

function requestOf(maxOutputTokens = 1_000): GenerateRequest {
  const { prompt, words, title, document } = command().payload;
  return {
    prompt,
    words,
    title,
    document,
    model: 'm-1',
    output: 'markdown',
    maxOutputTokens,
    sectionId: 'goals',
    repair: null,
    prefix: null,
  };
}

function setUp(limits: LimitsSetting, limiter: Limiter = createInProcessLimiter()) {
  const reservations = testReservations(testLlm([new ScriptedProvider()], { limits }), limiter);
  const reserve = (payload = {}, request = requestOf()) =>
    reservations.reserve(command(payload), { choice, ordinal: 1 }, request, signal);
  return { reservations, reserve };
}

function granted(reserved: Reserved): Reservation {
  if (reserved.kind !== 'granted') throw new Error(`not granted: ${JSON.stringify(reserved)}`);
  return reserved.reservation;
}

const finished: CallOutcome = {
  kind: 'result',
  content: 'x',
  model: 'm-1',
  warnings: [],
  usage: plainUsage(10, 20, false),
  requestId: 'r-1',
};
const refused = (code: 'rate_limited' | 'auth', resets_at: string | null = null): CallOutcome => ({
  kind: 'failed',
  failure: { code, detail: 'no', resets_at },
  draft: null,
  refusal: { status: 429, providerCode: null, requestId: null, isRamp: false, limits: [], usage: null },
  usage: null,
  requestId: null,
});

describe('Reservations', () => {
  it('lets everything through that nothing limits, and asks nobody', async () => {
    const { reserve } = setUp({}, {} as Limiter);
    expect(granted(await reserve()).ask).toBeNull();
  });

  it('grants calls up to the concurrency, and tells the next one to come back with its place in line', async () => {
    const { reservations, reserve } = setUp({ scripted: { concurrency: 2 } });
    const waiting = { step_id: newId() };
    const first = granted(await reserve());
    granted(await reserve());
    expect(await reserve(waiting)).toMatchObject({ kind: 'wait', reason: 'concurrency', position: 1 });
    await reservations.settle(first, finished);
    granted(await reserve(waiting));
  });

  it('waits in place for what comes within half a second', async () => {
    const { reserve } = setUp({ scripted: { requests_per_minute: 6_000 } });
    const began = performance.now();
    for (let i = 0; i < 200; i++) granted(await reserve());
    expect(performance.now() - began).toBeGreaterThan(10);
  });

  it('says what is too large before the call, with both numbers', async () => {
    const { reserve } = setUp({ 'scripted/m-1': { tokens_per_minute: 500, profile: 'openai' } });
    expect(await reserve()).toMatchObject({ kind: 'too_large', resource: 'tokens', limit: 500 });
  });

  it('keeps everybody from a provider that named an instant, until then', async () => {
    const { reservations, reserve } = setUp({ scripted: { requests_per_minute: 6_000 } });
    const reservation = granted(await reserve());
    await reservations.settle(reservation, refused('rate_limited', new Date(Date.now() + 30_000).toISOString()));
    const answer = await reserve();
    expect(answer).toMatchObject({ kind: 'wait', reason: 'rate_limited' });
    expect(answer.kind === 'wait' && answer.waitMs).toBeGreaterThan(29_000);
  });

  it('fails at once what would be refused for its key', async () => {
    const { reservations, reserve } = setUp({ scripted: { requests_per_minute: 6_000 } });
    await reservations.settle(granted(await reserve()), refused('auth'));
    expect(await reserve()).toMatchObject({ kind: 'shut', code: 'auth' });
  });

  it('books a call with its cost, and one of a model without a price as unpriced', async () => {
    const { reservations, reserve } = setUp({});
    const reservation = granted(await reserve());
    expect(await reservations.settle(reservation, finished)).toEqual({
      ...choice,
      outcome: 'finished',
      usage: finished.usage,
      cost: null,
      request_id: 'r-1',
    });
    const priced = { ...reservation, choice: { provider: 'openai', model: 'gpt-4o-mini' } };
    // 10 in at 0.15 and 20 out at 0.60 dollars a million.
    expect(await reservations.settle(priced, finished)).toMatchObject({ cost: 14 });
    expect(await reservations.settle(reservation, refused('auth'))).toMatchObject({ outcome: 'auth', cost: 0 });
  });

  it('reserves what a call may cost, and makes none that the budget has no room for', async () => {
    const reservations = testReservations(testLlm([]));
    const budget = { period: '2026-11', limit: 1_000, spent: 999 };
    const call = { choice: { provider: 'openai', model: 'gpt-4o-mini' }, ordinal: 1 };
    const answer = await reservations.reserve(command({ budget }), call, requestOf(), signal);
    expect(answer).toMatchObject({ kind: 'over_budget', limit: 1_000, spent: 999 });
  });

  it('gives back all of a call that is not made after all', async () => {
    const limiter = createInProcessLimiter();
    const { reservations, reserve } = setUp({ scripted: { tokens_per_minute: 600_000, concurrency: 1 } }, limiter);
    const level = async () => (await limiter.view())[0]?.limits.tokens?.level ?? 0;
    const reservation = granted(await reserve());
    const held = await level();
    await reservations.giveBack(reservation);
    expect(await limiter.view()).toMatchObject([{ calls: 0 }]);
    expect(await level()).toBeGreaterThanOrEqual(held + (reservation.ask?.amounts.tokens ?? Infinity));
    granted(await reserve());
  });

  it('goes by a share of the limits while the shared limiter is away: neither all nor nothing', async () => {
    const away = new Proxy({} as Limiter, { get: () => () => Promise.reject(new Error('away')) });
    const { reservations, reserve } = setUp({ scripted: { requests_per_minute: 240 } }, away);
    const answers = [];
    for (let i = 0; i < 40; i++) answers.push(await reserve());
    const calls = answers.filter(({ kind }) => kind === 'granted');
    // 240 a minute are 40 in ten seconds; of them an eighth, and of that seven tenths.
    expect(calls).toHaveLength(3);
    expect(answers.at(-1)).toMatchObject({ kind: 'wait', reason: 'quota' });
    await reservations.settle(granted(answers[0] as Reserved), finished);
  });
});
