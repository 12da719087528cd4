import type { FailureCode } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import { createInProcessLimiter } from '@planwright/limits';
import type { Ask, Limiter, LimitsSetting } from '@planwright/limits';
import type { Answer, Fault, JournalEntry, QuotaDouble } from '@planwright/testing';
import { startQuotaDouble, waitFor } from '@planwright/testing';
import type { Settings } from '../../test/double-generator.js';
import { commandFor, doubleGenerator, expectNothingOpen, MODELS, payloadOf } from '../../test/double-generator.js';

const FIRST = MODELS.responses;
const SECOND = MODELS.messages;
const SECOND_NAME = `${SECOND.provider}/${SECOND.model}`;
const FALLBACKS = { openai: [SECOND_NAME] };
const PATIENT = { headersMs: 20_000, firstContentMs: 20_000, gapMs: 20_000 };
/** The prompt of every command here: two words of ours, four letters of somebody's. */
const PROMPT_TOKENS = 3;

let double: QuotaDouble;
beforeEach(async () => {
  double = await startQuotaDouble();
});
afterEach(() => double.close());

/** What each provider does with every call it gets. */
function script(answers: Partial<Record<JournalEntry['provider'], Answer>>): void {
  double.answerWith((_, { provider }) => answers[provider] ?? {});
}

/** A limiter that tells what it was asked for and what became of it. */
function watched(limiter: Limiter = createInProcessLimiter()) {
  const granted: Ask[] = [];
  const settled: string[] = [];
  const watcher: Limiter = {
    ...limiter,
    async reserve(ask) {
      const answer = await limiter.reserve(ask);
      if (answer.kind === 'granted') granted.push(ask);
      return answer;
    },
    async settle(held, settlement) {
      settled.push(held.id);
      await limiter.settle(held, settlement);
    },
  };
  return { limiter: watcher, granted, settled };
}

async function write(settings: Settings = {}, changes: Parameters<typeof commandFor>[1] = {}) {
  const { limiter, granted, settled } = watched(settings.limiter);
  const made = doubleGenerator(double, { fallbacks: FALLBACKS, watch: PATIENT, ...settings, limiter });
  const message = commandFor('responses', changes);
  const end = await made.write(message);
  await expectNothingOpen(double, limiter);
  return { ...made, message, end, granted, settled };
}

const called = () => double.journal.map(({ provider }) => provider);

/** Ends a section that the second model wrote in place of the first one. */
function writtenBySecond(end: Awaited<ReturnType<typeof write>>['end']) {
  const payload = payloadOf(end, 'step.generated');
  expect(payload).toMatchObject({ ...SECOND, content: double.journal.at(-1)?.text });
  expect(double.journal.at(-1)).toMatchObject({ provider: 'anthropic', model: SECOND.model, end: 'completed' });
  return payload;
}

