import type { GenerateRequest, Provider, ProviderEvent } from '@planwright/contracts';
import { ProviderFailure } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import { openStream, startScriptedServer } from '../../test/scripted-server.js';

/** How one of OpenAI's protocols looks on the wire: each gives the text of server-sent events. */
export interface Dialect {
  create(server: { origin: string; apiKey: string }): Provider;
  path: string;
  begin(): string;
  text(text: string): string;
  /** What comes at the end of a text, usage included: 11 in, 4 of them cached, 7 out, 2 of them thought. */
  end(finish: 'stop' | 'length' | 'content_filter'): string;
  endWithoutUsage(): string;
  refusal(text: string): string;
  errorEvent(code: string, message: string): string;
}

export const EXAMPLE: GenerateRequest = {
  prompt: { system: [{ text: 'You write plans.' }], user: [{ text: 'The idea.' }, { text: ' The goals.' }] },
  model: 'asked-model',
  output: 'markdown',
  words: { min: 50, target: 100, max: 200 },
  maxOutputTokens: 500,
  title: 'Goals',
  document: 'prd',
  sectionId: 'goals',
  repair: null,
  prefix: null,
};

const KEY = 'sk-test-0123456789abcdef';

/** Everything a provider says, and what it throws in the end. */
export async function gather(
  stream: AsyncIterable<ProviderEvent>,
): Promise<{ events: ProviderEvent[]; text: string; end: ProviderEvent | undefined; error: unknown }> {
  const events: ProviderEvent[] = [];
  let error: unknown;
  try {
    for await (const event of stream) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  const text = events.map((event) => (event.type === 'content' ? event.text : '')).join('');
  return { events, text, end: events.find((event) => event.type === 'finished'), error };
}

/** What every provider over one of these protocols does; called by the spec of each. */
export function callsOverHttp(dialect: Dialect): void {
  let server: Awaited<ReturnType<typeof startScriptedServer>>;
  let provider: Provider;
  let signal: AbortSignal;
  beforeAll(async () => {
    server = await startScriptedServer();
    provider = dialect.create({ origin: server.origin, apiKey: KEY });
  });
  beforeEach(() => {
    signal = new AbortController().signal;
  });
  afterAll(async () => server.stop());

  /** The server streams these and ends properly; what does the provider make of it? */
  const streamed = (...pieces: (string | Buffer)[]) => {
    server.answerWith(async (answer) => {
      openStream(answer);
      for (const piece of pieces) {
        await new Promise((resolve) => answer.write(piece, resolve));
        await new Promise(setImmediate);
      }
      answer.end();
    });
    return gather(provider.stream(EXAMPLE, signal));
  };
  const answered = (status: number, body: string, headers: Record<string, string> = {}) => {
    server.answerWith((answer) => {
      answer.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    });
    return gather(provider.stream(EXAMPLE, signal));
  };
  const failureOf = ({ error }: { error: unknown }): ProviderFailure => {
    expect(error).toBeInstanceOf(ProviderFailure);
    return error as ProviderFailure;
  };

  it('gives the text as it comes, and the usage with the end', async () => {
    const { events, text, end, error } = await streamed(
      dialect.begin(),
      dialect.text('Hello'),
      dialect.text(', world.'),
      dialect.end('stop'),
    );
    expect(error).toBeUndefined();
    expect(events.map((event) => event.type)).toEqual(['accepted', 'content', 'content', 'finished']);
    expect(text).toBe('Hello, world.');
    expect(end).toMatchObject({
      finish: 'stop',
      model: 'told-model',
      usage: {
        input_tokens: 11,
        output_tokens: 7,
        cached_input_tokens: 4,
        cache_write_tokens: 0,
        reasoning_tokens: 2,
        estimated: false,
      },
    });
  });

  it('asks once, with the key, and sends nothing that nobody asked for', async () => {
    await streamed(dialect.begin(), dialect.text('Hello'), dialect.end('stop'));
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: dialect.path });
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(Object.keys(request?.headers ?? {}).filter((name) => /stainless|openai|idempotency/.test(name))).toEqual([]);
    expect(request?.body).toMatchObject({ model: 'asked-model', stream: true });
  });

  it('says that it was accepted, with the limits, before the first word', async () => {
    let write: (text: string) => void = () => undefined;
    server.answerWith((answer) => {
      openStream(answer, {
        'x-request-id': 'req_1',
        'x-ratelimit-limit-requests': '500',
        'x-ratelimit-remaining-requests': '499',
        'x-ratelimit-reset-requests': '120ms',
        'x-ratelimit-limit-tokens': '30000',
        'x-ratelimit-remaining-tokens': '29000',
        'x-ratelimit-reset-tokens': '2s',
      });
      write = (text) => void answer.end(text);
    });
    const events = provider.stream(EXAMPLE, signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({
      type: 'accepted',
      requestId: 'req_1',
      limits: [
        { resource: 'requests', limit: 500, remaining: 499, resetsInMs: 120 },
        { resource: 'tokens', limit: 30_000, remaining: 29_000, resetsInMs: 2000 },
      ],
    });
    write(dialect.begin() + dialect.text('Hello') + dialect.end('stop'));
    expect((await events.next()).value).toEqual({ type: 'content', text: 'Hello' });
    await events.return?.();
  });

  it.each([
    ['length', 'length'],
    ['content_filter', 'filtered'],
  ] as const)('tells an end because of %s', async (reason, finish) => {
    const { text, end } = await streamed(dialect.begin(), dialect.text('Half a'), dialect.end(reason));
    expect(text).toBe('Half a');
    expect(end).toMatchObject({ finish, usage: { output_tokens: 7 } });
  });

  it('tells a refusal as filtered, with its words, and not as text', async () => {
    const { text, end } = await streamed(
      dialect.begin(),
      dialect.refusal("I can't help"),
      dialect.refusal(' with that.'),
      dialect.end('stop'),
    );
    expect(text).toBe('');
    expect(end).toMatchObject({ finish: 'filtered', detail: "I can't help with that." });
  });

  it('has no usage where none is told', async () => {
    const { end } = await streamed(dialect.begin(), dialect.text('Hello'), dialect.endWithoutUsage());
    expect(end).toMatchObject({ finish: 'stop', usage: null });
  });

  it('ends without an end mark where the server just stops', async () => {
    const { text, end, error } = await streamed(dialect.begin(), dialect.text('Half a'));
    expect({ text, end, error }).toEqual({ text: 'Half a', end: undefined, error: undefined });
  });

  it('takes half an event at the end for a broken connection', async () => {
    const half = dialect.text('Second').slice(0, -12);
    const failure = failureOf(await streamed(dialect.begin(), dialect.text('First'), half));
    expect(failure.failure.code).toBe('connection');
  });

  it('takes a reset in the middle for a broken connection, and keeps what came', async () => {
    server.answerWith(async (answer) => {
      openStream(answer, { 'x-request-id': 'req_2' });
      await new Promise((resolve) => answer.write(dialect.begin() + dialect.text('Half a'), resolve));
      await waitFor(() => seen > 0, { what: 'the text to arrive' });
      answer.socket?.resetAndDestroy();
    });
    let seen = 0;
    const { text, error } = await gather(
      (async function* () {
        for await (const event of provider.stream(EXAMPLE, signal)) {
          if (event.type === 'content') seen++;
          yield event;
        }
      })(),
    );
    expect(text).toBe('Half a');
    const { failure, refusal } = failureOf({ error });
    expect(failure.code).toBe('connection');
    expect(failure.detail).toContain(server.host);
    expect(refusal.requestId).toBe('req_2');
  });

  it('reads letters whose bytes come in pieces', async () => {
    const bytes = Buffer.from(dialect.begin() + dialect.text('Zürich → 東京 🎉') + dialect.end('stop'));
    const pieces = Array.from({ length: Math.ceil(bytes.length / 5) }, (_, at) => bytes.subarray(at * 5, at * 5 + 5));
    expect(await streamed(...pieces)).toMatchObject({ text: 'Zürich → 東京 🎉', end: { finish: 'stop' } });
  });

  it('passes over comments that keep the connection alive', async () => {
    const { events } = await streamed(
      ': ping\n\n',
      dialect.begin(),
      ': ping\n\n',
      dialect.text('Hello'),
      ':\n\n',
      dialect.end('stop'),
    );
    expect(events.map((event) => event.type)).toEqual(['accepted', 'content', 'finished']);
  });

  it('classifies an error within the stream, and keeps what came', async () => {
    const { text, end, error } = await streamed(
      dialect.begin(),
      dialect.text('Half a'),
      dialect.errorEvent('server_is_overloaded', 'Our servers are currently overloaded. Please try again later.'),
    );
    expect({ text, end }).toEqual({ text: 'Half a', end: undefined });
    const { failure, refusal } = failureOf({ error });
    expect(failure).toMatchObject({ code: 'overloaded', resets_at: null });
    expect(refusal).toMatchObject({ status: null, providerCode: 'server_is_overloaded' });
  });

  it('answers at once where it is told to wait 90 seconds, and asks only once', async () => {
    const body = { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } };
    const before = Date.now();
    const { events, error } = await answered(429, JSON.stringify(body), {
      'retry-after': '90',
      'x-should-retry': 'true',
      'x-request-id': 'req_3',
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '0',
    });
    const after = Date.now();
    expect(events).toEqual([]);
    const { failure, refusal } = failureOf({ error });
    expect(failure.code).toBe('rate_limited');
    expect(Date.parse(failure.resets_at ?? '')).toBeGreaterThanOrEqual(before + 90_000);
    expect(Date.parse(failure.resets_at ?? '')).toBeLessThanOrEqual(after + 90_000);
    expect(failure.detail).toContain('(request req_3)');
    expect(refusal).toMatchObject({
      status: 429,
      providerCode: 'rate_limit_exceeded',
      requestId: 'req_3',
      limits: [{ resource: 'requests', limit: 60, remaining: 0 }],
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each([408, 409, 500, 503])('asks only once where the answer is %d', async (status) => {
    failureOf(await answered(status, '{}', { 'x-should-retry': 'true' }));
    expect(server.requests).toHaveLength(1);
  });

  it('closes the connection at once when it is stopped', async () => {
    server.answerWith((answer) => {
      openStream(answer);
      answer.write(dialect.begin() + dialect.text('Hello'));
    });
    const stop = new AbortController();
    const events = provider.stream(EXAMPLE, stop.signal)[Symbol.asyncIterator]();
    await events.next();
    expect((await events.next()).value).toEqual({ type: 'content', text: 'Hello' });
    const next = events.next().catch((error: unknown) => error);
    stop.abort(new Error('enough'));
    await waitFor(() => server.requests[0]?.wasCut, { what: 'the server to see the end' });
    expect(JSON.stringify(await next)).not.toContain('finished');
  });

  it('closes the connection when it is stopped before the headers', async () => {
    server.answerWith(() => undefined);
    const stop = new AbortController();
    const call = gather(provider.stream(EXAMPLE, stop.signal));
    await waitFor(() => server.requests.length > 0, { what: 'the request' });
    stop.abort(new Error('enough'));
    await waitFor(() => server.requests[0]?.wasCut, { what: 'the server to see the end' });
    expect((await call).error).toEqual(new Error('enough'));
  });

  it('closes the connection when its reader leaves before the first word', async () => {
    server.answerWith((answer) => openStream(answer));
    for await (const event of provider.stream(EXAMPLE, signal)) {
      expect(event.type).toBe('accepted');
      break;
    }
    await waitFor(() => server.requests[0]?.wasCut, { what: 'the server to see the end' });
  });

  it('does not call at all when it is stopped already', async () => {
    server.answerWith((answer) => void answer.end());
    const { error } = await gather(provider.stream(EXAMPLE, AbortSignal.abort(new Error('enough'))));
    expect(error).toEqual(new Error('enough'));
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['a page with status 200', 200, { 'content-type': 'text/html' }, '<!doctype html><title>Welcome</title>'],
    ['a page that is not there', 404, { 'content-type': 'text/html' }, '<html><title>404 Not Found</title></html>'],
    ['a path nobody knows', 404, { 'content-type': 'text/plain' }, '404 page not found'],
    ['a redirect', 308, { location: 'https://elsewhere.example/v1' }, ''],
  ])('asks to check the base URL where the answer is %s', async (_, status, headers, body) => {
    const { failure } = failureOf(await answered(status, body, headers));
    expect(failure.code).toBe('invalid_request');
    expect(failure.detail).toContain(`Check the base URL of ${server.host}`);
    expect(server.requests).toHaveLength(1);
  });

  it('does not take a whole answer for a stream', async () => {
    const { failure } = failureOf(await answered(200, '{"id":"1","choices":[],"output":[]}'));
    expect(failure.code).toBe('invalid_request');
    expect(failure.detail).toContain('no stream of events');
  });

  it('classifies an error that comes with status 200', async () => {
    const { failure } = failureOf(await answered(200, '{"error":{"message":"Slow.","code":"slow_down"}}'));
    expect(failure.code).toBe('rate_limited');
  });

  it('reads events whatever they are called', async () => {
    const events = dialect.begin() + dialect.text('Hello') + dialect.end('stop');
    expect(await answered(200, events)).toMatchObject({ text: 'Hello', end: { finish: 'stop' } });
  });

  it('reads no more of an error than fits into one', async () => {
    server.answerWith((answer) => {
      answer.writeHead(500, { 'content-type': 'text/plain' });
      answer.write('x'.repeat(200_000));
      // It does not end, and is not waited for.
    });
    const { failure } = failureOf(await gather(provider.stream(EXAMPLE, signal)));
    expect(failure).toMatchObject({ code: 'server_error' });
    expect(failure.detail.length).toBeLessThan(1200);
    await waitFor(() => server.requests[0]?.wasCut, { what: 'the server to see the end' });
  });

  it('masks the key where the provider repeats it', async () => {
    const body = { error: { message: `Incorrect API key provided: ${KEY}. Look at https://a.example.` } };
    const failure = failureOf(await answered(401, JSON.stringify(body)));
    expect(failure.failure.code).toBe('auth');
    expect(failure.failure.detail).toContain('Incorrect API key provided: [key]');
    expect(JSON.stringify(failure) + failure.message + String(failure.stack)).not.toContain('0123456789');
  });

  it('names the host that refuses a connection, and no more of its address', async () => {
    const other = await startScriptedServer();
    await other.stop();
    const gone = dialect.create({ origin: `http://user:secret@${other.host}`, apiKey: KEY });
    const { failure } = failureOf(await gather(gone.stream(EXAMPLE, signal)));
    expect(failure.code).toBe('connection');
    expect(failure.detail).toBe(`${other.host} refused the connection: nothing listens there (ECONNREFUSED)`);
  });

  it('tells a server that speaks no TLS', async () => {
    const secure = dialect.create({ origin: server.origin.replace('http:', 'https:'), apiKey: KEY });
    const { failure } = failureOf(await gather(secure.stream(EXAMPLE, signal)));
    expect(failure.code).toBe('connection');
    expect(failure.detail).toContain('no secure connection');
  });

  it('does not put a key into an error that no header can carry', async () => {
    const broken = dialect.create({ origin: server.origin, apiKey: 'sk-topsecret\nvalue' });
    const failure = failureOf(await gather(broken.stream(EXAMPLE, signal)));
    expect(failure.failure.code).toBe('auth');
    expect(failure.message + String(failure.stack)).not.toContain('topsecret');
  });

  it('sends the schema of a task list where one is asked for', async () => {
    server.answerWith((answer) => {
      openStream(answer);
      answer.end(dialect.begin() + dialect.text('{}') + dialect.end('stop'));
    });
    await gather(provider.stream({ ...EXAMPLE, output: 'tasks' }, signal));
    const sent = JSON.stringify(server.requests[0]?.body);
    expect(sent).toContain('"json_schema"');
    expect(sent).toContain('"strict":true');
    expect(sent).toContain('acceptance_criteria');
  });
}
