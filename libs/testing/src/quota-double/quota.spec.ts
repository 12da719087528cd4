import fc from 'fast-check';
import { createQuota, type Admission, type Quota } from './quota.js';
import type { QuotaOptions, Resource } from './profiles.js';

const call = (inputTokens: number, maxOutputTokens = 0) => ({ inputTokens, maxOutputTokens, model: 'gpt-x' });

function admitted(admission: Admission): Admission & { ok: true } {
  if (!admission.ok) throw new Error(`refused for ${admission.kind}`);
  return admission;
}

function refused(admission: Admission): Admission & { ok: false } {
  if (admission.ok) throw new Error('was let in');
  return admission;
}

/** Arrivals until the first refusal. */
function admitMany(quota: Quota, now: number, arrival: ReturnType<typeof call>): number {
  let count = 0;
  while (quota.arrive(now, arrival).ok) count++;
  return count;
}

describe('openai', () => {
  // Figures of public 429s: semanser/codel #72, FoundationAgents/MetaGPT #523, continuedev/continue #10502 and #11472.
  test.each([
    [30_000, 14_567, 24_754, '18.642s'],
    [10_000, 8554, 3082, '9.816s'],
    [30_000, 28_039, 3906, '3.89s'],
    [30_000, 18_928, 11_159, '174ms'],
  ])('with %d a minute and %d used, %d more have to wait for %s', (limit, used, requested, wait) => {
    const quota = createQuota('openai', { limits: { tokens: limit } });
    admitted(quota.arrive(0, call(used)));
    const { status, body, kind, waitMs, headers } = refused(quota.arrive(0, call(requested - 500, 500)));
    expect({ status, kind }).toEqual({ status: 429, kind: 'tokens' });
    expect(body).toEqual({
      error: {
        message:
          `Rate limit reached for gpt-x in organization org-double on tokens per min (TPM): Limit ${limit}, ` +
          `Used ${used}, Requested ${requested}. Please try again in ${wait}.`,
        ...{ type: 'tokens', param: null, code: 'rate_limit_exceeded' },
      },
    });
    expect(headers).not.toHaveProperty('retry-after');
    expect(refused(quota.arrive(waitMs - 1, call(requested))).kind).toBe('tokens');
    admitted(quota.arrive(waitMs, call(requested)));
  });

  test('headers say what is left of a minute, in the durations of Go', () => {
    const quota = createQuota('openai', { limits: { requests: 60, tokens: 60_000 } });
    expect(admitted(quota.arrive(0, call(1000, 500))).headers).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '60000',
      'x-ratelimit-remaining-tokens': '58500',
      'x-ratelimit-reset-tokens': '1.5s',
    });
  });

  test('nothing is given back, however little a call wrote', () => {
    const quota = createQuota('openai', { limits: { tokens: 60_000 } });
    const { callId } = admitted(quota.arrive(0, call(1000, 4000)));
    quota.produce(10, callId, 5);
    quota.finish(20, callId, { usage: { inputTokens: 900, outputTokens: 7 } });
    expect(quota.remaining(20, 'tokens')).toBeCloseTo(55_000 + 20, 6);
    expect(quota.ledger.call(callId)).toMatchObject({ inputTokens: 900, outputTokens: 7, charged: { tokens: 5000 } });
  });

  test('a refused call counts as a request: who hammers stays out', () => {
    const quota = createQuota('openai', { limits: { requests: 60 } });
    expect(admitMany(quota, 0, call(1))).toBe(60);
    for (let now = 100; now <= 5000; now += 100) refused(quota.arrive(now, call(1)));
    admitted(quota.arrive(6000, call(1)));
    expect(quota.ledger.refusalsByKind()).toEqual({ requests: 51 });
  });

  test('a refusal for tokens costs a request and no tokens', () => {
    const quota = createQuota('openai', { limits: { requests: 60, tokens: 1000 } });
    admitted(quota.arrive(0, call(900)));
    refused(quota.arrive(0, call(200)));
    expect([quota.remaining(0, 'requests'), quota.remaining(0, 'tokens')]).toEqual([58, 100]);
  });

  test('more than the limit is too large and never gets in', () => {
    const quota = createQuota('openai', { limits: { tokens: 30_000 } });
    const { kind, body, waitMs } = refused(quota.arrive(0, call(45_123)));
    expect([kind, waitMs]).toEqual(['too_large', Number.POSITIVE_INFINITY]);
    expect(JSON.stringify(body)).toContain('Limit 30000, Requested 45123');
    refused(quota.arrive(1e9, call(45_123)));
  });

  test('the larger of input and output is charged where a test asks for that reading', () => {
    const quota = createQuota('openai', { limits: { tokens: 10_000 }, counting: { tokens: 'larger_of_both' } });
    admitted(quota.arrive(0, call(3000, 4000)));
    expect(quota.remaining(0, 'tokens')).toBe(6000);
  });

  test('enforced in ten seconds, a minute holds as much and a burst a sixth', () => {
    const quota = createQuota('openai', { limits: { requests: 60 }, enforcement: { requests: { periodMs: 10_000 } } });
    expect(admitMany(quota, 0, call(1))).toBe(10);
    expect(quota.headers(0)).toMatchObject({ 'x-ratelimit-limit-requests': '60' });
  });

  test('a cached prefix is reported, and counts all the same', () => {
    const quota = createQuota('openai', { limits: { tokens: 100_000 } });
    const prefixes = [{ key: 'p', tokens: 2048 }];
    const first = admitted(quota.arrive(0, { ...call(3000), prefixes }));
    quota.produce(1, first.callId, 1);
    expect(admitted(quota.arrive(2, { ...call(3000), prefixes }))).toMatchObject({
      cachedInputTokens: 2048,
      cacheWriteTokens: 0,
    });
    expect(quota.ledger.charged('tokens', 0, 10)).toBe(6000);
  });
});

