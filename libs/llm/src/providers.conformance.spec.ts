import { LLMock } from '@copilotkit/aimock';
import type { FailureCode, GenerateRequest, Provider, ProviderEvent, Usage } from '@planwright/contracts';
import { parseTaskDrafts, ProviderFailure } from '@planwright/contracts';
import type { Answer, Fault, JournalEntry } from '@planwright/testing';
import { startQuotaDouble, waitFor } from '@planwright/testing';
import { createAnthropicProvider } from './anthropic/anthropic-provider.js';
import { createCompatibleProvider } from './compatible/compatible-provider.js';
import { createOpenAiProvider } from './openai/openai-provider.js';

/*
 * One suite for three APIs, each played by two doubles that nobody wrote together: the quota double, which knows limits
 * and every way to fail, and aimock, which others wrote. A case says what is played and what the provider must tell of
 * it. What a double cannot play is said in the case, and a test holds it to that.
 */

const APIS = ['responses', 'chat', 'messages'] as const;
type Api = (typeof APIS)[number];

interface Urls {
  openai: string;
  anthropic: string;
}

const providers: Record<Api, (urls: Urls) => Provider> = {
  responses: ({ openai }) => createOpenAiProvider({ apiKey: 'sk-test', baseUrl: openai }),
  chat: ({ openai }) => createCompatibleProvider({ apiKey: 'sk-test', baseUrl: openai }),
  messages: ({ anthropic }) => createAnthropicProvider({ apiKey: 'sk-ant-test', baseUrl: anthropic }),
};

/** What the provider is shown. */
interface Scene {
  text?: string;
  end?: 'stop' | 'length' | 'filtered';
  usage?: { input: number; output: number };
  /** An HTTP error instead. */
  error?: 'unauthorized' | 'rate_limit' | 'server_error' | 'overloaded' | 'context_length' | 'not_found' | 'billing';
  /** What only the quota double can do. */
  fault?: Fault;
  answer?: Answer;
}

interface Told {
  events: ProviderEvent[];
  text: string;
  finished: Extract<ProviderEvent, { type: 'finished' }> | null;
  failure: ProviderFailure | null;
}

interface Case {
  name: string;
  scene: Scene | ((api: Api) => Scene);
  request?: Partial<GenerateRequest>;
  /** The caller leaves when the double stands still. */
  leaves?: boolean;
  expected: (told: Told, api: Api, entry: JournalEntry | null) => void;
  /** Why aimock 1.43 cannot play it. */
  notOfferedByAimock?: string;
  apis?: readonly Api[];
}

interface Stage {
  urls: Urls;
  /** False where this double has no means for the scene. */
  play(api: Api, scene: Scene): boolean;
  /** Its newest call, where it keeps books of how calls ended. */
  entry(): JournalEntry | null;
  close(): Promise<void>;
}

async function stageOfQuotaDouble(): Promise<Stage> {
  const double = await startQuotaDouble();
  return {
    urls: double.urls,
    play(_, { text, error, end, fault, answer }) {
      const ended = end === 'length' || end === 'filtered' ? { kind: end, afterPieces: 1000 } : undefined;
      const failed = error && { kind: 'error' as const, error };
      const what = fault ?? failed ?? ended;
      double.answerWith({ ...(text !== undefined && { text }), ...answer, ...(what && { fault: what }) });
      return true;
    },
    entry: () => double.journal.at(-1) ?? null,
    close: () => double.close(),
  };
}

/** Its errors are what the scene says; the quota double's are of its own catalogue. */
const AIMOCK_ERRORS: Record<
  NonNullable<Scene['error']>,
  Record<Api, { status: number; type: string; code?: string }>
