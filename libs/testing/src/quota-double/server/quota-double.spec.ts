import Anthropic from '@anthropic-ai/sdk';
import { parseTaskDrafts } from '@planwright/contracts';
import OpenAI from 'openai';
import { waitFor } from '../../wait-for.js';
import type { Answer, Fault } from './fault.js';
import { startQuotaDouble, type QuotaDouble, type QuotaDoubleOptions } from './quota-double.js';
import { TASK_LIST, textOfTokens } from './text.js';

let double: QuotaDouble;

async function start(options: QuotaDoubleOptions = {}): Promise<void> {
  double = await startQuotaDouble(options);
}

afterEach(() => double.close());

const openai = (baseURL = double.urls.openai) =>
  new OpenAI({ apiKey: 'sk-test', baseURL, maxRetries: 0, logLevel: 'off' });
const anthropic = () =>
  new Anthropic({ apiKey: 'sk-ant', baseURL: double.urls.anthropic, maxRetries: 0, logLevel: 'off' });

interface Heard {
  text: string;
  /** Types of events in order, repetitions left out. */
  events: string[];
  end: unknown;
  usage: unknown;
}

interface Ask {
  prompt?: string;
  maxTokens?: number;
  schema?: Record<string, unknown>;
  signal?: AbortSignal;
  onText?: () => void;
}

const SCHEMA = {
  ...{ type: 'object', additionalProperties: false, required: ['tasks'] },
  properties: { tasks: { type: 'array', items: { type: 'string' } } },
};

/** Each API asked through its official SDK, with the same things told of each. */
const apis = {
  async responses({ prompt = 'Write.', maxTokens = 1000, schema, signal, onText }: Ask = {}): Promise<Heard> {
    const { data } = await openai()
      .responses.create(
        {
          ...{ model: 'gpt-x', input: prompt, max_output_tokens: maxTokens, stream: true },
          ...(schema && { text: { format: { type: 'json_schema', name: 'tasks', strict: true, schema } } }),
        },
        { signal },
      )
      .withResponse();
    const heard: Heard = { text: '', events: [], end: null, usage: null };
    for await (const event of data) {
      if (heard.events.at(-1) !== event.type) heard.events.push(event.type);
      if (event.type === 'response.output_text.delta') {
        heard.text += event.delta;
        onText?.();
      }
      if (event.type === 'response.completed' || event.type === 'response.incomplete') {
        heard.end = event.response.incomplete_details?.reason ?? event.response.status;
        heard.usage = event.response.usage;
      }
    }
    return heard;
  },
  async chat({ prompt = 'Write.', maxTokens = 1000, schema, signal, onText }: Ask = {}): Promise<Heard> {
    const { data } = await openai()
      .chat.completions.create(
        {
          ...{ model: 'gpt-x', messages: [{ role: 'user', content: prompt }], max_completion_tokens: maxTokens },
          ...{ stream: true, stream_options: { include_usage: true } },
          ...(schema && {
            response_format: { type: 'json_schema', json_schema: { name: 'tasks', strict: true, schema } },
          }),
        },
        { signal },
      )
      .withResponse();
    const heard: Heard = { text: '', events: [], end: null, usage: null };
    for await (const chunk of data) {
      const [choice] = chunk.choices;
      const type = choice ? (choice.finish_reason ? 'finish' : 'delta') : 'usage';
      if (heard.events.at(-1) !== type) heard.events.push(type);
      heard.text += choice?.delta.content ?? '';
      if (choice?.delta.content) onText?.();
      heard.end ??= choice?.finish_reason ?? null;
      heard.usage = chunk.usage ?? heard.usage;
    }
    return heard;
  },
  async messages({ prompt = 'Write.', maxTokens = 1000, schema, signal, onText }: Ask = {}): Promise<Heard> {
    const { data } = await anthropic()
      .messages.create(
        {
          ...{ model: 'claude-x', max_tokens: maxTokens, stream: true },
          messages: [{ role: 'user', content: prompt }],
          ...(schema && { output_config: { format: { type: 'json_schema', schema } } }),
        },
        { signal },
      )
      .withResponse();
    const heard: Heard = { text: '', events: [], end: null, usage: null };
    for await (const event of data) {
      if (heard.events.at(-1) !== event.type) heard.events.push(event.type);
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
        heard.text += event.delta.text;
        onText?.();
      }
      if (event.type === 'message_delta') {
        heard.end = event.delta.stop_reason;
        heard.usage = event.usage;
      }
    }
    return heard;
  },
};

