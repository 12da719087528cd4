import { LIMITED_RESOURCES } from '@planwright/contracts';
import fc from 'fast-check';
import type { ProfileName } from './profiles.js';
import { amountsOf, chargedFor, chargedForRefused, PROFILES } from './profiles.js';

const NAMES = Object.keys(PROFILES) as ProfileName[];
const estimate = { input: 3_000, output: 900, maxOutput: 4_096 };
const usage = {
  input_tokens: 2_800,
  output_tokens: 750,
  cached_input_tokens: 1_000,
  cache_write_tokens: 0,
  reasoning_tokens: 50,
  estimated: false,
};

describe('how a provider counts', () => {
  it.each([
    ['openai', { requests: 1, tokens: 7_096 }, {}],
    ['azure', { requests: 1, tokens: 7_096 }, {}],
    ['anthropic', { requests: 1, input_tokens: 3_000, output_tokens: 900 }, { output_tokens: 900 }],
    ['actual', { requests: 1, tokens: 3_900 }, {}],
  ] as const)('is what a call reserves: %s', (name, amounts, deferred) => {
    expect(amountsOf(PROFILES[name], estimate)).toEqual({ amounts, deferred });
  });

  it.each([
    ['openai', {}],
    ['azure', {}],
    ['anthropic', { input_tokens: 1_800, output_tokens: 750 }],
    ['actual', { tokens: 3_550 }],
  ] as const)('is what a call is charged that was taken: %s', (name, charged) => {
    expect(chargedFor(PROFILES[name], usage)).toEqual(charged);
  });

  it.each([
    ['openai', { requests: 1, tokens: 0 }],
    ['azure', { requests: 1, tokens: 0 }],
    ['anthropic', { requests: 1, input_tokens: 0, output_tokens: 0 }],
    ['actual', { requests: 0, tokens: 0 }],
  ] as const)('is what a call is charged that was refused: %s', (name, charged) => {
    expect(chargedForRefused(PROFILES[name])).toEqual(charged);
  });

  it('reserves whole amounts, and none below nothing', () => {
    const odd = amountsOf(PROFILES.actual, { input: 10.2, output: 0.1, maxOutput: 5 });
    expect(odd.amounts).toEqual({ requests: 1, tokens: 11 });
    expect(amountsOf(PROFILES.actual, { input: -10, output: 0, maxOutput: 5 }).amounts.tokens).toBe(0);
    const nonsense = { ...usage, input_tokens: 10, cached_input_tokens: 20 };
    expect(chargedFor(PROFILES.anthropic, nonsense).input_tokens).toBe(0);
  });

  it.each(NAMES)('charges and defers nothing that is not reserved, and no more than that: %s', (name) => {
    const amount = fc.nat(1_000_000);
    const profile = PROFILES[name];
    fc.assert(
      fc.property(amount, amount, amount, (input, output, more) => {
        const { amounts, deferred } = amountsOf(profile, { input, output, maxOutput: output + more });
        for (const resource of LIMITED_RESOURCES)
          expect(deferred[resource] ?? 0).toBeLessThanOrEqual(amounts[resource] ?? 0);
        for (const charged of [chargedFor(profile, usage), chargedForRefused(profile)]) {
          expect(Object.keys(amounts)).toEqual(expect.arrayContaining(Object.keys(charged)));
        }
      }),
    );
  });

  it.each(NAMES)('counts calls, and saves up less than a minute: %s', (name) => {
    const { counts, windowMs } = PROFILES[name];
    expect(counts.requests.reserve(estimate)).toBe(1);
    for (const { burst } of Object.values(counts)) {
      expect(burst).toBeGreaterThan(0);
      expect(burst * 60_000).toBeLessThan(windowMs);
    }
  });
});