> = {
  unauthorized: errors(401, 'invalid_request_error', 'invalid_api_key', 401, 'authentication_error'),
  rate_limit: errors(429, 'tokens', 'rate_limit_exceeded', 429, 'rate_limit_error'),
  server_error: errors(500, 'server_error', undefined, 500, 'api_error'),
  overloaded: errors(503, 'service_unavailable_error', 'server_is_overloaded', 529, 'overloaded_error'),
  context_length: errors(400, 'invalid_request_error', 'context_length_exceeded', 413, 'request_too_large'),
  not_found: errors(404, 'invalid_request_error', 'model_not_found', 404, 'not_found_error'),
  billing: errors(429, 'insufficient_quota', 'insufficient_quota', 402, 'billing_error'),
};

function errors(status: number, type: string, code: string | undefined, ofMessages: number, typeOfMessages: string) {
  const openAi = { status, type, ...(code !== undefined && { code }) };
  return { responses: openAi, chat: openAi, messages: { status: ofMessages, type: typeOfMessages } };
}

async function stageOfAimock(): Promise<Stage> {
  const mock = new LLMock({ port: 0 });
  await mock.start();
  return {
    urls: { openai: `${mock.url}/v1`, anthropic: mock.url },
    play(api, { text = 'Some text.', error, end, usage, fault, answer }) {
      if ((fault && fault.kind !== 'cut') || answer || end === 'filtered') return false;
      mock.clearFixtures();
      if (error) {
        const { status, ...said } = AIMOCK_ERRORS[error][api];
        mock.onMessage(/./, { error: { message: 'As it was asked for.', ...said }, status });
        return true;
      }
      const tokens = usage && {
        ...(api === 'chat'
          ? { prompt_tokens: usage.input, completion_tokens: usage.output }
          : { input_tokens: usage.input, output_tokens: usage.output }),
      };
      const response = { content: text, ...(end && { finishReason: end }), ...(tokens && { usage: tokens }) };
      // Its chunks count events, of which some come before the text; without a pause the reset overtakes them all.
      const cut = fault?.kind === 'cut' ? { truncateAfterChunks: 7, latency: 10 } : {};
      mock.onMessage(/./, response, { chunkSize: 5, ...cut });
      return true;
    },
    entry: () => null,
    close: () => mock.stop(),
  };
}

const request: GenerateRequest = {
  prompt: { system: [{ text: 'You write plans.' }], user: [{ text: 'Idea: a shop. ' }, { text: 'Write goals.' }] },
  ...{ model: 'model-1', output: 'markdown', words: { min: 1, target: 50, max: 100 }, maxOutputTokens: 2000 },
  ...{ title: 'Goals', document: 'prd', sectionId: 'goals', repair: null, prefix: null },
};

const LONG_TEXT = `# Goals 🎯\n\n${'Sell more – to «people» who 買う. '.repeat(40)}\nThe end.`;

const tasks = JSON.stringify({
  tasks: [
    {
      ...{ ref: 'T-1', title: 'Build the shop', description: 'As specified.', acceptance_criteria: ['It sells.'] },
      ...{ type: 'feature', priority: 'high', estimate: 5, labels: [], dependencies: [], requirements: ['FR-1'] },
    },
  ],
});

const fails =
  (code: FailureCode) =>
  ({ failure, finished, text }: Told): void => {
    expect({ code: failure?.failure.code, finished, text }).toEqual({ code, finished: null, text: '' });
  };

/** Whatever it says, it does not say that the answer is whole; and what it says is that the connection broke. */
const isBroken = ({ failure, finished, events }: Told): void => {
  expect(finished).toBeNull();
  expect(events[0]?.type).toBe('accepted');
  expect([undefined, 'connection']).toContain(failure?.failure.code);
};

const left =
  (text: string) =>
  (told: Told, _: Api, entry: JournalEntry | null): void => {
    expect({ text: told.text, finished: told.finished, end: entry?.end }).toEqual({
      ...{ text, finished: null, end: 'client_closed' },
    });
  };

const NO_FAULTS = 'it ends a stream early by a reset only';
const NO_SILENCE = 'it slows down, and never falls silent';
const NO_LIMITS = 'it keeps no limits, and sends no headers of them with answers';

