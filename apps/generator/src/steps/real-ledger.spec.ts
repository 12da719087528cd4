import type { AnyMessage, ProviderCall } from '@planwright/contracts';
import type { Answer, JournalEntry, QuotaCall, QuotaDouble } from '@planwright/testing';
import { startQuotaDouble, waitFor } from '@planwright/testing';
import type { Api } from '../../test/double-generator.js';
import { APIS, commandFor, doubleGenerator, expectNothingOpen } from '../../test/double-generator.js';

/** How a call ends: by itself, or in the middle of its text. */
const ENDS = ['finished', 'truncated', 'cancelled in a pause', 'cancelled while it writes', 'cut', 'ended'] as const;
type End = (typeof ENDS)[number];
const PLAN: readonly End[] = ['finished', 'finished', 'finished', 'finished', 'finished', ...ENDS];
const CALLS = 231;
const AT_A_TIME = 12;

/** How call number `n` is answered. */
function answerOf(n: number, end: End): Answer {
  const outputTokens = 200 + ((n * 37) % 200);
  const afterPieces = 20 + (n % 20);
  const answers: Record<End, Answer> = {
    finished: { reasoningTokens: n % 3 === 0 ? 25 + n : 0, outputTokens },
    truncated: { fault: { kind: 'length', afterPieces } },
    'cancelled in a pause': { fault: { kind: 'stall', afterPieces } },
    'cancelled while it writes': { outputTokens: 4_000, pieceMs: 2 },
    cut: { fault: { kind: 'cut', afterPieces } },
    ended: { fault: { kind: 'truncate', afterPieces } },
  };
  return { outputTokens, ...answers[end] };
}

/** One call as we tell it and as the provider knows it. */
interface Pair {
  api: Api;
  end: End;
  ours: ProviderCall;
  theirs: QuotaCall;
}

async function makeCalls(double: QuotaDouble): Promise<Pair[]> {
  const made = doubleGenerator(double);
  double.answerWith(({ prompt }) => {
    const [, number, end] = /call (\d+): ([a-z ]+)\./.exec(prompt) ?? [];
    return answerOf(Number(number), end as End);
  });
  // What a quarter of the prompts share is long enough to be kept by every provider.
  const shared = { text: 'A shared beginning. '.repeat(300), data: 'shared' };
  const makeCall = async (n: number): Promise<Pair> => {
    const api = APIS[n % APIS.length] as Api;
    const end = PLAN[Math.floor(n / APIS.length) % PLAN.length] as End;
    const own = { text: `call ${n}: ${end}. ${'x'.repeat(400 + ((n * 101) % 3_000))}`, data: 'idea' };
    const isShared = n % 4 === 0;
    const message = commandFor(api, {
      max_output_tokens: 5_000,
      prompt: { system: [{ text: 'Write.' }], user: isShared ? [shared, own] : [own] },
      prefix: isShared ? { parts: 1, key: 'run-1' } : null,
    });
    const done = made.write(message);
    if (end.startsWith('cancelled')) {
      const minimum = end === 'cancelled in a pause' ? (20 + (n % 20)) * 16 : 1_000;
      await waitFor(async () => (await made.shown(message.payload.run_id)).text.length >= minimum, {
        what: `the text of call ${n}`,
      });
      made.running.cancel([{ stepId: message.payload.step_id, attempt: 1 }]);
    }
    const ours = onlyCallOf(await done);
    return { api, end, ours, theirs: ledgerEntry(double, ours) };
  };
  let next = 0;
  const pairs: Pair[] = [];
  const worker = async () => {
    while (next < CALLS) pairs.push(await makeCall(next++));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  await expectNothingOpen(double, made.limiter);
  return pairs;
}

function onlyCallOf({ name, payload }: AnyMessage): ProviderCall {
  const [call, ...more] = 'calls' in payload ? payload.calls : [];
  if (!call || more.length > 0) throw new Error(`${name} has not one call: ${JSON.stringify(payload)}`);
  return call;
}

/** Both name a call by the id in the answer's headers. */
function ledgerEntry(double: QuotaDouble, { request_id }: ProviderCall): QuotaCall {
  const entry: JournalEntry | undefined = double.journal[Number(request_id?.slice('req_'.length)) - 1];
  if (!entry?.callId) throw new Error(`the provider knows no call ${request_id}`);
  return double.quotas[entry.provider].ledger.call(entry.callId);
}

const sum = <T>(all: readonly T[], of: (each: T) => number) => all.reduce((total, each) => total + of(each), 0);

/** What we say of these calls, and what the provider does. */
function sums(pairs: readonly Pair[]) {
  return {
    ours: {
      input: sum(pairs, ({ ours }) => ours.usage?.input_tokens ?? 0),
      output: sum(pairs, ({ ours }) => ours.usage?.output_tokens ?? 0),
      cached: sum(pairs, ({ ours }) => ours.usage?.cached_input_tokens ?? 0),
      written: sum(pairs, ({ ours }) => ours.usage?.cache_write_tokens ?? 0),
    },
    theirs: {
      input: sum(pairs, ({ theirs }) => theirs.inputTokens),
      output: sum(pairs, ({ theirs }) => theirs.outputTokens),
      cached: sum(pairs, ({ theirs }) => theirs.cachedInputTokens),
      written: sum(pairs, ({ theirs }) => theirs.cacheWriteTokens),
    },
  };
}

describe(`the ledger of ${CALLS} calls`, () => {
  let double: QuotaDouble;
  let pairs: Pair[];
  beforeAll(async () => {
    double = await startQuotaDouble({
      openai: { limits: { requests: 1e6, tokens: 1e9 } },
      anthropic: { limits: { requests: 1e6, input_tokens: 1e9, output_tokens: 1e9 } },
    });
    pairs = await makeCalls(double);
  }, 60_000);
  afterAll(() => double.close());

  it('has every call of the provider, once', () => {
    const { openai, anthropic } = double.quotas;
    const theirs = [openai, anthropic].flatMap(({ ledger }) => ledger.calls());
    expect(new Set(pairs.map((pair) => pair.theirs))).toEqual(new Set(theirs));
    expect(double.journal).toHaveLength(CALLS);
  });

  it.each(APIS)('says what %s reported, token by token', (api) => {
    const own = pairs.filter((pair) => pair.api === api);
    const exact = own.filter(({ end }) => end === 'finished' || end === 'truncated');
    for (const { ours } of exact) expect(ours.usage?.estimated).toBe(false);
    const { ours, theirs } = sums(exact);
    expect(ours).toEqual(theirs);
    expect(theirs.cached).toBeGreaterThan(1_000);
    if (api === 'messages') expect(theirs.written).toBeGreaterThan(1_000);
  });

  const abortive = ENDS.filter((end) => end !== 'finished' && end !== 'truncated');
  it.each(APIS.flatMap((api) => abortive.map((end) => [api, end] as const)))(
    '%s: calls that were %s are estimated, and within a twentieth of what they took',
    (api, end) => {
      const aborted = pairs.filter((pair) => pair.api === api && pair.end === end);
      expect(aborted.length).toBeGreaterThanOrEqual(5);
      const { ours, theirs } = sums(aborted);
      const [said, took] = [ours.input + ours.output, theirs.input + theirs.output];
      const isClose = Math.abs(said - took) < took / 20;
      expect({ isClose, ours, theirs }).toEqual({ isClose: true, ours, theirs });
      expect(ours.output).toBeGreaterThan(theirs.output * 0.75);
      for (const { ours } of aborted) expect(ours.usage?.estimated).toBe(true);
    },
  );
});
