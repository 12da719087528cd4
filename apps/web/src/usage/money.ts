import type { Schemas } from '@planwright/client';
import { counted, formatCost } from '../format/numbers.js';

type Cost = Schemas['Cost'];
type Budget = NonNullable<Schemas['UsageReport']['budget']>;
const MICRO_UNITS = 1_000_000;

/** Dollars of an amount in micro-units. */
const dollars = (micros: number): number => micros / MICRO_UNITS;

/** What calls cost: the known part, and how many have no price. A dash where nothing was called. */
export function costWords(cost: Cost | null): string {
  if (cost === null) return '–';
  const unpriced =
    cost.unpriced_calls > 0 ? counted(cost.unpriced_calls, 'call without a price', 'calls without a price') : null;
  if (cost.amount === null) return unpriced ?? '–';
  const known = formatCost(dollars(cost.amount));
  return unpriced ? `${known} and ${unpriced}` : known;
}

/** To the cent, so that what is spent and what is left add up. */
const exact = (micros: number): string => dollars(micros).toLocaleString('en', { style: 'currency', currency: 'USD' });

export interface BudgetView {
  /** Of the limit, 0 to 1. */
  share: number;
  tone: 'good' | 'warn' | 'bad';
  words: string;
}

/** How far a month's budget is used up. */
export function budgetView({ limit, spent, remaining }: Budget): BudgetView {
  const share = limit === 0 ? 1 : Math.min(1, spent / limit);
  const of = `${exact(spent)} of ${exact(limit)} spent`;
  if (remaining === 0)
    return {
      share: 1,
      tone: 'bad',
      words: `${of}. Nothing is left: new sections fail until the budget is raised or the month ends.`,
    };
  return { share, tone: share >= 0.8 ? 'warn' : 'good', words: `${of}, ${exact(remaining)} left` };
}
