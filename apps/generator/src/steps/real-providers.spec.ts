import type { FailureCode } from '@planwright/contracts';
import type { Fault, QuotaDouble } from '@planwright/testing';
import { startQuotaDouble, waitFor } from '@planwright/testing';
import type { Api, Settings } from '../../test/double-generator.js';
import {
  APIS,
  commandFor,
  doubleGenerator,
  expectNothingOpen,
  MODELS,
  nextAttempt,
  payloadOf,
} from '../../test/double-generator.js';
import type { StepGenerate } from './step-facts.js';

let double: QuotaDouble;
beforeEach(async () => {
  double = await startQuotaDouble();
});
afterEach(() => double.close());

type Watch = NonNullable<Settings['watch']>;

/** One command to a provider that does this, and all that can be known of it afterwards. */
async function once(
  api: Api,
  fault: Fault | null,
  { watch = {}, ...changes }: Partial<StepGenerate['payload']> & { watch?: Watch } = {},
) {
  if (fault) double.fail(fault);
  const made = doubleGenerator(double, { watch });
  const message = commandFor(api, changes);
  const end = await made.write(message);
  await expectNothingOpen(double, made.limiter);
  return { ...made, message, end };
}

const PATIENT: Watch = { headersMs: 20_000, firstContentMs: 20_000, gapMs: 20_000 };
/** Two pieces of four tokens, of four characters each. */
const TEXT = 32;

