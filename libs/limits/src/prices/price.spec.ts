import type { Usage } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import fc from 'fast-check';
import type { Price } from './price-table.js';
import { builtInPrices } from './price-table.js';
import { costOf, priceOf } from './price.js';

const table = builtInPrices();
const used = (parts: Partial<Usage>): Usage => ({ ...plainUsage(0, 0, false), ...parts });

/** The one that is looked up, or a test that fails. */
function known(provider: string, model: string): Price {
  const price = priceOf(table, provider, model);
  if (price === null) throw new Error(`no price of ${provider}/${model}`);
  return price;
}

describe('the built-in prices', () => {
  it('say what they are and where they come from', () => {
    expect(table.version).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(table.currency).toBe('USD');
    expect(table.source[0]).toMatch(/@pydantic\/genai-prices \d+\.\d+\.\d+ \(MIT\)/);
  });

  it('name every model once', () => {
    const names = table.models.flatMap(({ provider, names }) => names.map((name) => `${provider}/${name}`));
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('lie where prices of models lie: a cent to a thousand dollars a million, output above input', () => {
    for (const { names, input, cache_read, cache_write, output, long } of table.models) {
      expect([names[0], input >= 10_000, output <= 1_000_000_000]).toEqual([names[0], true, true]);
      expect([names[0], cache_read <= input, cache_write >= input, output > input]).toEqual([
        names[0],
        true,
        true,
        true,
      ]);
      if (long) expect([names[0], long.input > input, long.output > output]).toEqual([names[0], true, true]);
    }
  });
});

describe('priceOf', () => {
  it.each([
    ['openai', 'gpt-4o-mini', 150_000],
    ['openai', 'gpt-4o-mini-2024-07-18', 150_000],
    ['openai', 'gpt-4o-2024-11-20', 2_500_000],
    ['openai', 'gpt-4o-2024-05-13', 5_000_000],
    ['openai', 'o3', 2_000_000],
    ['openai', 'gpt-5-chat-latest', 1_250_000],
    ['anthropic', 'claude-haiku-4-5-20251001', 1_000_000],
    ['anthropic', 'claude-3-7-sonnet-latest', 3_000_000],
    ['anthropic', 'claude-opus-4-20250514', 15_000_000],
    ['anthropic', 'claude-sonnet-4-20250514', 3_000_000],
    ['anthropic', 'claude-haiku-5-5', 100_000],
  ])('knows %s/%s', (provider, model, input) => expect(known(provider, model).input).toBe(input));

  it.each([
    ['openai', 'gpt-99'],
    ['openai', 'gpt-4o-mini-something'],
    ['openai', 'claude-haiku-4-5'],
    ['anthropic', 'claude-sonnet-5-6'],
    ['compatible', 'gpt-4o-mini'],
    ['anthropic', ''],
  ])('does not know %s/%s', (provider, model) => expect(priceOf(table, provider, model)).toBeNull());

  it('takes no model for another that begins alike', () => {
    expect(known('anthropic', 'claude-sonnet-5-5')).not.toEqual(known('anthropic', 'claude-sonnet-5'));
    expect(known('anthropic', 'claude-opus-5-5')).not.toEqual(known('anthropic', 'claude-opus-5'));
  });

  it('knows that nobody is paid for writing offline', () => {
    expect(costOf(known('offline', 'offline-writer'), used({ input_tokens: 5000, output_tokens: 900 }))).toBe(0);
  });
});

describe('costOf', () => {
  it('reckons input and output: 4,000 at $0.15 and 800 at $0.60 a million are $0.00108', () => {
    const usage = used({ input_tokens: 4000, output_tokens: 800 });
    expect(costOf(known('openai', 'gpt-4o-mini'), usage)).toBe(1080);
  });

  it('takes what was cached out of the input: 1,000 + 2,000 written + 7,000 read, 500 out of Haiku 4.5', () => {
    // 1,000 × $1 + 2,000 × $1.25 + 7,000 × $0.10 + 500 × $5 a million: 1,000 + 2,500 + 700 + 2,500 micro-dollars.
    const usage = used({
      input_tokens: 10_000,
      cache_write_tokens: 2000,
      cached_input_tokens: 7000,
      output_tokens: 500,
    });
    expect(costOf(known('anthropic', 'claude-haiku-4-5'), usage)).toBe(6700);
  });

  it('counts reasoning as the output it is part of', () => {
    const price = known('openai', 'o3');
    const usage = used({ input_tokens: 100, output_tokens: 1000 });
    expect(costOf(price, { ...usage, reasoning_tokens: 900 })).toBe(costOf(price, usage));
  });

  it('rounds up, once: a token each at $0.15, $0.075 and $0.60 a million is 0.825 micro-dollars', () => {
    const usage = used({ input_tokens: 2, cached_input_tokens: 1, output_tokens: 1 });
    expect(costOf(known('openai', 'gpt-4o-mini'), usage)).toBe(1);
    expect(costOf(known('openai', 'gpt-4o-mini'), used({}))).toBe(0);
  });

  it('takes the price of long prompts for the whole of a call, from the token behind the threshold', () => {
    const price = known('anthropic', 'claude-haiku-5-5');
    const at = (input_tokens: number) => costOf(price, used({ input_tokens, output_tokens: 1000 }));
    // 100,000 × $0.10 + 1,000 × $0.50; 100,001 × $0.50 + 1,000 × $2.50.
    expect(at(100_000)).toBe(10_500);
    expect(at(100_001)).toBe(52_501);
  });

  it('never reckons less than nothing for input whose parts are more than its whole', () => {
    const usage = used({ input_tokens: 10, cached_input_tokens: 20 });
    expect(costOf(known('openai', 'gpt-4o'), usage)).toBe(25);
  });

  it('is exact to one micro-unit for a call, and at least the exact sum', () => {
    const tokens = fc.integer({ min: 0, max: 2_000_000 });
    const price: Price = { input: 3_000_001, cache_read: 300_003, cache_write: 3_750_007, output: 15_000_011 };
    fc.assert(
      fc.property(tokens, tokens, tokens, tokens, (plain, cached, written, output) => {
        const usage = used({
          input_tokens: plain + cached + written,
          cached_input_tokens: cached,
          cache_write_tokens: written,
          output_tokens: output,
        });
        const exact = plain * 3.000001 + cached * 0.300003 + written * 3.750007 + output * 15.000011;
        const cost = costOf(price, usage);
        expect(cost).toBeGreaterThanOrEqual(exact - 0.001);
        expect(cost).toBeLessThan(exact + 1.001);
      }),
    );
  });
});
