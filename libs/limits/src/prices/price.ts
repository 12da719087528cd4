import type { Usage } from '@planwright/contracts';
import type { Price, PriceTable } from './price-table.js';

const FREE: Price = { input: 0, cache_read: 0, cache_write: 0, output: 0 };

/**
 * What a model costs, or null where that is not known: an unknown price is not a price of 0. A name with a date is looked
 * up as it is first, and without its date then. A name is never taken for another that begins alike: `claude-sonnet-5-5`
 * is not a kind of `claude-sonnet-5`.
 */
export function priceOf(table: PriceTable, provider: string, model: string): Price | null {
  const named = (name: string) =>
    table.models.find((entry) => entry.provider === provider && entry.names.includes(name));
  const entry = named(model) ?? named(model.replace(/-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, ''));
  return entry ?? (provider === 'offline' ? FREE : null);
}

/** What one call cost in micro-units, rounded up once. The sum of several calls is the sum of their costs. */
export function costOf(price: Price, usage: Usage): number {
  const { input, cache_read, cache_write, output } =
    price.long && usage.input_tokens > price.long.above ? price.long : price;
  const plain = Math.max(0, usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens);
  // Millions of tokens at hundreds of dollars leave the exact range of numbers.
  const total =
    BigInt(plain) * BigInt(input) +
    BigInt(usage.cached_input_tokens) * BigInt(cache_read) +
    BigInt(usage.cache_write_tokens) * BigInt(cache_write) +
    BigInt(usage.output_tokens) * BigInt(output);
  return Number((total + 999_999n) / 1_000_000n);
}
