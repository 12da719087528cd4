import type { Provider } from '@planwright/contracts';
import { openStream, sse, startScriptedServer } from '../../test/scripted-server.js';
import { tasksSchema } from '../tasks-schema.js';
import { createOpenAiProvider } from './openai-provider.js';
import type { Dialect } from './over-http.contract.js';
import { callsOverHttp, EXAMPLE, gather } from './over-http.contract.js';

let number = 0;
/** An event as OpenAI writes it: the type in both places, and numbered. */
const event = (type: string, fields: object) => sse({ type, sequence_number: number++, ...fields }, type);

const response = (fields: object) => ({ id: 'resp_1', object: 'response', model: 'told-model', ...fields });

const usage = {
  input_tokens: 11,
  input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 18,
};

const part = { item_id: 'msg_1', output_index: 0, content_index: 0 };

const responses: Dialect = {
  create: ({ origin, apiKey }) => createOpenAiProvider({ apiKey, baseUrl: `${origin}/v1` }),
  path: '/v1/responses',
  begin: () =>
    event('response.created', { response: response({ status: 'in_progress', usage: null }) }) +
    event('response.output_item.added', { output_index: 0, item: { id: 'msg_1', type: 'message', content: [] } }),
  text: (delta) => event('response.output_text.delta', { ...part, delta, logprobs: [] }),
  refusal: (delta) => event('response.refusal.delta', { ...part, delta }),
  end: (finish) =>
    finish === 'stop'
      ? event('response.completed', { response: response({ status: 'completed', incomplete_details: null, usage }) })
      : event('response.incomplete', {
          response: response({
            status: 'incomplete',
            incomplete_details: { reason: finish === 'length' ? 'max_output_tokens' : 'content_filter' },
            usage,
          }),
        }),
  endWithoutUsage: () => event('response.completed', { response: response({ status: 'completed', usage: null }) }),
  errorEvent: (code, message) => event('error', { code, message, param: null }),
};

describe('the OpenAI provider', () => {
  callsOverHttp(responses);
});

describe('the OpenAI provider alone', () => {
  let server: Awaited<ReturnType<typeof startScriptedServer>>;
  let provider: Provider;
  const { signal } = new AbortController();
  beforeAll(async () => {
    server = await startScriptedServer();
    provider = createOpenAiProvider({ apiKey: 'sk-test', baseUrl: `${server.origin}/v1`, name: 'team-openai' });
  });
  afterAll(async () => server.stop());

  const streamed = (text: string, request = EXAMPLE) => {
    server.answerWith((answer) => {
      openStream(answer, { 'x-request-id': 'req_9' });
      answer.end(text);
    });
    return gather(provider.stream(request, signal));
  };

  it('has the name it was given', () => {
    expect(provider.name).toBe('team-openai');
    expect(createOpenAiProvider({ apiKey: 'k' }).name).toBe('openai');
  });

  it('asks for a text that nobody keeps', async () => {
    await streamed(responses.end('stop'));
    expect(server.requests[0]?.body).toEqual({
      model: 'asked-model',
      instructions: 'You write plans.',
      input: [{ role: 'user', content: 'The idea. The goals.' }],
      max_output_tokens: 500,
      stream: true,
      store: false,
    });
  });

  it('names the prefix that a prompt shares, and the schema of a task list', async () => {
    await streamed(responses.end('stop'), { ...EXAMPLE, output: 'tasks', prefix: { parts: 1, key: 'run-1' } });
    expect(server.requests[0]?.body).toMatchObject({
      prompt_cache_key: 'run-1',
      text: { format: { type: 'json_schema', name: 'tasks', strict: true, schema: tasksSchema() } },
    });
  });

  it('tells a repair what was wrong', async () => {
    await streamed(responses.end('stop'), { ...EXAMPLE, repair: { code: 'malformed', detail: 'not JSON' } });
    expect(server.requests[0]?.body.input[0].content).toContain('(malformed): not JSON.');
    expect(server.requests[0]?.body.instructions).toBe('You write plans.');
  });

  it('prefers the whole refusal to its pieces', async () => {
    const done = event('response.refusal.done', { ...part, refusal: 'No, sorry.' });
    const { end } = await streamed(responses.begin() + responses.refusal('No') + done + responses.end('stop'));
    expect(end).toMatchObject({ finish: 'filtered', detail: 'No, sorry.' });
  });

  it('leaves out what the model thinks, and what it says about its work', async () => {
    const aside = { id: 'msg_0', type: 'message', phase: 'commentary', content: [] };
    const { text } = await streamed(
      event('response.reasoning_summary_text.delta', { ...part, delta: 'Let me think.' }) +
        event('response.output_item.added', { output_index: 3, item: aside }) +
        event('response.output_text.delta', { ...part, output_index: 3, delta: 'I begin now.' }) +
        responses.begin() +
        responses.text('Goals') +
        event('response.something_new', {}) +
        responses.end('stop'),
    );
    expect(text).toBe('Goals');
  });

  it('takes an end for another reason than a limit of ours as cut off, too', async () => {
    const cut = response({ status: 'incomplete', incomplete_details: { reason: 'steered' }, usage });
    const { end } = await streamed(event('response.incomplete', { response: cut }));
    expect(end).toMatchObject({ finish: 'length', detail: 'steered' });
  });

  it.each([
    ['rate_limit_exceeded', 'Rate limit reached. Please try again in 2s.', 'rate_limited'],
    ['server_error', 'An error occurred while processing your request.', 'server_error'],
    ['bio_policy', 'This request was declined.', 'content_filtered'],
    ['invalid_prompt', 'Your prompt was flagged as potentially violating our usage policy.', 'content_filtered'],
  ])('classifies a response that failed with %s, and keeps its usage', async (code, message, expected) => {
    const failed = response({ status: 'failed', error: { code, message }, usage });
    const { error } = await streamed(responses.begin() + event('response.failed', { response: failed }));
    expect(error).toMatchObject({
      failure: { code: expected, detail: expect.stringContaining('(request req_9)') },
      refusal: { status: null, providerCode: code, requestId: 'req_9', usage: { input_tokens: 11, output_tokens: 7 } },
    });
  });

  it('has a failure for a response that failed without a word', async () => {
    const failed = response({ status: 'failed', error: null, usage: null });
    const { error } = await streamed(event('response.failed', { response: failed }));
    expect(error).toMatchObject({ failure: { code: 'server_error' } });
  });

  it('reads an error that is wrapped', async () => {
    const error = { type: 'insufficient_quota', code: 'credit_balance_exhausted', message: 'No credit is left.' };
    expect((await streamed(event('error', { error }))).error).toMatchObject({
      failure: { code: 'billing' },
      refusal: { providerCode: 'credit_balance_exhausted' },
    });
  });

  it('reads an error without a name before it', async () => {
    const error = { type: 'error', code: 'rate_limit_exceeded', message: 'Slower.', param: null, sequence_number: 1 };
    expect((await streamed(sse(error))).error).toMatchObject({ failure: { code: 'rate_limited' } });
  });
});
