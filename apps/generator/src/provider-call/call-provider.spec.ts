import type { GenerateRequest, Provider } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import { ScriptedProvider, waitFor } from '@planwright/testing';
import type { Script } from '@planwright/testing';
import type { CallOutcome } from './call-provider.js';
import { callProvider } from './call-provider.js';
import type { TextCheck } from './check-text.js';
import type { CallLimits } from './watchdog.js';

const request: GenerateRequest = {
  prompt: { system: [{ text: '1234' }], user: [{ text: '5678', data: 'idea' }] },
  model: 'm-1',
  output: 'markdown',
  words: { min: 1, target: 2, max: 3 },
  maxOutputTokens: 700,
  title: 'Goals',
  document: 'prd',
  sectionId: 'goals',
  prefix: null,
  repair: null,
};

interface Options {
  limits?: Partial<CallLimits>;
  check?: TextCheck;
  output?: GenerateRequest['output'];
  signal?: AbortSignal;
  onText?: (text: string) => void;
}

function call(provider: Provider, options: Options = {}): Promise<CallOutcome> {
  return callProvider({
    provider,
    request: { ...request, output: options.output ?? 'markdown' },
    limits: { totalMs: 10_000, headersMs: 10_000, firstContentMs: 10_000, gapMs: 10_000, ...options.limits },
    check: options.check ?? null,
    signal: options.signal ?? new AbortController().signal,
    onText: options.onText ?? (() => {}),
    log: { error: () => {} },
  });
}

function scripted(script: Script) {
  const provider = new ScriptedProvider();
  provider.script('goals', script);
  return provider;
}

const failed = (outcome: CallOutcome) =>
  outcome.kind === 'failed'
    ? { code: outcome.failure.code, detail: outcome.failure.detail, draft: outcome.draft }
    : outcome;