describe('azure', () => {
  test('a window of ten seconds holds a sixth of a minute, and is whole again at its end', () => {
    const quota = createQuota('azure', { limits: { requests: 120 }, startsAt: 3000 });
    expect(admitMany(quota, 3000, call(1))).toBe(20);
    const { headers } = refused(quota.arrive(6500, call(1)));
    expect(headers).toMatchObject({
      'x-ratelimit-limit-requests': '20',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '4',
      'retry-after': '4',
      'retry-after-ms': '3500',
    });
    refused(quota.arrive(9999, call(1)));
    expect(admitMany(quota, 10_000, call(1))).toBe(20);
  });

  test('prompt and max tokens are charged at arrival; more than a window is too large', () => {
    const quota = createQuota('azure', { limits: { tokens: 60_000 }, enforcement: { tokens: { periodMs: 1000 } } });
    admitted(quota.arrive(0, call(300, 500)));
    expect(refused(quota.arrive(1, call(201))).kind).toBe('tokens');
    expect(refused(quota.arrive(1, call(600, 401))).kind).toBe('too_large');
    admitted(quota.arrive(1000, call(600, 400)));
  });

  test('sentinels say nothing', () => {
    const quota = createQuota('azure', { headers: 'sentinels' });
    expect(new Set(Object.values(admitted(quota.arrive(0, call(1))).headers))).toEqual(new Set(['-1', '0']));
  });
});

