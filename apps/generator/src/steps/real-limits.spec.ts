import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyMessage } from '@planwright/contracts';
import { createInProcessLimiter } from '@planwright/limits';
import type { LimitsSetting } from '@planwright/limits';
import type { QuotaDouble, QuotaDoubleOptions } from '@planwright/testing';
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
async function start(options: QuotaDoubleOptions = {}): Promise<void> {
  double = await startQuotaDouble(options);
}
afterEach(() => double.close());

/** A limiter whose time passes as fast as it is told to. */
function skipping() {
  let skippedMs = 0;
  const limiter = createInProcessLimiter({ now: () => Math.floor(performance.now()) + skippedMs });
  return { limiter, skip: (ms: number) => void (skippedMs += ms) };
}

/** Generators that share a limiter and take turns. */
function replicas(count: number, settings: Settings) {
  const { limiter = createInProcessLimiter() } = settings;
  const all = Array.from({ length: count }, () => doubleGenerator(double, { ...settings, limiter }));
  let next = 0;
  const write = (message: StepGenerate) => {
    const replica = all[next++ % count];
    if (!replica) throw new Error('no replica');
    return replica.write(message);
  };
  return { all, limiter, write };
}

const small = (api: Api) => commandFor(api, { max_output_tokens: 50 });
const instant = (iso: string | null) => Date.parse(iso ?? '');
const bucketsInUse = async ({ limiter }: { limiter: { view(): Promise<{ calls: number }[]> } }) =>
  (await limiter.view()).filter(({ calls }) => calls > 0);

describe('two generators on one limiter', () => {
  /** Limits of a second or so, of which the provider has little left when the test begins. */
  it.each<[Api, QuotaDoubleOptions, LimitsSetting]>([
    ['responses', { openai: { limits: { requests: 600, tokens: 36_000 } } }, { openai: { tokens_per_minute: 36_000 } }],
    [
      'chat',
      { azure: { limits: { requests: 1_800, tokens: 48_000 } } },
      { compatible: { profile: 'azure', tokens_per_minute: 48_000, requests_per_minute: 1_800 } },
    ],
    [
      'messages',
      { anthropic: { limits: { requests: 1_200, input_tokens: 90_000, output_tokens: 12_000 } } },
      { anthropic: { requests_per_minute: 1_200, input_tokens_per_minute: 90_000, output_tokens_per_minute: 12_000 } },
    ],
  ])('never make %s refuse, and get everything written', async (api, quotas, limits) => {
    await start(quotas);
    const quota = double.quotas[{ responses: 'openai', chat: 'azure', messages: 'anthropic' }[api] as 'openai'];
    const resource = api === 'messages' ? 'output_tokens' : 'tokens';
    quota.consumeForeign(Date.now(), { [resource]: quota.remaining(Date.now(), resource) * 0.9 });
    const { limiter, write } = replicas(2, { limits, chat: 'azure' });
    const delays: AnyMessage[] = [];
    // What the engine does with a step that was delayed.
    const untilWritten = async (message: StepGenerate): Promise<AnyMessage> => {
      const end = await write(message);
      if (end.name !== 'step.delayed') return end;
      delays.push(end);
      await sleep(Math.max(0, instant(end.payload.next_attempt_at) - Date.now()));
      return untilWritten(nextAttempt(message));
    };
    const words = { min: 20, target: 30, max: 40 };
    const ends = await Promise.all(
      Array.from({ length: 24 }, () => untilWritten(commandFor(api, { max_output_tokens: 100, words }))),
    );
    expect(ends.map(({ name }) => name)).toEqual(ends.map(() => 'step.generated'));
    expect(quota.ledger.refusals()).toEqual([]);
    expect(double.journal.map(({ status }) => status)).toEqual(ends.map(() => 200));
    expect(delays.length).toBeGreaterThan(0);
    await expectNothingOpen(double, limiter);
  });

  it.each(APIS)('park a step that would wait longer than half a second: %s', async (api) => {
    await start();
    const limits = { [MODELS[api].provider]: { profile: 'openai', tokens_per_minute: 2_000 } } as LimitsSetting;
    const { all, write, limiter } = replicas(2, { limits });
    const [one, other] = [commandFor(api), commandFor(api)];
    for (const [i, message] of [one, other].entries()) {
      const end = payloadOf(await write(message), 'step.delayed');
      expect(end).toMatchObject({ reason: 'quota', position: i + 1, attempt: 1 });
      expect(instant(end.next_attempt_at)).toBeGreaterThan(Date.now() + 500);
      expect(instant(end.next_attempt_at)).toBeLessThan(Date.now() + 60_000);
    }
    expect(all.map(({ names }) => names())).toEqual([['step.delayed'], ['step.delayed']]);
    expect(double.journal).toEqual([]);
    expect(await bucketsInUse({ limiter })).toEqual([]);
    expect(await limiter.view()).toMatchObject([{ calls: 0, waiting: 2 }]);
  });

  it('wait in place for what comes within half a second', async () => {
    await start();
    const { write, limiter } = replicas(2, {});
    double.fail({ kind: 'error', error: 'rate_limit', headers: { 'retry-after-ms': '300' } });
    const { failure } = payloadOf(await write(small('responses')), 'step.failed');
    payloadOf(await write(small('responses')), 'step.generated');
    expect(double.journal).toHaveLength(2);
    expect(double.journal[1]?.receivedAt).toBeGreaterThanOrEqual(instant(failure.resets_at) - 2);
    await expectNothingOpen(double, limiter);
  });
});

