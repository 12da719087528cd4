import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import type { GenerateRequest, ProviderEvent } from '@planwright/contracts';
import { ProviderFailure } from '@planwright/contracts';
import { createAnthropicProvider } from './anthropic-provider.js';

const request: GenerateRequest = {
  prompt: { system: [{ text: 'You write plans.' }], user: [{ text: 'Write the goals.' }] },
  model: 'claude-test',
  output: 'markdown',
  words: { min: 50, target: 100, max: 200 },
  maxOutputTokens: 500,
  title: 'Goals',
  document: 'prd',
  sectionId: 'goals',
  repair: null,
  prefix: null,
};

const apiKey = 'sk-ant-api03-test-key';
const inputUsage = { input_tokens: 10, cache_creation_input_tokens: 4, cache_read_input_tokens: 6, output_tokens: 1 };

/** An event as it comes over the wire. */
function sse(data: { type: string; [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

const start = sse({
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-test-20261101', usage: inputUsage },
});
const open = sse({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
const ping = sse({ type: 'ping' });
const text = (value: string) =>
  sse({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: value } });
const close = sse({ type: 'content_block_stop', index: 0 });
const end = (reason: string | null, usage: object = { output_tokens: 12 }, details: object | null = null) =>
  sse({ type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null, stop_details: details }, usage });
const stop = sse({ type: 'message_stop' });

type Answer = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

let answer: Answer;
let received: { headers: IncomingMessage['headers']; body: { [field: string]: unknown } }[];
const server = createServer((incoming, response) => {
  void (async () => {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    received.push({ headers: incoming.headers, body: JSON.parse(Buffer.concat(pieces).toString()) as never });
    await answer(response, incoming);
  })();
});

/** Answers with a stream of these pieces and ends it. */
function streams(...pieces: (string | Buffer)[]): Answer {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_1' });
    for (const piece of pieces) {
      response.write(piece);
      await new Promise(setImmediate);
    }
    response.end();
  };
}

function refuses(status: number, type: string, message: string, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_1', ...headers });
    response.end(JSON.stringify({ type: 'error', error: { type, message } }));
  };
}

let baseUrl: string;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => void (received = []));
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const never = () => new AbortController().signal;
const stream = (of: Partial<GenerateRequest> = {}, signal = never()) =>
  createAnthropicProvider({ apiKey, baseUrl }).stream({ ...request, ...of }, signal);

/** All events, and how it ended where it did not simply end. */
async function readAll(events: AsyncIterable<ProviderEvent>): Promise<{ events: ProviderEvent[]; error: unknown }> {
  const seen: ProviderEvent[] = [];
  try {
    for await (const event of events) seen.push(event);
  } catch (error) {
    return { events: seen, error };
  }
  return { events: seen, error: null };
}

async function failureOf(events: AsyncIterable<ProviderEvent>): Promise<ProviderFailure> {
  const { error } = await readAll(events);
  expect(error).toBeInstanceOf(ProviderFailure);
  return error as ProviderFailure;
}

const usage = {
  input_tokens: 20,
  output_tokens: 12,
  cached_input_tokens: 6,
  cache_write_tokens: 4,
  reasoning_tokens: 0,
  estimated: false,
};

/** What is known of it as soon as the message starts. */
const usageAtStart = { ...usage, output_tokens: 1 };