describe('anthropic', () => {
  const limits = { requests: 60, input_tokens: 60_000, output_tokens: 6000 };
  const at = Date.parse('2026-11-01T00:00:00Z');

  test('sixty requests a minute are one a second', () => {
    const quota = createQuota('anthropic', { limits });
    expect(admitMany(quota, 0, call(1))).toBe(1);
    refused(quota.arrive(999, call(1)));
    admitted(quota.arrive(1000, call(1)));
  });

  test('headers round tokens to thousands and name the instants at which all is whole again', () => {
    const quota = createQuota('anthropic', { limits, startsAt: at });
    const { callId, headers } = admitted(quota.arrive(at, call(1400, 4000)));
    expect(headers).toEqual({
      'anthropic-ratelimit-requests-limit': '60',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-01T00:00:01Z',
      'anthropic-ratelimit-input-tokens-limit': '60000',
      'anthropic-ratelimit-input-tokens-remaining': '59000',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-01T00:00:02Z',
      'anthropic-ratelimit-output-tokens-limit': '6000',
      'anthropic-ratelimit-output-tokens-remaining': '6000',
      'anthropic-ratelimit-output-tokens-reset': '2026-11-01T00:00:00Z',
      'anthropic-ratelimit-tokens-limit': '6000',
      'anthropic-ratelimit-tokens-remaining': '6000',
      'anthropic-ratelimit-tokens-reset': '2026-11-01T00:00:00Z',
    });
    expect(quota.ledger.call(callId).charged).toEqual({ requests: 1, input_tokens: 1400 });
  });

  test('output counts as it is written: running calls go on, new ones wait', () => {
    const quota = createQuota('anthropic', { limits });
    const { callId } = admitted(quota.arrive(0, call(10, 100_000)));
    quota.produce(1000, callId, 6000);
    quota.produce(1000, callId, 500);
    expect(quota.remaining(1000, 'output_tokens')).toBe(-500);
    const { kind, waitMs, headers, body } = refused(quota.arrive(1000, call(10)));
    expect(kind).toBe('output_tokens');
    expect(waitMs).toBeCloseTo(5010, 6);
    expect(headers).toMatchObject({ 'retry-after': '6', 'anthropic-ratelimit-tokens-remaining': '0' });
    expect(body).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
    admitted(quota.arrive(6011, call(10)));
  });

  test('a refused call costs nothing', () => {
    const quota = createQuota('anthropic', { limits });
    refused(quota.arrive(0, call(60_001)));
    expect([quota.remaining(0, 'requests'), quota.remaining(0, 'input_tokens')]).toEqual([1, 60_000]);
  });

  test('an estimate of the input is corrected when the answer begins', () => {
    const quota = createQuota('anthropic', { limits, inputEstimate: 1.5 });
    const { callId } = admitted(quota.arrive(0, call(10_000)));
    expect(quota.remaining(0, 'input_tokens')).toBe(45_000);
    quota.produce(0, callId, 1);
    expect(quota.remaining(0, 'input_tokens')).toBe(50_000);
    quota.finish(0, callId, { usage: { inputTokens: 9000 } });
    expect(quota.remaining(0, 'input_tokens')).toBe(51_000);
  });

  test('a prefix is read after the first answer to it began, and then costs no input tokens', () => {
    const quota = createQuota('anthropic', { limits: { ...limits, requests: 60_000 } });
    const arrival = { ...call(3000), prefixes: [{ key: 'a', tokens: 2000 }] };
    const first = admitted(quota.arrive(0, arrival));
    const second = admitted(quota.arrive(0, arrival));
    quota.produce(10, first.callId, 1);
    const third = admitted(quota.arrive(10, arrival));
    expect([first, second, third].map((x) => [x.cachedInputTokens, x.cacheWriteTokens])).toEqual([
      [0, 2000],
      [0, 2000],
      [2000, 0],
    ]);
    expect(quota.ledger.call(third.callId).charged).toMatchObject({ input_tokens: 1000 });
    // Five minutes after the last answer began it is gone.
    expect(admitted(quota.arrive(300_010, arrival)).cachedInputTokens).toBe(0);
  });

  test('a short prefix is not kept; of several the longest known is read and the rest written', () => {
    const quota = createQuota('anthropic', { limits: { requests: 60_000 } });
    const short = { key: 's', tokens: 1023 };
    const middle = { key: 'm', tokens: 1500 };
    const long = { key: 'l', tokens: 2500 };
    expect(admitted(quota.arrive(0, { ...call(3000), prefixes: [short] })).cacheWriteTokens).toBe(0);
    const first = admitted(quota.arrive(0, { ...call(3000), prefixes: [short, middle] }));
    quota.produce(1, first.callId, 1);
    expect(first.cacheWriteTokens).toBe(1500);
    expect(admitted(quota.arrive(2, { ...call(3000), prefixes: [short, middle, long] }))).toMatchObject({
      cachedInputTokens: 1500,
      cacheWriteTokens: 1000,
    });
  });

  test('an aborted call keeps in the books what it wrote', () => {
    const quota = createQuota('anthropic', { limits });
    const { callId } = admitted(quota.arrive(0, call(100, 1000)));
    quota.produce(5, callId, 42);
    quota.abort(9, callId);
    expect(quota.ledger.call(callId)).toMatchObject({ end: 'aborted', endedAt: 9, outputTokens: 42 });
    expect(quota.ledger.produced(0, 10)).toBe(42);
    expect(() => quota.produce(10, callId, 1)).toThrow('has ended already');
  });
});