const CASES: readonly Case[] = [
  {
    name: 'text arrives in order and whole, after the word that the request was taken',
    scene: { text: LONG_TEXT },
    expected({ events, text, finished, failure }) {
      expect(failure).toBeNull();
      expect(text).toBe(LONG_TEXT);
      expect(events.filter(({ type }) => type === 'content').length).toBeGreaterThan(10);
      const others = events.map(({ type }) => type).filter((type) => type !== 'content' && type !== 'usage');
      expect(others).toEqual(['accepted', 'finished']);
      expect([events[0]?.type, events.at(-1)?.type]).toEqual(['accepted', 'finished']);
      expect(finished).toMatchObject({ finish: 'stop', model: 'model-1' });
    },
  },
  {
    name: 'what was used is told with the end',
    scene: { text: 'x'.repeat(80), usage: { input: 11, output: 20 } },
    expected({ finished }) {
      const used: Usage = {
        ...{ input_tokens: 11, output_tokens: 20, cached_input_tokens: 0, cache_write_tokens: 0, reasoning_tokens: 0 },
        estimated: false,
      };
      expect(finished?.usage).toEqual(used);
    },
  },
  {
    name: 'an answer cut off at its output limit ends as length',
    scene: { text: 'Half a', end: 'length' },
    expected: ({ finished, text }) => expect([finished?.finish, text]).toEqual(['length', 'Half a']),
  },
  {
    name: 'an answer the provider cut off for its content ends as filtered',
    scene: { text: 'Half a', end: 'filtered' },
    expected: ({ finished }) => expect(finished?.finish).toBe('filtered'),
    notOfferedByAimock: 'it ends such a response as failed, and passes the word on where Anthropic says refusal',
  },
  {
    name: 'a model that declines ends as filtered, and its words are no text',
    scene: { fault: { kind: 'refusal' } },
    expected(told, api) {
      expect(told.finished?.finish).toBe('filtered');
      if (api !== 'messages')
        expect(told).toMatchObject({ text: '', finished: { detail: expect.any(String) as string } });
    },
    notOfferedByAimock: 'it has no refusals',
  },
  { name: 'a key that is refused', scene: { error: 'unauthorized' }, expected: fails('auth') },
  { name: 'a rate limit', scene: { error: 'rate_limit' }, expected: fails('rate_limited') },
  { name: 'an error of the provider', scene: { error: 'server_error' }, expected: fails('server_error') },
  { name: 'an overloaded provider', scene: { error: 'overloaded' }, expected: fails('overloaded') },
  { name: 'a prompt that is too long', scene: { error: 'context_length' }, expected: fails('too_large') },
  { name: 'a model nobody knows', scene: { error: 'not_found' }, expected: fails('invalid_request') },
  { name: 'an account without credit', scene: { error: 'billing' }, expected: fails('billing') },
  {
    name: 'a request larger than the whole limit is too large, though it comes as a rate limit',
    scene: { fault: { kind: 'error', error: 'token_budget' } },
    apis: ['responses', 'chat'],
    expected: fails('too_large'),
    notOfferedByAimock: NO_LIMITS,
  },
  {
    name: 'a spend limit is billing, though it comes as a rate limit',
    scene: { fault: { kind: 'error', error: 'spend_limit' } },
    expected: fails('billing'),
    notOfferedByAimock: 'it has no details in its errors',
  },
  {
    name: 'a rate that grew too fast is told as that',
    scene: { fault: { kind: 'error', error: 'ramp' } },
    expected: (told) => {
      fails('rate_limited')(told);
      expect(told.failure?.refusal.isRamp).toBe(true);
    },
    notOfferedByAimock: NO_LIMITS,
  },
  {
    name: 'a stream that ends without its end mark is not finished',
    scene: { fault: { kind: 'truncate', afterPieces: 3 } },
    expected: isBroken,
    notOfferedByAimock: NO_FAULTS,
  },
  {
    name: 'a stream that is truncated after its last piece is not finished',
    scene: { fault: { kind: 'truncate', afterPieces: 1000 } },
    expected: isBroken,
    notOfferedByAimock: NO_FAULTS,
  },
  {
    name: 'what was read is told before the end, for calls that never reach it',
    scene: { fault: { kind: 'truncate', afterPieces: 3 } },
    apis: ['messages'],
    expected({ events }, _, entry) {
      const known = events.findLast((event) => event.type === 'usage');
      expect(known?.usage.input_tokens).toBe(entry?.facts?.inputTokens);
    },
    notOfferedByAimock: NO_FAULTS,
  },
  {
    name: 'a connection that is reset is not finished',
    scene: { text: LONG_TEXT, fault: { kind: 'cut', afterPieces: 3 } },
    expected(told) {
      isBroken(told);
      expect(told.failure?.failure.code).toBe('connection');
    },
  },
  {
    name: 'a connection that is reset before the headers is a broken connection',
    scene: { fault: { kind: 'cut_before_headers' } },
    expected: fails('connection'),
    notOfferedByAimock: NO_FAULTS,
  },
  {
    name: 'an error within the stream keeps its meaning, and what was written before',
    scene: { fault: { kind: 'error_event', afterPieces: 1, error: 'overloaded' } },
    expected({ failure, finished, text }) {
      expect(failure?.failure.code).toBe('overloaded');
      expect(finished).toBeNull();
      expect(text).not.toBe('');
    },
    notOfferedByAimock: NO_FAULTS,
  },
  {
    name: 'a response that failed within the stream is a failure',
    scene: { fault: { kind: 'error_event', afterPieces: 1, error: 'server_error', as: 'failed' } },
    apis: ['responses'],
    expected: ({ failure, finished }) => expect([failure?.failure.code, finished]).toEqual(['server_error', null]),
    notOfferedByAimock: NO_FAULTS,
  },
  {
    name: 'an event nobody can read is a failure, and no end',
    scene: { fault: { kind: 'garbage', afterPieces: 1 } },
    expected: ({ failure, finished }) => expect([failure?.failure.code, finished]).toEqual(['connection', null]),
    notOfferedByAimock: 'what it malforms is the whole answer',
  },
  ...(
    [
      ['before the headers', { kind: 'stall_before_headers' }, ''],
      ['before the first piece', { kind: 'stall', afterPieces: 0 }, ''],
      ['between pieces', { kind: 'stall', afterPieces: 1 }, 'Some'],
      ['but for signs of life', { kind: 'keep_alive', afterPieces: 1, everyMs: 1 }, 'Some'],
    ] as const
  ).map(([when, fault, text]): Case => ({
    name: `a caller who leaves a provider that is silent ${when} closes the connection at once`,
    scene: { text: 'Some text.', fault, answer: { tokensPerPiece: 1 } },
    leaves: true,
    expected: left(text),
    notOfferedByAimock: NO_SILENCE,
  })),
  {
    name: 'a list of tasks arrives as it was asked for',
    scene: { text: tasks },
    request: { output: 'tasks' },
    expected({ text, finished }) {
      expect(finished?.finish).toBe('stop');
      expect(parseTaskDrafts(text)).toMatchObject({ ok: true, tasks: [{ ref: 'T-1' }] });
    },
  },
  {
    name: 'the schema asked for is one the provider takes',
    scene: { answer: {} },
    request: { output: 'tasks' },
    expected({ text, failure }, _, entry) {
      expect(failure).toBeNull();
      expect(entry?.facts?.schema).toMatchObject({ type: 'object', required: ['tasks'] });
      expect(parseTaskDrafts(text)).toMatchObject({ ok: true });
    },
    notOfferedByAimock: 'it takes any schema',
  },
  {
    name: 'a list of tasks that is not JSON arrives as it is: nobody guesses it shut',
    scene: { fault: { kind: 'malformed_tasks' } },
    request: { output: 'tasks' },
    expected({ text, finished }, _, entry) {
      expect([finished?.finish, text]).toEqual(['stop', entry?.text]);
      expect(parseTaskDrafts(text)).toMatchObject({ ok: false });
    },
    notOfferedByAimock: 'this is the same to it as any other text',
  },
  {
    name: 'what the model thinks is no text, and is counted as output',
    scene: { text: 'x'.repeat(40), answer: { reasoningTokens: 30 } },
    expected({ text, finished }) {
      expect(text).toBe('x'.repeat(40));
      expect(finished?.usage).toMatchObject({ output_tokens: 40, reasoning_tokens: 30 });
    },
    notOfferedByAimock: 'it counts nothing of the kind',
  },
  {
    name: 'limits are told with the word that the request was taken',
    scene: { answer: {} },
    expected({ events }, api) {
      const [accepted] = events;
      if (accepted?.type !== 'accepted') throw new Error('not accepted');
      const resources = accepted.limits.map(({ resource }) => resource).sort();
      const own = api === 'messages' ? ['input_tokens', 'output_tokens'] : ['tokens'];
      expect(resources).toEqual(expect.arrayContaining([...own, 'requests']));
      expect(accepted.requestId).toBe('req_1');
    },
    notOfferedByAimock: NO_LIMITS,
  },
];

