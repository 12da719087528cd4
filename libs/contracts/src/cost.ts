import { z } from 'zod';

/** Money is counted in whole micro-units: a millionth of this currency, in which the price table is written. */
export const CURRENCY = 'USD';
export const MICRO_UNITS = 1_000_000;

/**
 * What some provider calls cost. Where a cost may be null, that means that there was no call yet; calls whose model has
 * no known price are counted, and never taken for free.
 */
export const cost = z.object({
  /** In micro-units of the currency, without the unpriced calls; null where nothing of it is priced. */
  amount: z.int().nonnegative().nullable(),
  currency: z.literal(CURRENCY),
  /** Calls that used tokens and whose price is not known. */
  unpriced_calls: z.int().nonnegative(),
});
export type Cost = z.infer<typeof cost>;

/** The cost of one call; `amount` is null where its price is not known. */
export function costOfCall(amount: number | null): Cost {
  return { amount, currency: CURRENCY, unpriced_calls: amount === null ? 1 : 0 };
}

/** The sum of several costs; null where there is none. */
export function addCosts(costs: readonly (Cost | null)[]): Cost | null {
  const known = costs.filter((one): one is Cost => one !== null);
  if (known.length === 0) return null;
  const amounts = known.flatMap(({ amount }) => amount ?? []);
  return {
    amount: amounts.length === 0 ? null : amounts.reduce((sum, amount) => sum + amount, 0),
    currency: CURRENCY,
    unpriced_calls: known.reduce((sum, one) => sum + one.unpriced_calls, 0),
  };
}