describe('what changes meanwhile', () => {
  test('a limit that is halved at an instant spills what no longer fits and refills at half the rate', () => {
    const changes = [{ atMs: 1000, limits: { tokens: 30_000 } }];
    const quota = createQuota('openai', { limits: { tokens: 60_000 }, changes });
    expect(quota.remaining(999, 'tokens')).toBe(60_000);
    expect(quota.remaining(1000, 'tokens')).toBe(30_000);
    admitted(quota.arrive(1000, call(30_000)));
    expect(quota.remaining(2000, 'tokens')).toBe(500);
    // 1 s at 1000 a second, 1 s at 500.
    expect(quota.ledger.utilisation('tokens', 0, 2000).limit).toBeCloseTo(1500, 6);
  });

  test('setLimits holds from now on', () => {
    const quota = createQuota('azure', { limits: { requests: 120 } });
    for (let i = 0; i < 15; i++) admitted(quota.arrive(0, call(1)));
    quota.setLimits(0, { requests: 60 });
    refused(quota.arrive(0, call(1)));
    expect(admitMany(quota, 10_000, call(1))).toBe(10);
  });

  test('somebody else takes his share steadily, and the ledger knows what was left for us', () => {
    const foreign = { share: 0.3, fromMs: 60_000 };
    const quota = createQuota('openai', { limits: { tokens: 60_000 }, foreign });
    admitted(quota.arrive(60_000, call(60_000)));
    expect(quota.remaining(70_000, 'tokens')).toBeCloseTo(7000, 6);
    admitted(quota.arrive(70_000, call(3500)));
    const span = quota.ledger.utilisation('tokens', 60_001, 70_001);
    expect(span.foreign).toBeCloseTo(3000 - 0.3, 3);
    expect(span.charged).toBe(3500);
    expect(quota.ledger.utilisation('tokens', 60_000, 70_000)).toMatchObject({ limit: 10_000, charged: 60_000 });
    expect(quota.ledger.utilisation('tokens', 61_000, 70_000).available).toBeCloseTo(6300, 6);
  });

  test('in windows too, but never more than is left', () => {
    const quota = createQuota('azure', { limits: { requests: 600 }, foreign: { share: 0.5 } });
    expect(quota.remaining(5000, 'requests')).toBeCloseTo(75, 6);
    expect(admitMany(quota, 5000, call(1))).toBe(75);
    expect(quota.remaining(9999, 'requests')).toBeCloseTo(0, 6);
    expect(quota.remaining(10_000, 'requests')).toBe(100);
    const { limit, foreign, available } = quota.ledger.utilisation('requests', 0, 10_000);
    expect([limit, foreign, available].map(Math.round)).toEqual([100, 25, 75]);
  });

  test('consumeForeign takes at once what is there', () => {
    const quota = createQuota('openai', { limits: { tokens: 1000 } });
    quota.consumeForeign(0, { tokens: 400 });
    expect(quota.remaining(0, 'tokens')).toBe(600);
    quota.consumeForeign(0, { tokens: 4000 });
    expect(quota.ledger.utilisation('tokens', 0, 1)).toMatchObject({ foreign: 1000 });
  });

  test.each([
    ['openai', 'tokens', 503, { error: { code: 'slow_down' } }],
    ['anthropic', 'input_tokens', 429, { error: { details: { error_code: 'ramp_limit_exceeded' } } }],
  ] as const)('%s minds a rate that grows too fast', (profile, resource, status, body) => {
    const ramp = { resource, periodMs: 10_000, growth: 1.5, floor: 1000 };
    const limits = { requests: 60_000 };
    const quota = createQuota(profile, { limits, ramp });
    expect(admitMany(quota, 0, call(100))).toBe(10);
    expect(refused(quota.arrive(4000, call(100)))).toMatchObject({ kind: 'ramp', status, body, waitMs: 6000 });
    expect(admitMany(quota, 10_000, call(100))).toBe(15);
    expect(admitMany(quota, 20_000, call(100))).toBe(22);
    // A pause shorter than its memory does not matter; a longer one does.
    expect(admitMany(quota, 50_000, call(100))).toBe(33);
    expect(admitMany(quota, 200_000, call(100))).toBe(10);
  });
});