describe.each(APIS)('a 429 of %s that names an instant', (api) => {
  const after2s = { kind: 'error', error: 'rate_limit', headers: { 'retry-after': '2' } } as const;

  it('is told with it, everybody waits for it, and then one call goes before all others', async () => {
    await start();
    const { limiter, skip } = skipping();
    const { write } = replicas(2, { limiter });
    double.fail(after2s);
    const before = Date.now();
    const { failure } = payloadOf(await write(small(api)), 'step.failed');
    expect(failure.code).toBe('rate_limited');
    const resetsAt = instant(failure.resets_at);
    expect(resetsAt).toBeGreaterThanOrEqual(before + 2_000);
    expect(resetsAt).toBeLessThanOrEqual(Date.now() + 2_000);

    const others = [small(api), small(api), small(api)];
    for (const [i, message] of others.entries()) {
      const delayed = payloadOf(await write(message), 'step.delayed');
      expect(delayed).toMatchObject({ reason: 'rate_limited', position: i + 1 });
      // A millisecond is lost between two clocks that count whole ones.
      expect(instant(delayed.next_attempt_at)).toBeGreaterThanOrEqual(resetsAt - 2);
      expect(instant(delayed.next_attempt_at)).toBeLessThanOrEqual(resetsAt + 100);
    }
    expect(double.journal).toHaveLength(1);

    skip(2_100);
    double.fail({ kind: 'slow_headers', ms: 150 });
    const ends = await Promise.all(others.map((message) => write(nextAttempt(message))));
    expect(ends.map(({ name }) => name)).toEqual(others.map(() => 'step.generated'));
    const [, probe, ...rest] = double.journal;
    expect(rest).toHaveLength(2);
    for (const { receivedAt } of rest) expect(receivedAt).toBeGreaterThanOrEqual(probe?.headersSentAt ?? Infinity);
    await expectNothingOpen(double, limiter);
  });

  it('is asked once more by one alone: while that has no answer, and if that is refused, all others wait', async () => {
    await start();
    const { limiter, skip } = skipping();
    const { write } = replicas(2, { limiter });
    double.fail(after2s);
    await write(small(api));
    skip(2_100);

    const answer = Promise.withResolvers<void>();
    double.fail({ kind: 'held_headers', until: answer.promise });
    const probe = small(api);
    const answered = write(probe);
    await waitFor(() => double.journal.length === 2, { what: 'the probe' });
    const delayed = payloadOf(await write(small(api)), 'step.delayed');
    expect(delayed.reason).toBe('rate_limited');
    expect(double.journal).toHaveLength(2);
    answer.resolve();
    payloadOf(await answered, 'step.generated');

    double.fail(after2s);
    await write(small(api));
    skip(2_100);
    double.fail(after2s);
    const ends = await Promise.all([small(api), small(api), small(api)].map((message) => write(message)));
    expect(ends.map(({ name }) => name).sort()).toEqual(['step.delayed', 'step.delayed', 'step.failed']);
    expect(double.journal).toHaveLength(4);
    await expectNothingOpen(double, limiter);
  });
});