describe('the Anthropic provider', () => {
  it('streams a message: accepted, text, finished with what it used', async () => {
    answer = (response, incoming) => {
      response.setHeader('anthropic-ratelimit-requests-limit', '50');
      response.setHeader('anthropic-ratelimit-requests-remaining', '49');
      return streams(start, open, ping, text('# Go'), text('als'), close, end('end_turn'), stop)(response, incoming);
    };
    const { events, error } = await readAll(stream());
    expect(error).toBeNull();
    expect(events).toEqual([
      {
        type: 'accepted',
        requestId: 'req_1',
        limits: [{ resource: 'requests', limit: 50, remaining: 49, resetsInMs: null }],
      },
      { type: 'usage', usage: usageAtStart },
      { type: 'content', text: '# Go' },
      { type: 'content', text: 'als' },
      { type: 'finished', finish: 'stop', usage, model: 'claude-test-20261101' },
    ]);
    expect(received).toHaveLength(1);
    expect(received[0]?.headers.authorization).toBe(`Bearer ${apiKey}`);
    expect(received[0]?.body).toMatchObject({ model: 'claude-test', max_tokens: 500, stream: true });
  });

  it('lets the SDK set no time limit that could end a call', async () => {
    answer = streams(start, end('end_turn'), stop);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    await readAll(stream());
    const waits = timers.mock.calls.map(([, ms]) => ms ?? 0);
    timers.mockRestore();
    expect(waits).not.toEqual([]);
    expect(Math.min(...waits)).toBeGreaterThan(86_400_000);
  });

  it('waits with a fetch that has no time limits, and sends nothing that nobody asked for', async () => {
    answer = streams(start, end('end_turn'), stop);
    await readAll(stream());
    const { host, 'user-agent': agent, 'content-length': length, ...headers } = received[0]?.headers ?? {};
    expect([host, agent, length]).not.toContain(undefined);
    expect(headers).toEqual({
      accept: 'application/json',
      // Only `patientFetch` asks for bytes as they are.
      'accept-encoding': 'identity',
      'anthropic-version': expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
      authorization: `Bearer ${apiKey}`,
      connection: 'keep-alive',
      'content-type': 'application/json',
    });
  });

  it('is accepted as soon as the headers are there, before anything is written', async () => {
    let write = () => {};
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      write = () => void response.end(start + open + text('Hi') + close + end('end_turn') + stop);
    };
    const events = stream()[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ type: 'accepted', limits: [], requestId: null });
    write();
    expect((await events.next()).value).toEqual({ type: 'usage', usage: usageAtStart });
    expect((await events.next()).value).toEqual({ type: 'content', text: 'Hi' });
    await events.return?.();
  });

  it('leaves out what the model thinks, and counts it', async () => {
    const think = { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } };
    const thought = { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } };
    const signature = { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2ln' } };
    const counted = { output_tokens: 40, output_tokens_details: { thinking_tokens: 28 } };
    answer = streams(
      ...[start, sse(think), sse(thought), sse(signature), close, open, text('Goals'), close],
      end('end_turn', counted) + stop,
    );
    const { events } = await readAll(stream());
    expect(events.slice(2)).toEqual([
      { type: 'content', text: 'Goals' },
      expect.objectContaining({
        finish: 'stop',
        usage: { ...usage, output_tokens: 40, reasoning_tokens: 28 },
      }),
    ]);
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['refusal', 'filtered'],
  ])('ends with %s as %s', async (reason, finish) => {
    answer = streams(start, open, text('…'), close, end(reason), stop);
    expect((await readAll(stream())).events.at(-1)).toMatchObject({ type: 'finished', finish });
  });

  it('says why the model refused', async () => {
    const details = { type: 'refusal', category: 'cyber', explanation: 'It could harm.' };
    answer = streams(start, end('refusal', { output_tokens: 2 }, details), stop);
    expect((await readAll(stream())).events.at(-1)).toMatchObject({
      finish: 'filtered',
      detail: 'the model refused (cyber): It could harm.',
    });
  });

  it.each([
    ['model_context_window_exceeded', 'too_large', 'with 20 tokens of prompt and 12 of answer'],
    ['tool_use', 'malformed', 'tool_use'],
    ['pause_turn', 'malformed', 'pause_turn'],
    ['a_new_reason', 'malformed', 'a_new_reason'],
  ])('fails where the model stops for %s', async (reason, code, detail) => {
    answer = streams(start, open, text('Some'), close, end(reason), stop);
    const { failure, refusal } = await failureOf(stream());
    expect(failure.code).toBe(code);
    expect(failure.detail).toContain(detail);
    expect(refusal).toMatchObject({ providerCode: reason, requestId: 'req_1', usage });
  });

  it.each([
    ['before anything', [] as string[]],
    ['within the text', [start, open, text('Half a sen')]],
    ['within an event', [start, open, text('Half'), text('a sentence').slice(0, 50)]],
    ['before the last event', [start, open, text('All of it'), close, end('end_turn')]],
    ['after nothing but pings', [ping, ping, ping]],
    ['with a last event but no reason to stop', [start, open, text('All of it'), close, end(null), stop]],
  ])('does not finish where the stream ends %s', async (_, pieces) => {
    answer = streams(...pieces);
    const { events, error } = await readAll(stream());
    expect(error).toBeNull();
    expect(events[0]?.type).toBe('accepted');
    expect(events.map(({ type }) => type)).not.toContain('finished');
  });

  it('has told what it read where a message breaks off after its start', async () => {
    answer = streams(start);
    const { events, error } = await readAll(stream());
    expect(error).toBeNull();
    expect(events.map(({ type }) => type)).toEqual(['accepted', 'usage']);
    expect(events[1]).toMatchObject({ usage: { input_tokens: 20, cached_input_tokens: 6, cache_write_tokens: 4 } });
  });

  it('fails with what was used so far where the stream breaks', async () => {
    let breakOff = () => {};
    answer = (response) => {
      breakOff = () => void response.destroy();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(start + open + text('Half'));
    };
    const read = async () => {
      for await (const event of stream()) if (event.type === 'content') breakOff();
    };
    await expect(read()).rejects.toMatchObject({
      failure: { code: 'connection', detail: expect.stringContaining(new URL(baseUrl).host) as string },
      refusal: { usage: usageAtStart },
    });
  });

  it.each([
    ['overloaded_error', 'overloaded'],
    ['api_error', 'server_error'],
    ['rate_limit_error', 'rate_limited'],
    ['invalid_request_error', 'invalid_request'],
  ])('fails for %s within the stream as %s, with what was used so far', async (type, code) => {
    answer = streams(start, open, text('Half'), sse({ type: 'error', error: { type, message: 'No more' } }));
    const { events, error } = await readAll(stream());
    expect(events.map((event) => event.type)).toEqual(['accepted', 'usage', 'content']);
    const { failure, refusal } = error as ProviderFailure;
    expect(failure).toMatchObject({ code, resets_at: null });
    expect(failure.detail).toContain('No more');
    expect(refusal).toMatchObject({
      status: null,
      providerCode: type,
      requestId: 'req_1',
      usage: usageAtStart,
    });
  });

  it('knows no usage where a stream fails before its message starts', async () => {
    answer = streams(sse({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }));
    expect((await failureOf(stream())).refusal.usage).toBeNull();
  });

  it('answers a 429 at once, with one request, and says when the limit resets', async () => {
    answer = refuses(429, 'rate_limit_error', 'Too fast', { 'retry-after': '90', 'x-should-retry': 'true' });
    const before = Date.now();
    const { failure, refusal } = await failureOf(stream());
    const after = Date.now();
    expect(received).toHaveLength(1);
    expect(failure.code).toBe('rate_limited');
    const resetsAt = Date.parse(failure.resets_at ?? '');
    expect(resetsAt).toBeGreaterThanOrEqual(before + 90_000);
    expect(resetsAt).toBeLessThanOrEqual(after + 90_000);
    expect(refusal).toMatchObject({ status: 429, requestId: 'req_1', usage: null });
  });

  it('asks once where the API is overloaded', async () => {
    answer = refuses(529, 'overloaded_error', 'Overloaded');
    expect((await failureOf(stream())).failure.code).toBe('overloaded');
    expect(received).toHaveLength(1);
  });

  it('classifies an answer that is a page', async () => {
    answer = (response) => void response.writeHead(502).end('<html><title>502 Bad Gateway</title></html>');
    const { failure } = await failureOf(stream());
    expect(failure).toMatchObject({ code: 'server_error', detail: '502 Bad Gateway (Anthropic, claude-test: 502)' });
  });

  it('takes a page with status 200 for no stream', async () => {
    answer = (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in</h1>');
    const { events, error } = await readAll(stream());
    expect(events).toEqual([]);
    expect((error as ProviderFailure).failure).toMatchObject({
      code: 'invalid_request',
      detail: expect.stringContaining('text/html instead of a stream') as string,
    });
  });

  it.each([
    ['a whole answer', 200, { 'content-type': 'application/json' }, 'application/json instead of a stream'],
    ['nothing', 204, {}, '204 instead of a stream'],
    ['text', 200, { 'content-type': 'text/plain' }, 'text/plain instead of a stream'],
    ['a redirect', 307, { location: 'https://me:hunter2@elsewhere.example/v1' }, 'elsewhere.example'],
  ])('asks to check the base URL where the answer is %s', async (_, status, headers, detail) => {
    answer = (response) => void response.writeHead(status, { ...headers }).end(status === 200 ? '{}' : '');
    const { failure } = await failureOf(stream());
    expect(failure.code).toBe('invalid_request');
    expect(failure.detail).toContain(detail);
    expect(failure.detail).toContain('check the base URL');
    expect(failure.detail).not.toContain('hunter2');
    expect(received).toHaveLength(1);
  });

  it('takes an event that is not JSON for a broken connection', async () => {
    answer = streams(start, 'event: content_block_delta\ndata: {"type":\n\n');
    const { failure, refusal } = await failureOf(stream());
    expect(failure).toMatchObject({
      code: 'connection',
      detail: expect.stringContaining('an event that is not JSON') as string,
    });
    expect(refusal).toMatchObject({ requestId: 'req_1', usage: { input_tokens: 20 } });
  });

  it('keeps characters whole whose bytes come in pieces', async () => {
    const bytes = Buffer.from(start + open + text('Größe: 3 €, 🙂') + close + end('end_turn') + stop);
    answer = streams(...Array.from(bytes, (byte) => Buffer.from([byte])));
    const { events } = await readAll(stream());
    expect(events).toContainEqual({ type: 'content', text: 'Größe: 3 €, 🙂' });
  });

  it('ignores kinds of events it does not know', async () => {
    answer = streams(start, sse({ type: 'mood_changed', mood: 'good' }), open, text('Hi'), end('end_turn'), stop);
    expect((await readAll(stream())).events.map(({ type }) => type)).toEqual([
      'accepted',
      'usage',
      'content',
      'finished',
    ]);
  });

  it('ends with its last event, however long the connection stays open', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(start + open + text('Hi') + close + end('end_turn') + stop);
    };
    expect((await readAll(stream())).events.at(-1)?.type).toBe('finished');
  });
});