describe('the next model of the chain is called', () => {
  it.each<[FailureCode, Fault, Settings['watch']]>([
    ['overloaded', { kind: 'error', error: 'overloaded' }, {}],
    ['overloaded', { kind: 'error_event', afterPieces: 0, error: 'overloaded' }, {}],
    ['server_error', { kind: 'error', error: 'server_error' }, {}],
    ['connection', { kind: 'cut_before_headers' }, {}],
    ['connection', { kind: 'cut', afterPieces: 0 }, {}],
    ['connection', { kind: 'truncate', afterPieces: 0 }, {}],
    ['timeout', { kind: 'stall_before_headers' }, { headersMs: 60 }],
    ['timeout', { kind: 'stall', afterPieces: 0 }, { firstContentMs: 60 }],
    ['timeout', { kind: 'keep_alive', afterPieces: 0, everyMs: 5 }, { firstContentMs: 60 }],
    ['auth', { kind: 'error', error: 'unauthorized' }, {}],
    ['auth', { kind: 'error', error: 'forbidden' }, {}],
    ['billing', { kind: 'error', error: 'billing' }, {}],
    ['billing', { kind: 'error', error: 'spend_limit' }, {}],
  ])('after %s: %j', async (code, fault, watch) => {
    script({ openai: { fault } });
    const { end, names, granted, settled, message } = await write({ watch: { ...PATIENT, ...watch } });
    const { calls } = writtenBySecond(end);
    expect(called()).toEqual(['openai', 'anthropic']);
    expect(names()).toEqual(['step.started', 'step.streaming', 'step.generated']);
    expect(calls).toMatchObject([
      { ...FIRST, outcome: code },
      { ...SECOND, outcome: 'finished', usage: plainUsage(PROMPT_TOKENS, 40, false), cost: 203, request_id: 'req_2' },
    ]);
    const { step_id } = message.payload;
    expect(granted.map(({ id, bucket }) => [id, bucket.split(':')[0]])).toEqual([
      [`${step_id}/1/1`, 'openai'],
      [`${step_id}/1/2`, 'anthropic'],
    ]);
    expect(settled).toEqual([`${step_id}/1/1`, `${step_id}/1/2`]);
  });

  it('in place of one that has no key', async () => {
    const { end } = await write({ keys: { anthropic: 'sk-test-1' } });
    expect(writtenBySecond(end).calls).toMatchObject([{ ...SECOND, outcome: 'finished' }]);
    expect(called()).toEqual(['anthropic']);
  });

  it('in place of one that was shut for its key, without a call to that', async () => {
    const limiter = createInProcessLimiter();
    script({ openai: { fault: { kind: 'error', error: 'unauthorized' } } });
    writtenBySecond((await write({ limiter })).end);
    const { end } = await write({ limiter });
    expect(writtenBySecond(end).calls).toMatchObject([{ ...SECOND, outcome: 'finished' }]);
    expect(called()).toEqual(['openai', 'anthropic', 'anthropic']);
  });

  it('when its own limits ask to wait longer than a minute, and not when they ask for less', async () => {
    const limits: LimitsSetting = {
      openai: { tokens_per_minute: 510 },
      anthropic: { requests_per_minute: 60_000 },
    };
    const limiter = createInProcessLimiter();
    const short = await write({ limiter, limits });
    expect(payloadOf(short.end, 'step.delayed')).toMatchObject({ reason: 'quota', position: 1 });
    expect(called()).toEqual([]);
    const long = await write({ limiter, limits });
    expect(writtenBySecond(long.end).calls).toMatchObject([{ ...SECOND, outcome: 'finished' }]);
    expect(called()).toEqual(['anthropic']);
  });

  it('when the provider itself asked everybody to wait longer than a minute', async () => {
    const limiter = createInProcessLimiter();
    double.fail({ kind: 'error', error: 'rate_limit', headers: { 'retry-after': '120' } });
    await write({ limiter });
    const { end } = await write({ limiter });
    expect(writtenBySecond(end).calls).toMatchObject([{ ...SECOND, outcome: 'finished' }]);
    // Who heard it himself was written by the second one, too.
    expect(called()).toEqual(['openai', 'anthropic', 'anthropic']);
  });
});

describe('nobody else is called', () => {
  it.each<[FailureCode, Fault, Settings['watch']]>([
    ['connection', { kind: 'cut', afterPieces: 1 }, {}],
    ['connection', { kind: 'truncate', afterPieces: 1 }, {}],
    ['timeout', { kind: 'stall', afterPieces: 1 }, { gapMs: 60 }],
    ['overloaded', { kind: 'error_event', afterPieces: 1, error: 'overloaded' }, {}],
    ['server_error', { kind: 'error_event', afterPieces: 1, error: 'server_error', as: 'failed' }, {}],
  ])('once content was seen: %s, %j', async (code, fault, watch) => {
    script({ openai: { fault } });
    const { end } = await write({ watch: { ...PATIENT, ...watch } });
    expect(payloadOf(end, 'step.failed')).toMatchObject({
      failure: { code },
      draft: double.journal[0]?.text,
      calls: [{ ...FIRST, outcome: code }],
    });
    expect(called()).toEqual(['openai']);
  });

  it.each<[FailureCode, Fault]>([
    ['too_large', { kind: 'error', error: 'context_length' }],
    ['too_large', { kind: 'error', error: 'token_budget' }],
    ['invalid_request', { kind: 'error', error: 'invalid_request' }],
    ['invalid_request', { kind: 'error', error: 'not_found' }],
    ['content_filtered', { kind: 'refusal' }],
    ['content_filtered', { kind: 'filtered', afterPieces: 0 }],
    ['truncated', { kind: 'length', afterPieces: 0 }],
    ['rate_limited', { kind: 'error', error: 'rate_limit', headers: { 'retry-after': '2' } }],
  ])('for what would be no different there: %s, %j', async (code, fault) => {
    script({ openai: { fault } });
    const { end } = await write();
    expect(payloadOf(end, 'step.failed')).toMatchObject({ failure: { code }, calls: [{ ...FIRST, outcome: code }] });
    expect(called()).toEqual(['openai']);
  });

  it('for a short wait the provider asked for', async () => {
    const limiter = createInProcessLimiter();
    double.fail({ kind: 'error', error: 'rate_limit', headers: { 'retry-after': '30' } });
    await write({ limiter });
    const { end } = await write({ limiter });
    expect(payloadOf(end, 'step.delayed')).toMatchObject({ reason: 'rate_limited' });
    expect(called()).toEqual(['openai']);
  });

  it('where the budget has no room', async () => {
    const { end } = await write({}, { budget: { period: '2026-11', limit: 10, spent: 10 } });
    expect(payloadOf(end, 'step.failed')).toMatchObject({ failure: { code: 'budget' }, calls: [], usage: null });
    expect(called()).toEqual([]);
  });

  it('for a request that is larger than the limit itself', async () => {
    const { end } = await write({ limits: { openai: { tokens_per_minute: 100 } } });
    expect(payloadOf(end, 'step.failed')).toMatchObject({ failure: { code: 'too_large' }, calls: [] });
    expect(called()).toEqual([]);
  });
});