const doubles = { 'the quota double': stageOfQuotaDouble, aimock: stageOfAimock };

describe.each(APIS)('the provider for %s', (api) => {
  describe.each(Object.entries(doubles))('before %s', (double, open) => {
    let stage: Stage;
    beforeEach(async () => {
      stage = await open();
    });
    afterEach(() => stage.close());

    const cases = CASES.filter(({ apis = APIS }) => apis.includes(api));
    const isOffered = ({ notOfferedByAimock }: Case) => double !== 'aimock' || notOfferedByAimock === undefined;
    const sceneOf = ({ scene }: Case) => (typeof scene === 'function' ? scene(api) : scene);

    test.each(cases.filter(isOffered))('$name', async (each) => {
      expect(stage.play(api, sceneOf(each))).toBe(true);
      const told = await listen(stage, providers[api](stage.urls), { ...request, ...each.request }, each);
      if (each.leaves) await waitFor(() => stage.entry()?.endedAt, { what: 'the double to see that the caller left' });
      each.expected(told, api, stage.entry());
    });

    const missing = cases.filter((each) => !isOffered(each));
    if (missing.length > 0) {
      test.each(missing)('not offered: $name ($notOfferedByAimock)', (each) => {
        expect(stage.play(api, sceneOf(each))).toBe(false);
      });
    }
  });
});

