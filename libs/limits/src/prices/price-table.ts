import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Micro-units of the table's currency for a million tokens: 3 dollars a million are 3,000,000. */
const amount = z.int().nonnegative();

const rates = {
  /** Of input neither read from the provider's cache nor written to it. */
  input: amount,
  cache_read: amount,
  cache_write: amount,
  /** Of all output, reasoning included. */
  output: amount,
};

/** What a model costs. `long` holds for a whole call whose input, cached or not, has more than so many tokens. */
const price = z.strictObject({ ...rates, long: z.strictObject({ above: z.int().positive(), ...rates }).optional() });
export type Price = z.infer<typeof price>;

const modelPrice = price.extend({
  provider: z.string().min(1),
  /** The model's names, without a date behind them unless that date has a price of its own. */
  names: z.array(z.string().min(1)).min(1),
  /** The day since which the price holds, where it is known. */
  effective_from: z.iso.date().optional(),
});

export const priceTable = z.strictObject({
  /** The ledger keeps it beside what it reckoned. */
  version: z.string().min(1),
  currency: z.string().length(3),
  source: z.array(z.string()),
  /** The first entry that fits holds. */
  models: z.array(modelPrice),
});
export type PriceTable = z.infer<typeof priceTable>;

/** The prices this release knows; `scripts/prices.mjs` makes the file. */
export function builtInPrices(): PriceTable {
  return priceTable.parse(JSON.parse(readFileSync(new URL('prices.json', import.meta.url), 'utf8')));
}
