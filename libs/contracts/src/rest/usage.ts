import { z } from 'zod';
import { cost } from '../cost.js';
import { instant } from '../ids.js';
import { usage } from '../usage.js';

/** A day stands for its first instant. */
const bound = z.union([z.iso.date(), instant], {
  error: 'must be a day (2026-11-01) or an ISO 8601 instant in UTC',
});

/** `?from=` (with it) and `?to=` (without it). */
export const usageQuery = z
  .strictObject({
    /** Default: the first instant of the month that `to` ends in. */
    from: bound.optional(),
    /** Default: the end of this calendar month, UTC. */
    to: bound.optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['to'],
    error: 'must be later than `from`',
  });
export type UsageQuery = z.infer<typeof usageQuery>;

const amounts = {
  /** Calls of providers, those that failed or were refused included. */
  calls: z.int().nonnegative(),
  usage: usage.nullable(),
  cost: cost.nullable(),
};

/** What a workspace may spend in a calendar month (UTC), in micro-units of the currency. */
export const budgetState = z.object({
  /** `2026-11` */
  period: z.string(),
  limit: z.int().nonnegative(),
  /** By the ledger; calls without a known price are not in it. */
  spent: z.int().nonnegative(),
  /** 0 where more was spent than the limit. */
  remaining: z.int().nonnegative(),
});
export type BudgetState = z.infer<typeof budgetState>;

/** What a workspace used between two instants. */
export const usageReport = z.object({
  from: instant,
  to: instant,
  ...amounts,
  /** The most calls first. */
  by_model: z.array(z.object({ provider: z.string(), model: z.string(), ...amounts })),
  /** Of this month, whatever was asked for; null where the workspace has none. */
  budget: budgetState.nullable(),
});
export type UsageReport = z.infer<typeof usageReport>;