type ApiName = keyof typeof apis;
const names = Object.keys(apis) as ApiName[];
const provider = (api: ApiName) => (api === 'messages' ? 'anthropic' : 'openai');

test.each([
  [
    'responses',
    [
      ...['response.created', 'response.in_progress', 'response.output_item.added', 'response.content_part.added'],
      ...['response.output_text.delta', 'response.output_text.done', 'response.content_part.done'],
      ...['response.output_item.done', 'response.completed'],
    ],
    'completed',
    { input_tokens: 25, output_tokens: 50, total_tokens: 75 },
  ],
  ['chat', ['delta', 'finish', 'usage'], 'stop', { prompt_tokens: 25, completion_tokens: 50, total_tokens: 75 }],
  [
    'messages',
    [
      ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop'],
      ...['message_delta', 'message_stop'],
    ],
    'end_turn',
    { input_tokens: 25, output_tokens: 50, cache_read_input_tokens: 0 },
  ],
] as const)('%s: text, events, end and usage arrive through the official SDK', async (api, events, end, usage) => {
  await start({ answer: { outputTokens: 50, tokensPerPiece: 3 } });
  const heard = await apis[api]({ prompt: 'x'.repeat(100) });
  expect(heard).toMatchObject({ text: textOfTokens(50), events, end, usage });
  await waitFor(() => double.journal[0]?.closedAt, { what: 'the call to be over' });
  expect(double.journal).toMatchObject([
    { api, provider: provider(api), status: 200, end: 'completed', outputTokens: 50, text: textOfTokens(50) },
  ]);
  const { ledger } = double.quotas[provider(api)];
  expect(ledger.calls()).toMatchObject([{ end: 'finished', inputTokens: 25, outputTokens: 50, maxOutputTokens: 1000 }]);
});

test.each(names)('%s: a JSON schema is answered with a valid list of tasks', async (api) => {
  await start();
  const { text } = await apis[api]({ schema: SCHEMA });
  expect(text).toBe(TASK_LIST);
  expect(parseTaskDrafts(text)).toMatchObject({ ok: true, tasks: [{ ref: 'T-1' }, { ref: 'T-2' }, { ref: 'T-3' }] });
});

test.each(names)('%s: a list of tasks can be malformed', async (api) => {
  await start();
  double.fail({ kind: 'malformed_tasks' });
  const { text, end } = await apis[api]({ schema: SCHEMA });
  expect(parseTaskDrafts(text)).toMatchObject({ ok: false });
  expect(['completed', 'stop', 'end_turn']).toContain(end);
});

test.each([
  ['responses', { ...SCHEMA, required: [] }],
  ['chat', { ...SCHEMA, additionalProperties: true }],
  ['messages', { ...SCHEMA, properties: { tasks: { type: 'array', maxItems: 3, items: { type: 'string' } } } }],
] as const)('%s: a schema the provider would not take is refused', async (api, schema) => {
  await start();
  await expect(apis[api]({ schema })).rejects.toMatchObject({ status: 400 });
});

test.each([
  ['responses', 'max_output_tokens'],
  ['chat', 'length'],
  ['messages', 'max_tokens'],
] as const)('%s: the output limit of the request is kept, and named', async (api, end) => {
  await start({ answer: { outputTokens: 50 } });
  expect(await apis[api]({ maxTokens: 20 })).toMatchObject({ text: textOfTokens(20), end });
});