describe.each(APIS)('a key that %s refuses', (api) => {
  it.each([
    ['unauthorized', 'auth'],
    ['billing', 'billing'],
  ] as const)('(%s) is asked about once, and not again for a while', async (error, code) => {
    await start();
    const { limiter, skip } = skipping();
    const { all, write } = replicas(2, { limiter, keys: 'sk-test-Abc123' });
    double.fail({ kind: 'error', error });
    const { failure } = payloadOf(await write(small(api)), 'step.failed');
    expect(failure.code).toBe(code);

    const ends = await Promise.all([small(api), small(api), small(api)].map((message) => write(message)));
    for (const end of ends) {
      const { failure, calls, usage } = payloadOf(end, 'step.failed');
      expect(failure).toMatchObject({ code, detail: expect.stringMatching(/so it was not called.* in \d+ s$/) });
      expect({ calls, usage }).toEqual({ calls: [], usage: null });
    }
    expect(double.journal).toHaveLength(1);

    const told = all.flatMap(({ lines }) => lines.map((line) => JSON.parse(line) as Record<string, unknown>));
    const errors = told.filter(({ level }) => level === 50);
    expect(errors).toMatchObject([
      { ...MODELS[api], code, detail: expect.any(String), msg: expect.stringMatching(/^operator: /) },
    ]);
    expect(JSON.stringify(told)).not.toContain('Abc123');

    skip(15_100);
    payloadOf(await write(small(api)), 'step.generated');
    expect(double.journal).toHaveLength(2);
    await expectNothingOpen(double, limiter);
  });
});

describe.each(APIS)('a key in the words of %s', (api) => {
  it.each([
    ['sk-test-Zq81xW', (key: string) => `Incorrect API key provided: ${key}. You can find your key in your account.`],
    ['sk-ant-api03-Zq81xW_9', (key: string) => `invalid x-api-key (${key})`],
    ['Zq81xW9unlike.any/other', (key: string) => `We don't know "${key}", ${key}`],
    ['0f'.repeat(16), (key: string) => `Access denied due to invalid subscription key ${key}`],
    ['sk-test-Zq81xW', (key: string) => JSON.stringify({ headers: { authorization: `Bearer ${key}` } })],
  ])('%s: is in no fact, no line and no error', async (key, words) => {
    await start();
    double.fail({ kind: 'error', error: 'unauthorized', message: words(key) });
    const { write, facts, lines, limiter } = doubleGenerator(double, { keys: key });
    const { failure } = payloadOf(await write(small(api)), 'step.failed');
    payloadOf(await write(small(api)), 'step.failed');
    expect(failure.code).toBe('auth');
    expect(failure.detail).toContain('[key]');
    const sent = double.journal[0]?.headers;
    expect([sent?.authorization, sent?.['x-api-key']].join()).toContain(key);
    expect(lines.some((line) => line.includes('"level":50'))).toBe(true);
    for (const secret of [key, key.slice(-6)]) {
      expect(JSON.stringify(facts)).not.toContain(secret);
      expect(lines.join('\n')).not.toContain(secret);
    }
    expect(JSON.stringify(await limiter.view())).not.toContain(key);
  });

  it('that no header can carry is not quoted either', async () => {
    await start();
    const key = 'sk-test-Zq81xW\u00e9';
    const { write, facts, lines } = doubleGenerator(double, { keys: key });
    expect(payloadOf(await write(small(api)), 'step.failed').failure.code).toBe('auth');
    expect(JSON.stringify(facts) + lines.join('\n')).not.toContain('Zq81xW');
    expect(double.journal).toEqual([]);
  });
});