/** A stream that goes wrong, how patient the watchdog is, and what the step's failure says. */
const STREAMS: [string, Fault, Watch, { code: FailureCode; detail: RegExp; text: number }][] = [
  [
    'a stream that ends cleanly in the middle',
    { kind: 'truncate', afterPieces: 2 },
    {},
    { code: 'connection', detail: /ended after 32 characters without the provider's end mark/, text: TEXT },
  ],
  [
    'a stream that ends cleanly before its first word',
    { kind: 'truncate', afterPieces: 0 },
    {},
    { code: 'connection', detail: /ended after 0 characters/, text: 0 },
  ],
  [
    'a whole text without the end mark',
    { kind: 'truncate', afterPieces: 99 },
    {},
    { code: 'connection', detail: /ended after 160 characters/, text: 160 },
  ],
  [
    'a stall in the middle',
    { kind: 'stall', afterPieces: 2 },
    { gapMs: 250 },
    { code: 'timeout', detail: /^nothing more for 250 ms: stopped after \d+ ms and 32 characters$/, text: TEXT },
  ],
  [
    'a stall before the first word',
    { kind: 'stall', afterPieces: 0 },
    { firstContentMs: 60 },
    { code: 'timeout', detail: /^no text within 60 ms of the answer: stopped after \d+ ms/, text: 0 },
  ],
  [
    'nothing but signs of life in the middle',
    { kind: 'keep_alive', afterPieces: 2, everyMs: 5 },
    { gapMs: 250 },
    { code: 'timeout', detail: /^nothing more for 250 ms/, text: TEXT },
  ],
  [
    'nothing but signs of life',
    { kind: 'keep_alive', afterPieces: 0, everyMs: 5 },
    { firstContentMs: 60 },
    { code: 'timeout', detail: /^no text within 60 ms/, text: 0 },
  ],
  [
    'an error in the middle',
    { kind: 'error_event', afterPieces: 2, error: 'overloaded' },
    {},
    { code: 'overloaded', detail: /overloaded/i, text: TEXT },
  ],
  [
    'an error before the first word',
    { kind: 'error_event', afterPieces: 0, error: 'server_error' },
    {},
    { code: 'server_error', detail: /error/i, text: 0 },
  ],
  [
    'an answer that is failed by its provider',
    { kind: 'error_event', afterPieces: 2, error: 'server_error', as: 'failed' },
    {},
    { code: 'server_error', detail: /error/i, text: TEXT },
  ],
  [
    'a connection that is reset',
    { kind: 'cut', afterPieces: 2 },
    {},
    { code: 'connection', detail: /the connection to 127\.0\.0\.1:\d+ /, text: TEXT },
  ],
  [
    'an event that is not JSON',
    { kind: 'garbage', afterPieces: 2 },
    {},
    { code: 'connection', detail: /not JSON/, text: TEXT },
  ],
  [
    'an answer that never comes',
    { kind: 'stall_before_headers' },
    { headersMs: 250 },
    { code: 'timeout', detail: /^no answer within 250 ms: stopped after \d+ ms and 0 characters$/, text: 0 },
  ],
  [
    'an answer that comes too late',
    { kind: 'slow_headers', ms: 20_000 },
    { headersMs: 250 },
    { code: 'timeout', detail: /^no answer within 250 ms/, text: 0 },
  ],
];
/** Who waited for more hung up; the others found the connection closed. */
const hangsUp = ({ kind }: Fault) => ['stall', 'keep_alive', 'stall_before_headers', 'slow_headers'].includes(kind);

describe.each(APIS)('over %s', (api) => {
  it.each(STREAMS)(
    '%s is never a text: what came of it is a draft',
    async (_, fault, watch, { code, detail, text }) => {
      const { names, end } = await once(api, fault, { watch: { ...PATIENT, ...watch } });
      const [entry] = double.journal;
      const { failure, draft, calls } = payloadOf(end, 'step.failed');
      expect(failure).toEqual({ code, detail: expect.stringMatching(detail), resets_at: null });
      const [, tookMs = '0'] = /stopped after (\d+) ms/.exec(failure.detail) ?? [];
      expect(Number(tookMs)).toBeLessThan(3_000);
      expect(draft).toBe(text === 0 ? null : entry?.text);
      expect(entry?.text).toHaveLength(text);
      expect(names()).toEqual(['step.started', ...(text > 0 ? ['step.streaming'] : []), 'step.failed']);
      expect(calls).toMatchObject([{ ...MODELS[api], outcome: code }]);
      expect(double.journal.map(({ end }) => end)).toEqual([hangsUp(fault) ? 'client_closed' : 'broken']);
    },
  );

  it.each([
    ['in the middle of its text', { kind: 'stall', afterPieces: 2 }, TEXT],
    ['before its first word', { kind: 'keep_alive', afterPieces: 0, everyMs: 5 }, 0],
    ['before it is answered', { kind: 'stall_before_headers' }, 0],
  ] as const)('a cancel %s hangs up, and keeps the draft', async (_, fault, text) => {
    double.fail(fault);
    const { write, running, shown, limiter } = doubleGenerator(double, { watch: PATIENT });
    const message = commandFor(api);
    const done = write(message);
    const stands = async () => {
      const [entry] = double.journal;
      const isThere = fault.kind === 'stall_before_headers' ? entry?.callId != null : entry?.headersSentAt != null;
      return isThere && (await shown(message.payload.run_id)).text.length === text;
    };
    await waitFor(stands, { what: 'the call to stand still' });
    running.cancel([{ stepId: message.payload.step_id, attempt: 1 }]);
    const { draft, calls } = payloadOf(await done, 'step.cancelled');
    expect(draft).toBe(text === 0 ? null : double.journal[0]?.text);
    expect(calls).toMatchObject([{ ...MODELS[api], outcome: 'stopped' }]);
    await expectNothingOpen(double, limiter);
    expect(double.journal).toMatchObject([{ end: 'client_closed' }]);
  });

  it('waits for the first word from the headers on, and not from the call', async () => {
    const { end } = await once(api, { kind: 'slow_headers', ms: 400 }, { watch: { ...PATIENT, firstContentMs: 300 } });
    expect(payloadOf(end, 'step.generated').content).toBe(double.journal[0]?.text);
  });

  it.each([
    ['declines', { kind: 'refusal' }, null],
    ['is stopped by a filter', { kind: 'filtered', afterPieces: 2 }, TEXT],
  ] as const)('a model that %s has written nothing', async (_, fault, text) => {
    const { end } = await once(api, fault);
    const { failure, draft, usage } = payloadOf(end, 'step.failed');
    expect(failure).toMatchObject({ code: 'content_filtered', resets_at: null });
    // Anthropic's refusals are text blocks; elsewhere a refusal is no text.
    const saidAs = fault.kind === 'refusal' && api === 'messages' ? "I can't help with that." : null;
    expect(draft).toBe(text === null ? saidAs : double.journal[0]?.text);
    expect(usage).toMatchObject({ estimated: false });
  });

  it('a text that was cut off at its limit gets twice the room, once, and says that it is to be shorter', async () => {
    double.answerWith({ outputTokens: 120 });
    const { end, write, message } = await once(api, null, { max_output_tokens: 100 });
    const { failure, draft } = payloadOf(end, 'step.failed');
    expect(failure).toMatchObject({
      code: 'truncated',
      detail: expect.stringMatching(/limit of 100 tokens after 400/),
    });
    expect(draft).toHaveLength(400);
    const { content } = payloadOf(await write(nextAttempt(message, { repair: failure })), 'step.generated');
    expect(content).toHaveLength(480);
    expect(double.journal.map(({ facts }) => facts?.maxOutputTokens)).toEqual([100, 200]);
    expect(double.journal[1]?.facts?.prompt).toContain('Write more briefly this time');
  });

  it('a list of tasks that is none is asked for again, with what was wrong with it', async () => {
    const { end, write, message } = await once(api, { kind: 'malformed_tasks' }, { output: 'tasks' });
    const { failure, draft } = payloadOf(end, 'step.failed');
    expect(failure).toMatchObject({ code: 'malformed', detail: expect.stringContaining('not JSON') });
    expect(draft).toBe(double.journal[0]?.text);
    const { content } = payloadOf(await write(nextAttempt(message, { repair: failure })), 'step.generated');
    expect(JSON.parse(content)).toMatchObject({ tasks: [{ ref: 'T-1' }, { ref: 'T-2' }, { ref: 'T-3' }] });
    const [first, second] = double.journal.map(({ facts }) => facts?.prompt ?? '');
    expect(first).not.toContain('could not be used');
    expect(second?.startsWith(first ?? '-')).toBe(true);
    expect(second).toContain('Your last answer to this could not be used (malformed): ');
    expect(second).toContain(failure.detail.replace(/\s+/g, ' ').replace(/[.\s]+$/, ''));
  });
});

/** What a provider refuses a call with, and what that means by each API. */
const REFUSALS: [Extract<Fault, { kind: 'error' }>, FailureCode | Record<Api, FailureCode>][] = [
  [{ kind: 'error', error: 'rate_limit' }, 'rate_limited'],
  [{ kind: 'error', error: 'ramp' }, 'rate_limited'],
  [
    { kind: 'error', error: 'token_budget' },
    { responses: 'too_large', chat: 'too_large', messages: 'rate_limited' },
  ],
  [{ kind: 'error', error: 'billing' }, 'billing'],
  [{ kind: 'error', error: 'spend_limit' }, 'billing'],
  [{ kind: 'error', error: 'overloaded' }, 'overloaded'],
  [
    { kind: 'error', error: 'unavailable' },
    { responses: 'overloaded', chat: 'overloaded', messages: 'server_error' },
  ],
  [{ kind: 'error', error: 'server_error' }, 'server_error'],
  [
    { kind: 'error', error: 'server_error', status: 408 },
    { responses: 'timeout', chat: 'timeout', messages: 'server_error' },
  ],
  [{ kind: 'error', error: 'server_error', status: 409 }, 'server_error'],
  [{ kind: 'error', error: 'unauthorized' }, 'auth'],
  [{ kind: 'error', error: 'forbidden' }, 'auth'],
  [{ kind: 'error', error: 'not_found' }, 'invalid_request'],
  [{ kind: 'error', error: 'invalid_request' }, 'invalid_request'],
  [{ kind: 'error', error: 'context_length' }, 'too_large'],
  [{ kind: 'error', error: 'request_too_large' }, 'too_large'],
];
/** What SDKs go by when they try again by themselves. */
const TEMPTING = { 'x-should-retry': 'true', 'retry-after-ms': '1' };

describe.each(APIS)('one attempt is one request to %s', (api) => {
  it.each(REFUSALS.flatMap(([fault, code]) => ['0', '3600', null].map((after) => [fault, after, code] as const)))(
    'refused with %j, and to be asked again after %s s',
    async (fault, after, code) => {
      const headers = after === null ? {} : { ...TEMPTING, 'retry-after': after };
      const { end } = await once(api, { ...fault, headers });
      const { failure, draft, usage, calls } = payloadOf(end, 'step.failed');
      const expected = typeof code === 'string' ? code : code[api];
      expect({ code: failure.code, draft, usage }).toEqual({ code: expected, draft: null, usage: null });
      expect(calls).toEqual([
        { ...MODELS[api], outcome: expected, usage: null, cost: 0, request_id: expect.stringMatching(/^req_1$/) },
      ]);
      expect(double.journal).toHaveLength(1);
    },
  );

  it.each<[Fault, Watch, FailureCode]>([
    [{ kind: 'cut_before_headers' }, {}, 'connection'],
    [{ kind: 'cut', afterPieces: 0 }, {}, 'connection'],
    [{ kind: 'cut', afterPieces: 2 }, {}, 'connection'],
    [{ kind: 'truncate', afterPieces: 0 }, {}, 'connection'],
    [{ kind: 'garbage', afterPieces: 0 }, {}, 'connection'],
    [{ kind: 'stall_before_headers' }, { headersMs: 250 }, 'timeout'],
    [{ kind: 'stall', afterPieces: 0 }, { firstContentMs: 60 }, 'timeout'],
    [{ kind: 'error_event', afterPieces: 0, error: 'overloaded' }, {}, 'overloaded'],
    [{ kind: 'error_event', afterPieces: 0, error: 'rate_limit' }, {}, 'rate_limited'],
  ])('broken off by %j', async (fault, watch, code) => {
    const { end } = await once(api, fault, { watch: { ...PATIENT, ...watch } });
    expect(payloadOf(end, 'step.failed').failure.code).toBe(code);
    expect(double.journal).toHaveLength(1);
  });
});