test.each([
  ['responses', { kind: 'length', afterPieces: 1 }, 'max_output_tokens'],
  ['responses', { kind: 'filtered', afterPieces: 1 }, 'content_filter'],
  ['responses', { kind: 'refusal' }, 'completed'],
  ['chat', { kind: 'length', afterPieces: 1 }, 'length'],
  ['chat', { kind: 'filtered', afterPieces: 1 }, 'content_filter'],
  ['chat', { kind: 'refusal' }, 'stop'],
  ['messages', { kind: 'length', afterPieces: 1 }, 'max_tokens'],
  ['messages', { kind: 'filtered', afterPieces: 1 }, 'refusal'],
  ['messages', { kind: 'refusal' }, 'refusal'],
] as const)('%s: %o ends as %s', async (api, fault, expected) => {
  await start();
  double.fail(fault);
  const { end, events } = await apis[api]();
  expect(end).toBe(expected);
  if (api === 'responses' && fault.kind === 'refusal') expect(events).toContain('response.refusal.delta');
});

test.each(names)('%s: thinking is counted as output and comes before the text', async (api) => {
  await start({ answer: { outputTokens: 10, reasoningTokens: 30 } });
  const { text, usage } = await apis[api]();
  expect(text).toBe(textOfTokens(10));
  expect(JSON.stringify(usage)).toMatch(/"(output|completion)_tokens":40,/);
  expect(JSON.stringify(usage)).toMatch(/"(reasoning|thinking)_tokens":30/);
});

const errors = [
  ['responses', 'invalid_request', 400, { type: 'invalid_request_error' }],
  ['responses', 'context_length', 400, { code: 'context_length_exceeded' }],
  ['responses', 'unauthorized', 401, { code: 'invalid_api_key' }],
  ['responses', 'forbidden', 403, {}],
  ['responses', 'not_found', 404, { code: 'model_not_found' }],
  ['responses', 'request_too_large', 413, {}],
  ['responses', 'billing', 429, { code: 'insufficient_quota', type: 'insufficient_quota' }],
  ['chat', 'spend_limit', 429, { code: 'credit_balance_exhausted' }],
  ['chat', 'rate_limit', 429, { code: 'rate_limit_exceeded', type: 'tokens' }],
  ['chat', 'ramp', 503, { code: 'slow_down' }],
  ['chat', 'server_error', 500, { type: 'server_error' }],
  ['chat', 'overloaded', 503, { code: 'server_is_overloaded' }],
  ['messages', 'invalid_request', 400, { type: 'invalid_request_error' }],
  ['messages', 'unauthorized', 401, { type: 'authentication_error' }],
  ['messages', 'billing', 402, { type: 'billing_error' }],
  ['messages', 'forbidden', 403, { type: 'permission_error' }],
  ['messages', 'not_found', 404, { type: 'not_found_error' }],
  ['messages', 'request_too_large', 413, { type: 'request_too_large' }],
  ['messages', 'rate_limit', 429, { type: 'rate_limit_error' }],
  ['messages', 'spend_limit', 429, { errorCode: 'enforced_spend_limit_reached' }],
  ['messages', 'ramp', 429, { errorCode: 'ramp_limit_exceeded' }],
  ['messages', 'server_error', 500, { type: 'api_error' }],
  ['messages', 'unavailable', 503, { type: 'api_error' }],
  ['messages', 'overloaded', 529, { type: 'overloaded_error' }],
] as const;

test.each(errors)('%s: %s is %d in the shape the SDK reads', async (api, error, status, fields) => {
  await start();
  double.fail({ kind: 'error', error });
  await expect(apis[api]()).rejects.toMatchObject({ status, ...fields, requestID: 'req_1' });
  expect(double.journal).toMatchObject([{ end: 'error', status }]);
  // What fails before it is let in costs nothing; what fails afterwards stays charged at OpenAI.
  const { ledger } = double.quotas[provider(api)];
  expect(ledger.calls()).toHaveLength(status >= 500 ? 1 : 0);
});

