import { plainUsage } from '@planwright/contracts';
import { mergePrices } from './merge-prices.js';
import { builtInPrices, priceTable } from './price-table.js';
import { costOf, priceOf } from './price.js';

const table = builtInPrices();
const own = { provider: 'compatible', model: 'llama-4', input: 200_000, output: 600_000 };
const merge = (...models: unknown[]) => mergePrices(table, { models });

describe('mergePrices', () => {
  it('adds a model, whose cache costs what input costs where nothing is said', () => {
    expect(priceOf(merge(own), 'compatible', 'llama-4')).toMatchObject({
      input: 200_000,
      cache_read: 200_000,
      cache_write: 200_000,
      output: 600_000,
    });
    expect(priceOf(table, 'compatible', 'llama-4')).toBeNull();
  });

  it('replaces a model, for its dated names too, and leaves the others', () => {
    const merged = merge({
      provider: 'openai',
      model: 'gpt-4o-mini',
      input: 100_000,
      cache_read: 50_000,
      output: 400_000,
    });
    expect(priceOf(merged, 'openai', 'gpt-4o-mini')?.input).toBe(100_000);
    expect(priceOf(merged, 'openai', 'gpt-4o-mini-2024-07-18')?.cache_read).toBe(50_000);
    expect(priceOf(merged, 'openai', 'gpt-4o')).toEqual(priceOf(table, 'openai', 'gpt-4o'));
  });

  it('keeps a price for long prompts', () => {
    const merged = merge({ ...own, long: { above: 1000, input: 400_000, output: 1_200_000 } });
    const price = priceOf(merged, 'compatible', 'llama-4');
    expect(price && costOf(price, plainUsage(1000, 100, false))).toBe(260);
    expect(price && costOf(price, plainUsage(1001, 100, false))).toBe(521);
  });

  it('says in version and source that it is not the built-in table, and is one still', () => {
    const merged = merge(own);
    expect(merged.version).toBe(`${table.version}+own`);
    expect(merged.source.at(-1)).toBe('own prices (llama-4)');
    expect(priceTable.parse(merged)).toEqual(merged);
  });

  it('takes a price of nothing: it was said', () => {
    expect(priceOf(merge({ ...own, input: 0, output: 0 }), 'compatible', 'llama-4')?.input).toBe(0);
  });

  it.each<[string, object, string, string]>([
    [
      'dollars a million tokens',
      { input: 3 },
      'input: is 3, too little',
      '(as a price for a million tokens it would be 3000000)',
    ],
    ['cents of dollars a million', { output: 0.15 }, 'output: is 0.15', 'it would be 150000)'],
    ['dollars a token', { input: 0.000003 }, 'input: is 0.000003', '(as a price for one token it would be 3000000)'],
    [
      'a million times too much',
      { cache_read: 3e12 },
      'cache_read: is 3000000000000, more than 1000',
      'would be 3000000)',
    ],
    ['parts of a micro-unit', { input: 1_000_000.5 }, 'input: is 1000000.5, not whole', 'micro-units'],
    ['less than nothing', { output: -1 }, 'output: is -1', 'less than nothing'],
    ['no number', { input: '3000000' }, 'input: is not a number', 'micro-units'],
    ['a long price at fault', { long: { above: 10, input: 5, output: 600_000 } }, 'long.input: is 5', 'too little'],
  ])('refuses %s and says which model, which field and what was meant', (_, fault, field, hint) => {
    expect(() => merge({ ...own, ...fault })).toThrow(`compatible/llama-4, ${field}`);
    expect(() => merge({ ...own, ...fault })).toThrow(hint);
  });

  it('names all that is wrong at once', () => {
    const second = { ...own, model: 'qwen', output: 2, price: 1 };
    expect(() => merge({ ...own, input: 1 }, second, { provider: 'openai' })).toThrow(
      /compatible\/llama-4, input: .*compatible\/qwen, output: .*compatible\/qwen.*price.*models\[2\], model: /,
    );
  });

  it.each([[null], [[]], [{}], [{ models: {} }]])('refuses %j, which is no list of prices', (override) => {
    expect(() => mergePrices(table, override)).toThrow("the prices can't be used");
  });

  it('refuses another currency: sums of two mean nothing', () => {
    expect(() => mergePrices(table, { currency: 'EUR', models: [own] })).toThrow('currency is EUR');
    expect(mergePrices(table, { currency: 'USD', models: [own] }).currency).toBe('USD');
  });
});