describe('an abort', () => {
  /** Answers with the beginning of a stream, or with nothing at all; `closed` when the other side is gone. */
  function hangs(beginning: string | null): Promise<void> {
    return new Promise((closed) => {
      answer = (response, incoming) => {
        incoming.socket.once('close', () => closed());
        if (beginning === null) return;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(beginning);
      };
    });
  }

  it('within the text closes the connection', async () => {
    const closed = hangs(start + open + text('Hi'));
    const abort = new AbortController();
    const reason = new Error('cancelled');
    const seen: string[] = [];
    const read = async () => {
      for await (const event of stream({}, abort.signal)) {
        seen.push(event.type);
        if (event.type === 'content') abort.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
    await closed;
    expect(seen).toEqual(['accepted', 'usage', 'content']);
  });

  it('before the answer closes the connection', async () => {
    const closed = hangs(null);
    const abort = new AbortController();
    const reading = readAll(stream({}, abort.signal));
    while (received.length === 0) await new Promise(setImmediate);
    const reason = new Error('cancelled');
    abort.abort(reason);
    await closed;
    expect(await reading).toEqual({ events: [], error: reason });
  });

  it('before the call makes none', async () => {
    const { error } = await readAll(stream({}, AbortSignal.abort(new Error('cancelled'))));
    expect(error).toEqual(new Error('cancelled'));
    expect(received).toEqual([]);
  });

  it.each(['accepted', 'content'])(
    'is what a reader does who leaves at %s',
    async (type) => {
      const closed = hangs(start + open + text('Hi'));
      for await (const event of stream()) if (event.type === type) break;
      await closed;
    },
    // A connection that nobody closes is closed when its answer is collected as garbage: after eight seconds, as measured.
    4000,
  );
});

describe('a call that reaches nobody', () => {
  const call = (url: string, key = apiKey) =>
    failureOf(createAnthropicProvider({ apiKey: key, baseUrl: url }).stream(request, never()));

  it('names the host that refused it', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    await once(unused, 'listening');
    const { port } = unused.address() as AddressInfo;
    unused.close();
    await once(unused, 'close');
    const { failure } = await call(`http://127.0.0.1:${port}`);
    expect(failure).toEqual({
      code: 'connection',
      detail: `127.0.0.1:${port} refused the connection: nothing listens there (ECONNREFUSED)`,
      resets_at: null,
    });
  });

  it('names the host that broke off', async () => {
    answer = (response) => void response.destroy();
    const { failure } = await call(baseUrl);
    expect(failure.code).toBe('connection');
    expect(failure.detail).toContain(`the connection to ${new URL(baseUrl).host} was reset (ECONNRESET)`);
  });

  it('names a host that has no address', async () => {
    const { failure } = await call('http://no-such-host.invalid');
    expect(failure.code).toBe('connection');
    expect(failure.detail).toContain('no-such-host.invalid');
  });

  it('shows no credentials of its base URL', async () => {
    answer = (response) => void response.destroy();
    const { failure, message } = await call(baseUrl.replace('//', '//someone:hunter2@'));
    expect(failure.code).toBe('connection');
    expect(message).not.toContain('hunter2');
  });

  it.each(['', 'sk-ant-with-a-line\nbreak', 'sk-ant-mit-Größe'])('refuses the key %j without a call', async (key) => {
    const { failure } = await call(baseUrl, key);
    expect(failure.code).toBe('auth');
    expect(failure.detail).not.toContain('sk-ant');
    expect(received).toEqual([]);
  });
});