test.each(['openai', 'azure', 'anthropic'] as const)('%s: limits refuse, and the headers say so', async (name) => {
  await start({ [name]: { limits: { requests: 1 }, enforcement: { requests: { periodMs: 60_000 } } } });
  const ask = () =>
    name === 'anthropic'
      ? anthropic()
          .messages.create({ model: 'm', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'x' }] })
          .withResponse()
      : openai(double.urls[name]).responses.create({ model: 'm', input: 'x', stream: true }).withResponse();
  const { response, data } = await ask();
  for await (const _ of data);
  const header = name === 'anthropic' ? 'anthropic-ratelimit-requests-remaining' : 'x-ratelimit-remaining-requests';
  expect(response.headers.get(header)).toBe('0');
  const refusal = (await ask().catch((error: unknown) => error)) as { status: number; headers: Headers };
  expect(refusal.status).toBe(429);
  expect(refusal.headers.get(header)).toBe('0');
  expect(refusal.headers.has('retry-after')).toBe(name !== 'openai');
  expect(double.quotas[name].ledger.refusalsByKind()).toEqual({ requests: 1 });
  expect(double.journal.map(({ end }) => end)).toEqual(['completed', 'refused']);
});

test.each(names)('%s: a clean truncation ends the SDK’s loop as if all were well', async (api) => {
  await start();
  double.fail({ kind: 'truncate', afterPieces: 2 });
  const { text, end } = await apis[api]();
  expect({ text, end }).toEqual({ text: textOfTokens(8), end: null });
  await waitFor(() => double.journal[0]?.end === 'broken', { what: 'the call to be over' });
  expect(double.quotas[provider(api)].ledger.calls()).toMatchObject([{ end: 'aborted', outputTokens: 8 }]);
});

const thrown: [Fault, unknown][] = [
  [{ kind: 'cut', afterPieces: 1 }, {}],
  [{ kind: 'cut_before_headers' }, {}],
  [{ kind: 'garbage', afterPieces: 1 }, {}],
  [{ kind: 'error_event', afterPieces: 1, error: 'overloaded' }, { status: undefined }],
];
test.each(names.flatMap((api) => thrown.map(([fault, error]) => [api, fault, error] as const)))(
  '%s: %o is thrown by the SDK',
  async (api, fault, error) => {
    await start();
    double.fail(fault);
    await expect(apis[api]()).rejects.toMatchObject(error as object);
    await waitFor(() => double.journal[0]?.end === 'broken', { what: 'the call to be over' });
  },
);

test('an answer that failed within its stream is told as an event', async () => {
  await start();
  double.fail({ kind: 'error_event', afterPieces: 1, error: 'server_error', as: 'failed' });
  expect((await apis.responses()).events.at(-1)).toBe('response.failed');
});

const silent: Fault[] = [
  { kind: 'stall', afterPieces: 1 },
  { kind: 'stall', afterPieces: 0 },
  { kind: 'keep_alive', afterPieces: 1, everyMs: 1 },
  { kind: 'stall_before_headers' },
  { kind: 'slow_headers', ms: 60_000 },
];
test.each(names.flatMap((api) => silent.map((fault) => [api, fault] as const)))(
  '%s: %o says nothing more until the caller leaves, and the journal knows when he did',
  async (api, fault) => {
    await start();
    double.fail(fault);
    const caller = new AbortController();
    const heard = apis[api]({ signal: caller.signal }).catch((error: unknown) => error);
    const after = 'afterPieces' in fault ? fault.afterPieces * 4 : null;
    await waitFor(
      () => double.journal[0]?.callId != null && (after === null || double.journal[0].outputTokens === after),
      { what: 'the call to stand still' },
    );
    caller.abort();
    await heard;
    await waitFor(() => double.journal[0]?.endedAt, { what: 'the call to be over' });
    expect(double.journal[0]).toMatchObject({ end: 'client_closed', fault, outputTokens: after ?? 0 });
    expect(double.quotas[provider(api)].ledger.calls()).toMatchObject([{ end: 'aborted', outputTokens: after ?? 0 }]);
  },
);