describe('for any traffic', () => {
  const profiles = ['openai', 'azure', 'anthropic'] as const;
  const limits = {
    openai: { requests: 120, tokens: 60_000 },
    azure: { requests: 120, tokens: 60_000 },
    anthropic: { requests: 120, input_tokens: 60_000, output_tokens: 6000 },
  };
  const arrivals = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 3000 }),
      inputTokens: fc.integer({ min: 0, max: 12_000 }),
      maxOutputTokens: fc.integer({ min: 0, max: 4000 }),
      written: fc.integer({ min: 0, max: 900 }),
      end: fc.constantFrom('finish', 'abort', 'open'),
    }),
    { maxLength: 120 },
  );
  const options: fc.Arbitrary<QuotaOptions> = fc.record(
    {
      foreign: fc.record({ share: fc.double({ min: 0, max: 0.9, noNaN: true }) }),
      inputEstimate: fc.double({ min: 0.5, max: 2, noNaN: true }),
    },
    { requiredKeys: [] },
  );

  type Traffic = typeof arrivals extends fc.Arbitrary<infer T> ? T : never;

  function run(profile: (typeof profiles)[number], traffic: Traffic, more: QuotaOptions) {
    const quota = createQuota(profile, { ...more, limits: limits[profile] });
    let now = 0;
    for (const { afterMs, written, end, ...arrival } of traffic) {
      now += afterMs;
      const admission = quota.arrive(now, { ...arrival, model: 'm' });
      if (!admission.ok) continue;
      quota.produce(now, admission.callId, written);
      if (end !== 'open') quota[end](now, admission.callId);
    }
    return { quota, endMs: now + 1 };
  }

  test.each(profiles)('%s lets in no more than its limit and what it holds, in any span', (profile) => {
    fc.assert(
      fc.property(arrivals, options, (traffic, { foreign }) => {
        const { quota } = run(profile, traffic, foreign ? { foreign } : {});
        const calls = quota.ledger.calls();
        for (const [resource, rule] of Object.entries(quota.profile.rules)) {
          if (rule.counting === 'as_produced') continue;
          const { method, periodMs } = rule.enforcement;
          const held = Math.max(1, (rule.limit * periodMs) / 60_000);
          // A fixed window can be used up at its end, and the next one at its beginning.
          const burst = method === 'window' ? 2 * held : held;
          for (const [i, first] of calls.entries()) {
            let sum = 0;
            for (const later of calls.slice(i)) {
              sum += later.charged[resource as Resource] ?? 0;
              const spanMs = later.arrivedAt - first.arrivedAt;
              expect(sum).toBeLessThanOrEqual((rule.limit * spanMs) / 60_000 + burst + 1e-3);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each(profiles)('%s: what limits were charged is what calls and refusals were charged', (profile) => {
    fc.assert(
      fc.property(arrivals, options, (traffic, more) => {
        const { quota, endMs } = run(profile, traffic, more);
        const { ledger } = quota;
        for (const resource of Object.keys(quota.profile.rules) as Resource[]) {
          const ofCalls = ledger.calls().reduce((sum, { charged }) => sum + (charged[resource] ?? 0), 0);
          const ofRefusals = resource === 'requests' ? ledger.refusals().reduce((sum, r) => sum + r.charged, 0) : 0;
          expect(ledger.charged(resource, 0, endMs)).toBeCloseTo(ofCalls + ofRefusals, 4);
        }
        expect(ledger.produced(0, endMs)).toBe(ledger.calls().reduce((sum, c) => sum + c.outputTokens, 0));
        expect(ledger.calls().length + ledger.refusals().length).toBe(traffic.length);
      }),
      { numRuns: 100 },
    );
  });

  test.each(profiles)('%s: refusals charge requests where refusals count, and nothing else', (profile) => {
    fc.assert(
      fc.property(arrivals, (traffic) => {
        const { quota } = run(profile, traffic, {});
        for (const { charged } of quota.ledger.refusals()) {
          expect(charged).toBeLessThanOrEqual(quota.profile.countsRefusals ? 1 : 0);
        }
      }),
    );
  });

  test.each(profiles)('%s: who waits as long as he was told is let in, if nobody else comes', (profile) => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 9000 }), (traffic, inputTokens) => {
        const { quota, endMs } = run(profile, traffic, {});
        const arrival = { inputTokens, maxOutputTokens: 0, model: 'm' };
        const first = quota.arrive(endMs, arrival);
        if (first.ok) return;
        // A refusal may itself use up a request, and the wait named is that of the limit that was in the way.
        const second = quota.arrive(endMs + first.waitMs + 1000, arrival);
        expect(second.ok).toBe(true);
      }),
    );
  });
});
