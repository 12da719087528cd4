import type { ServerResponse } from 'node:http';
import { waitFor } from '@planwright/testing';
import { openStream, sse, startScriptedServer } from '../../test/scripted-server.js';
import type { Dialect } from '../openai/over-http.contract.js';
import { callsOverHttp, EXAMPLE, gather } from '../openai/over-http.contract.js';
import { tasksSchema } from '../tasks-schema.js';
import { createCompatibleProvider } from './compatible-provider.js';

const chunk = (fields: object) =>
  sse({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'told-model', ...fields });
const choice = (delta: object, finish_reason: string | null = null) =>
  chunk({ choices: [{ index: 0, delta, finish_reason }] });
const usage = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const DONE = sse('[DONE]');

const completions: Dialect = {
  create: ({ origin, apiKey }) => createCompatibleProvider({ apiKey, baseUrl: `${origin}/v1` }),
  path: '/v1/chat/completions',
  begin: () => choice({ role: 'assistant', content: '', refusal: null }),
  text: (content) => choice({ content }),
  refusal: (refusal) => choice({ refusal }),
  end: (finish) => choice({}, finish) + chunk({ choices: [], usage }) + DONE,
  endWithoutUsage: () => choice({}, 'stop') + DONE,
  errorEvent: (code, message) => sse({ error: { code, message, type: null, param: null } }),
};

describe('the provider for compatible servers', () => {
  callsOverHttp(completions);
});