test.each(names)('%s: text comes at its pace, and a caller who leaves has paid for what was written', async (api) => {
  const answer: Answer = { outputTokens: 8, tokensPerPiece: 1, firstTokenMs: 20, pieceMs: 60_000 };
  await start({ answer });
  const caller = new AbortController();
  await apis[api]({ signal: caller.signal, onText: () => caller.abort() }).catch(() => undefined);
  await waitFor(() => double.journal[0]?.end === 'client_closed', { what: 'the call to be over' });
  const [entry] = double.journal;
  expect(entry?.outputTokens).toBe(1);
  expect((entry?.firstPieceAt ?? 0) - (entry?.headersSentAt ?? 0)).toBeGreaterThanOrEqual(19);
});

test.each([
  ['an unknown parameter', { nonsense: 1 }],
  ['an empty block', { system: [{ type: 'text', text: '' }] }],
  ['five cache marks', { system: Array.from({ length: 5 }, () => marked('x')) }],
  ['no room for output', { max_tokens: 0 }],
])('messages: %s is refused', async (_, more) => {
  await start();
  const create = anthropic().messages.create({
    ...{ model: 'm', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'x' }] },
    ...(more as object),
  });
  await expect(create).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
});

test.each(names)('%s: unknown keys, models, and prompts that are too long are refused', async (api) => {
  await start({ apiKeys: ['other'] });
  await expect(apis[api]()).rejects.toMatchObject({ status: 401 });
  await double.close();
  await start({ models: ['other'] });
  await expect(apis[api]()).rejects.toMatchObject({ status: 404 });
  await double.close();
  await start({ contextTokens: 100, maxBodyBytes: 2000 });
  await expect(apis[api]({ prompt: 'x'.repeat(404) })).rejects.toMatchObject({ status: 400 });
  await expect(apis[api]({ prompt: 'x'.repeat(4000) })).rejects.toMatchObject({ status: 413 });
});

function marked(text: string) {
  return { type: 'text' as const, text, cache_control: { type: 'ephemeral' as const } };
}

test('messages: a marked prefix is written once, then read, and reads cost no input tokens', async () => {
  await start();
  const ask = async (question: string) => {
    const stream = await anthropic().messages.create({
      ...{ model: 'm', max_tokens: 99, stream: true, system: [marked('p'.repeat(8000))] },
      messages: [{ role: 'user', content: question }],
    });
    for await (const event of stream) if (event.type === 'message_start') return event.message.usage;
    throw new Error('no message_start');
  };
  expect(await ask('a'.repeat(40))).toMatchObject({ input_tokens: 10, cache_creation_input_tokens: 2000 });
  expect(await ask('b'.repeat(80))).toMatchObject({ input_tokens: 20, cache_read_input_tokens: 2000 });
  const charged = double.quotas.anthropic.ledger.calls().map((call) => call.charged.input_tokens);
  expect(charged).toEqual([2010, 20]);
});

test('responses: a common beginning of 1,024 tokens or more is read from the cache, in steps of 128', async () => {
  await start();
  const prompt = 'p'.repeat(4 * 1200);
  await apis.responses({ prompt: `${prompt}first` });
  const { usage } = await apis.responses({ prompt: `${prompt}second` });
  expect(usage).toMatchObject({ input_tokens_details: { cached_tokens: 1152, cache_write_tokens: 0 } });
});

test('azure: a chat begins with a chunk without choices', async () => {
  await start();
  const stream = await openai(double.urls.azure).chat.completions.create({
    ...{ model: 'm', stream: true, messages: [{ role: 'user', content: 'x' }] },
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  expect(chunks[0]?.choices).toEqual([]);
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
});

test('a function of the request decides what each call gets', async () => {
  await start();
  double.answerWith(({ prompt }) => ({ text: `You said ${prompt}` }));
  expect((await apis.chat({ prompt: 'hello' })).text).toBe('You said hello');
  double.answerWith(({ model }) => ({ fault: { kind: 'error', error: model === 'gpt-x' ? 'not_found' : 'billing' } }));
  await expect(apis.chat()).rejects.toMatchObject({ status: 404 });
});