async function listen(stage: Stage, provider: Provider, asked: GenerateRequest, { leaves }: Case): Promise<Told> {
  const told: Told = { events: [], text: '', finished: null, failure: null };
  const caller = new AbortController();
  const leaving = leaves ? leaveWhenSilent(stage, told, caller) : Promise.resolve();
  try {
    for await (const event of provider.stream(asked, caller.signal)) {
      told.events.push(event);
      if (event.type === 'content') told.text += event.text;
      if (event.type === 'finished') told.finished = event;
    }
  } catch (error) {
    if (error instanceof ProviderFailure) told.failure = error;
    else if (!caller.signal.aborted) throw error;
  }
  await leaving;
  return told;
}

/** When all that the double wrote has arrived. */
async function leaveWhenSilent(stage: Stage, told: Told, caller: AbortController): Promise<void> {
  await waitFor(
    () => {
      const entry = stage.entry();
      const fault = entry?.fault;
      const isStill =
        fault && entry.callId !== null && entry.text === (fault.kind.includes('headers') ? '' : told.text);
      return isStill && ('afterPieces' in fault && fault.afterPieces > 0 ? told.text !== '' : true);
    },
    { what: 'the double to be silent' },
  );
  caller.abort();
}

describe('limits of the quota double', () => {
  const cases: [Api | 'azure', string, number][] = [
    ['responses', 'tokens', 60_000],
    ['chat', 'tokens', 60_000],
    ['azure', 'tokens', 60_000],
    ['messages', 'output_tokens', 60_000],
  ];
  test.each(cases)('%s: a refusal names its limit, its reset and what is left', async (api, resource, limit) => {
    const limits = { [resource]: limit };
    // Its time stands still, so that nothing refills meanwhile.
    const now = Date.now();
    const double = await startQuotaDouble({
      now: () => now,
      openai: api === 'messages' ? {} : { limits },
      azure: api === 'messages' ? {} : { limits },
      anthropic: api === 'messages' ? { limits, remainingRoundedTo: 1 } : {},
    });
    try {
      const name = api === 'messages' ? 'anthropic' : api === 'azure' ? 'azure' : 'openai';
      const quota = double.quotas[name];
      const provider =
        api === 'azure'
          ? createCompatibleProvider({ apiKey: 'key', baseUrl: double.urls.azure, windowMs: 10_000 })
          : providers[api](double.urls);
      quota.consumeForeign(now, { [resource]: limit });
      const told: ProviderEvent[] = [];
      const asked = (async () => {
        for await (const event of provider.stream(request, new AbortController().signal)) told.push(event);
      })();
      const failure: unknown = await asked.then(
        () => null,
        (error: unknown) => error,
      );
      expect(told).toEqual([]);
      if (!(failure instanceof ProviderFailure)) throw new Error(`no refusal, but ${String(failure)}`);
      expect(failure.failure.code).toBe('rate_limited');
      expect(Date.parse(failure.failure.resets_at ?? '')).toBeGreaterThan(now);
      expect(double.journal).toMatchObject([{ end: 'refused', status: 429 }]);
      const seen = failure.refusal.limits.find((each) => each.resource === resource);
      expect(seen).toMatchObject({ limit, remaining: 0 });
    } finally {
      await double.close();
    }
  });

  test.each([
    ['responses', 2000],
    ['chat', 2000],
    ['azure', 12_000],
  ] as const)('%s: what no wait would let in is too large', async (api, limit) => {
    const limits = { limits: { tokens: limit } };
    const double = await startQuotaDouble({ openai: limits, azure: limits });
    try {
      const urls = api === 'azure' ? { ...double.urls, openai: double.urls.azure } : double.urls;
      const stream = providers[api === 'azure' ? 'chat' : api](urls).stream(request, new AbortController().signal);
      await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ failure: { code: 'too_large' } });
    } finally {
      await double.close();
    }
  });

  test('a prefix that siblings share is read from Anthropic’s cache once the first one has begun', async () => {
    const double = await startQuotaDouble();
    try {
      const shared = { text: 'All that the sections have in common. '.repeat(200) };
      const ask = async (own: string): Promise<Usage | null> => {
        const prompt = { system: [{ text: 'You write plans.' }], user: [shared, { text: own }] };
        const sibling = { ...request, prompt, prefix: { parts: 1, key: 'run-1' } };
        let used: Usage | null = null;
        for await (const event of providers.messages(double.urls).stream(sibling, new AbortController().signal)) {
          if (event.type === 'finished') used = event.usage;
        }
        return used;
      };
      const [first, second] = [await ask('Write the goals.'), await ask('Write the risks.')];
      const prefixTokens = Math.ceil(('You write plans.'.length + shared.text.length) / 4);
      expect(first).toMatchObject({ cached_input_tokens: 0, cache_write_tokens: prefixTokens });
      expect(second).toMatchObject({ cached_input_tokens: prefixTokens, cache_write_tokens: 0 });
      expect(second?.input_tokens).toBeGreaterThan(prefixTokens);
    } finally {
      await double.close();
    }
  });
});