describe('a chain that comes to nothing', () => {
  it.each<[Fault, FailureCode]>([
    [{ kind: 'error', error: 'server_error' }, 'server_error'],
    [{ kind: 'error', error: 'rate_limit' }, 'rate_limited'],
    [{ kind: 'error', error: 'invalid_request' }, 'invalid_request'],
    [{ kind: 'refusal' }, 'content_filtered'],
  ])('is told as what the first one said, and every call is in the ledger: %j', async (fault, second) => {
    script({ openai: { fault: { kind: 'error', error: 'overloaded' } }, anthropic: { fault } });
    const { end } = await write();
    const { failure, calls } = payloadOf(end, 'step.failed');
    // Anthropic says that it declines in words: they are a text, and so the end that counts.
    expect(failure.code).toBe(fault.kind === 'refusal' ? 'content_filtered' : 'overloaded');
    expect(calls).toMatchObject([
      { ...FIRST, outcome: 'overloaded', cost: 0, request_id: 'req_1' },
      { ...SECOND, outcome: second, request_id: 'req_2' },
    ]);
    expect(called()).toEqual(['openai', 'anthropic']);
  });

  it('is told as the second one’s end where that began to write, and both are paid for', async () => {
    script({
      openai: { fault: { kind: 'stall', afterPieces: 0 } },
      anthropic: { fault: { kind: 'cut', afterPieces: 2 } },
    });
    const { end } = await write({ watch: { ...PATIENT, firstContentMs: 150 } });
    const { failure, draft, usage, calls } = payloadOf(end, 'step.failed');
    expect(failure.code).toBe('connection');
    expect(draft).toBe(double.journal[1]?.text);
    expect(calls).toMatchObject([
      { ...FIRST, outcome: 'timeout', usage: plainUsage(PROMPT_TOKENS, 0, true), cost: 1 },
      { ...SECOND, outcome: 'connection', usage: plainUsage(PROMPT_TOKENS, 8, true), cost: 43 },
    ]);
    expect(usage).toEqual(plainUsage(2 * PROMPT_TOKENS, 8, true));
  });

  it('has in the ledger what the second one took while the first one asks to wait', async () => {
    const limiter = createInProcessLimiter();
    double.fail({ kind: 'error', error: 'rate_limit', headers: { 'retry-after': '120' } });
    await write({ limiter });
    double.fail({ kind: 'stall', afterPieces: 0 });
    const { end } = await write({ limiter, watch: { ...PATIENT, firstContentMs: 60 } });
    expect(called()).toEqual(['openai', 'anthropic', 'anthropic']);
    expect('calls' in end.payload && end.payload.calls).toMatchObject([{ ...SECOND, outcome: 'timeout' }]);
  });

  it('calls each of its models at most once, however often it is named', async () => {
    const first = `${FIRST.provider}/${FIRST.model}`;
    const third = `${MODELS.chat.provider}/${MODELS.chat.model}`;
    double.answerWith({ fault: { kind: 'error', error: 'overloaded' } });
    const { end } = await write({ fallbacks: { [first]: [first, SECOND_NAME, third, SECOND_NAME, first] } });
    const { calls } = payloadOf(end, 'step.failed');
    expect(calls.map(({ provider, model }) => `${provider}/${model}`)).toEqual([first, SECOND_NAME, third]);
    expect(double.journal.map(({ api }) => api)).toEqual(['responses', 'messages', 'chat']);
  });

  it('ends with a cancel wherever that finds it', async () => {
    script({
      openai: { fault: { kind: 'error', error: 'overloaded' } },
      anthropic: { fault: { kind: 'stall', afterPieces: 0 } },
    });
    const made = doubleGenerator(double, { fallbacks: { ...FALLBACKS, anthropic: ['openai/gpt-4o'] }, watch: PATIENT });
    const message = commandFor('responses');
    const done = made.write(message);
    await waitFor(() => double.journal[1]?.headersSentAt, { what: 'the second call' });
    made.running.cancel([{ stepId: message.payload.step_id, attempt: 1 }]);
    expect(payloadOf(await done, 'step.cancelled')).toMatchObject({
      draft: null,
      calls: [
        { ...FIRST, outcome: 'overloaded' },
        { ...SECOND, outcome: 'stopped' },
      ],
    });
    await expectNothingOpen(double, made.limiter);
    expect(called()).toEqual(['openai', 'anthropic']);
  });
});