describe('the provider for compatible servers alone', () => {
  let server: Awaited<ReturnType<typeof startScriptedServer>>;
  const { signal } = new AbortController();
  beforeAll(async () => {
    server = await startScriptedServer();
  });
  afterAll(async () => server.stop());

  const answered = (script: (answer: ServerResponse) => void, options: { apiKey?: string; windowMs?: number } = {}) => {
    server.answerWith(script);
    const provider = createCompatibleProvider({ baseUrl: `${server.origin}/v1`, ...options });
    return gather(provider.stream(EXAMPLE, signal));
  };
  const streamed = (...events: string[]) =>
    answered((answer) => {
      openStream(answer);
      answer.end(events.join(''));
    });

  it('asks in the words that every server knows', async () => {
    await streamed(completions.end('stop'));
    expect(server.requests[0]?.body).toEqual({
      model: 'asked-model',
      messages: [
        { role: 'system', content: 'You write plans.' },
        { role: 'user', content: 'The idea. The goals.' },
      ],
      max_tokens: 500,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it.each(['gpt-5-mini', 'openai/o3'])('limits %s, which thinks, by the word that such models take', async (model) => {
    server.answerWith((answer) => {
      openStream(answer);
      answer.end(completions.end('stop'));
    });
    const provider = createCompatibleProvider({ baseUrl: `${server.origin}/v1/` });
    await gather(provider.stream({ ...EXAMPLE, model }, signal));
    expect(server.requests[0]?.body).toMatchObject({ max_completion_tokens: 500 });
    expect(server.requests[0]?.body).not.toHaveProperty('max_tokens');
  });

  it('sends the schema as the format of the answer, and no cache key', async () => {
    server.answerWith((answer) => {
      openStream(answer);
      answer.end(completions.end('stop'));
    });
    const provider = createCompatibleProvider({ baseUrl: `${server.origin}/v1/` });
    await gather(provider.stream({ ...EXAMPLE, output: 'tasks', prefix: { parts: 1, key: 'run-1' } }, signal));
    const [request] = server.requests;
    expect(request?.path).toBe('/v1/chat/completions');
    expect(request?.body.response_format).toEqual({
      type: 'json_schema',
      json_schema: { name: 'tasks', strict: true, schema: tasksSchema() },
    });
    expect(request?.body).not.toHaveProperty('prompt_cache_key');
  });

  it('sends no key where it has none, whatever the environment holds for OpenAI', async () => {
    const names = ['OPENAI_API_KEY', 'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID', 'OPENAI_CUSTOM_HEADERS', 'OPENAI_BASE_URL'];
    const before = names.map((name) => [name, process.env[name]] as const);
    for (const name of names) process.env[name] = 'for-openai-alone';
    process.env.OPENAI_CUSTOM_HEADERS = 'Authorization: Bearer for-openai-alone\nX-Team: for-openai-alone';
    try {
      await streamed(completions.end('stop'));
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    expect(JSON.stringify(server.requests[0])).not.toContain('for-openai-alone');
  });

  it('scales limits of a shorter window to a minute', async () => {
    const headers = { 'x-ratelimit-limit-requests': '20', 'x-ratelimit-remaining-requests': '19' };
    const script = (answer: ServerResponse) => {
      openStream(answer, headers);
      answer.end(completions.end('stop'));
    };
    const { events } = await answered(script, { windowMs: 10_000 });
    expect(events[0]).toMatchObject({ limits: [{ resource: 'requests', limit: 120, remaining: 114 }] });
  });

  it('waits for the usage behind the end', async () => {
    let write: (text: string) => void = () => undefined;
    server.answerWith((answer) => {
      openStream(answer);
      answer.write(completions.text('Hello') + choice({}, 'stop'));
      write = (text) => void answer.write(text);
    });
    const events = createCompatibleProvider({ baseUrl: `${server.origin}/v1` })
      .stream(EXAMPLE, signal)
      [Symbol.asyncIterator]();
    await events.next();
    await events.next();
    let isDone = false;
    const last = events.next().finally(() => (isDone = true));
    await waitFor(() => server.requests.length === 1, { what: 'the request' });
    expect(isDone).toBe(false);
    // The server keeps the connection open behind it.
    write(chunk({ choices: [], usage }) + DONE);
    expect((await last).value).toMatchObject({ type: 'finished', usage: { output_tokens: 7 } });
  });

  it('is over with the reason to end, though the connection breaks before the usage', async () => {
    const { end, error } = await answered((answer) => {
      openStream(answer);
      answer.write(completions.text('Hello') + choice({}, 'stop'), () => answer.socket?.destroy());
    });
    expect(error).toBeUndefined();
    expect(end).toMatchObject({ finish: 'stop', usage: null });
  });

  it('is not over with [DONE] alone', async () => {
    const { text, end, error } = await streamed(completions.text('Half a'), DONE);
    expect({ text, end, error }).toEqual({ text: 'Half a', end: undefined, error: undefined });
  });

  it('takes the last of usages that come with every chunk', async () => {
    const counted = (completion_tokens: number, finish: string | null = null) =>
      chunk({
        choices: [{ index: 0, delta: { content: 'x' }, finish_reason: finish }],
        usage: { prompt_tokens: 5, completion_tokens, total_tokens: 5 + completion_tokens },
      });
    const { end } = await streamed(counted(1), counted(2), counted(3, 'stop'));
    expect(end).toMatchObject({ usage: { input_tokens: 5, output_tokens: 3 } });
  });

  it('counts what the model thought where only the total has it', async () => {
    const gemini = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 130 };
    const { end } = await streamed(choice({ content: 'x' }, 'stop'), chunk({ choices: [], usage: gemini }));
    expect(end).toMatchObject({ usage: { input_tokens: 10, output_tokens: 120 } });
  });

  it('leaves out what the model thinks, and chunks without choices', async () => {
    const { text } = await streamed(
      chunk({ choices: [], prompt_filter_results: [] }),
      chunk({}),
      choice({ reasoning_content: 'Let me think.', content: null }),
      choice({ reasoning: 'Some more.' }),
      completions.text('Goals'),
      completions.end('stop'),
    );
    expect(text).toBe('Goals');
  });

  it.each([
    ['eos', 'stop'],
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'filtered'],
  ])('knows %s as %s', async (reason, finish) => {
    expect((await streamed(choice({ content: 'x' }, reason))).end).toMatchObject({ finish });
  });

  it.each([
    ['insufficient_system_resource', 'overloaded'],
    ['tool_calls', 'malformed'],
    ['abort', 'server_error'],
    ['error', 'server_error'],
  ])('has a failure for an end because of %s', async (reason, code) => {
    const { end, error } = await streamed(choice({ content: 'x' }, reason), chunk({ choices: [], usage }));
    expect(end).toBeUndefined();
    expect(error).toMatchObject({ failure: { code }, refusal: { usage: { input_tokens: 11 } } });
    expect((error as Error).message).toContain(reason);
  });

  it.each([
    [{ code: 502, message: 'Upstream error' }, 'server_error'],
    [{ code: 429, message: 'Rate limited upstream' }, 'rate_limited'],
    [{ code: 400, type: 'BadRequestError', message: 'max_tokens must be at least 1' }, 'invalid_request'],
    ['the model runner has unexpectedly stopped', 'server_error'],
  ])('classifies an error within the stream by its number: %#', async (error, code) => {
    const result = await streamed(completions.text('Half a'), sse({ error }));
    expect(result.error).toMatchObject({ failure: { code }, refusal: { status: null } });
  });
});