describe('callProvider', () => {
  it('gives the text the provider says it finished, byte for byte as it was streamed', async () => {
    const seen: string[] = [];
    const outcome = await call(scripted({ chunks: ['  Grüße\u0000 ', '\uD83D', '\uDE00', ' \n'] }), {
      onText: (text) => seen.push(text),
    });
    expect(outcome).toEqual({
      kind: 'result',
      content: '  Grüße 😀 \n',
      model: 'm-1',
      warnings: [],
      usage: expect.objectContaining({ input_tokens: 100, output_tokens: expect.any(Number), estimated: false }),
      requestId: null,
    });
    expect(seen.join('')).toBe('  Grüße 😀 \n');
  });

  it.each<[string, Script, ReturnType<typeof failed>]>([
    [
      'a stream that ends without an end mark',
      { chunks: ['ab', 'c'], end: 'silence' },
      {
        code: 'connection',
        detail: "the stream ended after 3 characters without the provider's end mark",
        draft: 'abc',
      },
    ],
    [
      'an end at the output limit',
      { chunks: ['abc'], end: 'length' },
      { code: 'truncated', detail: 'cut off at the output limit of 700 tokens after 3 characters', draft: 'abc' },
    ],
    [
      'a filtered text',
      { chunks: ['abc'], end: 'filtered' },
      { code: 'content_filtered', detail: 'm-1 stopped after 3 characters', draft: 'abc' },
    ],
    ['no text', { chunks: [] }, { code: 'malformed', detail: 'm-1 finished without a text', draft: null }],
    ['blanks', { chunks: [' \n'] }, { code: 'malformed', detail: 'm-1 finished without a text', draft: ' \n' }],
    [
      "the provider's own failure",
      { chunks: ['a'], end: { code: 'rate_limited', detail: '30 a minute', resets_at: '2026-11-21T00:00:00.000Z' } },
      { code: 'rate_limited', detail: '30 a minute', draft: 'a' },
    ],
    [
      'a bug in its client',
      { chunks: ['a'], end: 'throw' },
      { code: 'server_error', detail: 'the client of scripted failed unexpectedly (TypeError)', draft: 'a' },
    ],
    [
      'a text that fits no message',
      { chunks: Array.from({ length: 30 }, () => 'x'.repeat(10_000)) },
      { code: 'malformed', detail: 'the text grew beyond 250000 bytes', draft: 'x'.repeat(240_000) },
    ],
  ])('refuses %s', async (_, script, expected) => {
    expect(failed(await call(scripted(script)))).toEqual(expected);
  });

  it.each<[string, Script, Partial<CallLimits>, RegExp]>([
    [
      'no answer',
      { firstDelayMs: 60_000 },
      { headersMs: 20 },
      /^no answer within 20 ms: stopped after \d+ ms and 0 characters$/,
    ],
    [
      'no first text',
      { accepts: true, firstDelayMs: 60_000 },
      { firstContentMs: 20 },
      /^no text within 20 ms of the answer: stopped after \d+ ms and 0 characters$/,
    ],
    [
      'a gap',
      { chunks: ['abc'], end: 'hang' },
      { gapMs: 20 },
      /^nothing more for 20 ms: stopped after \d+ ms and 3 characters$/,
    ],
    [
      'too long in all',
      { chunks: Array(1_000).fill('x') as string[], delayMs: 2 },
      { totalMs: 50 },
      /^not finished within 50 ms: stopped after \d+ ms and \d+ characters$/,
    ],
  ])('times out on %s', async (_, script, limits, detail) => {
    const provider = scripted(script);
    const outcome = failed(await call(provider, { limits }));
    expect(outcome).toMatchObject({ code: 'timeout', detail: expect.stringMatching(detail) });
    await waitFor(() => provider.calls[0]?.state === 'aborted', { what: 'the connection to be closed' });
  });

  const check: TextCheck = { otherTitles: [], language: 'en' };
  it('shows nothing of what is no part of the text, and stores what was shown', async () => {
    const seen: string[] = [];
    const chunks = [
      'Su',
      're! Here is the section',
      ':\n\n```mark',
      'down\n## Goals\n\n',
      'Find a court.',
      '\n``',
      '`\n',
    ];
    const outcome = await call(scripted({ chunks }), { check, onText: (text) => seen.push(text) });
    expect(outcome).toMatchObject({ kind: 'result', content: 'Find a court.', warnings: [] });
    expect(seen.join('')).toBe('Find a court.');
  });

  it('stores what is to be known of a text beside it', async () => {
    expect(await call(scripted({ text: '# Courts\n\nFind one.' }), { check })).toMatchObject({
      kind: 'result',
      content: '# Courts\n\nFind one.',
      warnings: [{ rule: 'headings', message: expect.stringContaining('first level') }],
    });
  });

  it.each([
    ['a gap', 'Courts in [your city].', 'malformed', 'A placeholder was left in the text ("[your city]")'],
    ['an end in the middle', 'Find a court and', 'malformed', /^The text ends in the middle of a sentence/],
    ['a refusal', "I'm sorry, but I can't help.", 'content_filtered', /^The model declined to write this/],
    ['a preamble alone', 'Sure! Here is the section:', 'malformed', 'm-1 finished without a text'],
  ] as const)('fails %s, with what was shown as its draft', async (_, text, code, detail) => {
    const seen: string[] = [];
    const outcome = await call(scripted({ text }), { check, onText: (piece) => seen.push(piece) });
    expect(failed(outcome)).toEqual({
      code,
      detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
      draft: seen.join('') || null,
    });
  });

  it('shows what it held back of a text that is cut off', async () => {
    const seen: string[] = [];
    const outcome = await call(scripted({ chunks: ['Here', ' is'], end: 'silence' }), {
      onText: (text) => seen.push(text),
    });
    expect(failed(outcome)).toMatchObject({ code: 'connection', draft: 'Here is' });
    expect(seen.join('')).toBe('Here is');
  });

  it('stops when told to, closes the connection and keeps the draft', async () => {
    const provider = scripted({ chunks: ['abc'], end: 'hang' });
    const controller = new AbortController();
    const outcome = call(provider, {
      signal: controller.signal,
      onText: () => controller.abort(new Error('cancelled')),
    });
    expect(await outcome).toEqual({
      kind: 'stopped',
      draft: 'abc',
      usage: plainUsage(2, 1, true),
      requestId: null,
    });
    await waitFor(() => provider.calls[0]?.state === 'aborted', { what: 'the connection to be closed' });
  });

  it('does not call at all when it was stopped before', async () => {
    const provider = scripted({});
    expect(await call(provider, { signal: AbortSignal.abort() })).toEqual({
      kind: 'stopped',
      draft: null,
      usage: null,
      requestId: null,
    });
    expect(provider.calls).toEqual([]);
  });

  it('leaves a provider behind that ignores its signal', async () => {
    const deaf: Provider = {
      name: 'deaf',
      async *stream() {
        yield { type: 'content', text: 'a' };
        await new Promise(() => {});
      },
    };
    expect(failed(await call(deaf, { limits: { gapMs: 10 } }))).toMatchObject({ code: 'timeout', draft: 'a' });
  });

  it('takes a task list only if it parses', async () => {
    expect(await call(new ScriptedProvider(), { output: 'tasks' })).toMatchObject({ kind: 'result' });
    expect(failed(await call(scripted({ text: '{"tasks": [' }), { output: 'tasks' }))).toMatchObject({
      code: 'malformed',
      detail: expect.stringContaining('the task list is not JSON'),
    });
  });
});
