import type { Ask } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { STILL, STILL_LEVEL } from './stage.contract.js';

/** What workspaces may spend. */
export function budgets({ limiter, pass, ask, settle, granted, waiting, viewOf, levels }: Stage): void {
  describe('a budget', () => {
    const budget = { period: '2026-11', limit: 1_000, spent: 200 };
    const costing = (cost: number, more: Partial<Ask> = {}) =>
      ask({ tokens: 10 }, { terms: STILL, cost, budget, ...more });

    it('is used to its end and no further, and what does not fit in is not charged', async () => {
      const over = { kind: 'over_budget', asked: 801, limit: 1_000, spent: 200 };
      for (let i = 0; i < 3; i++) expect(await limiter.reserve(costing(801))).toEqual(over);
      expect(await levels()).toMatchObject({ tokens: STILL_LEVEL });
      expect(await viewOf()).toMatchObject({ calls: 0, waiting: 0 });
      await granted(costing(800));
    });

    it('that others have reserved is waited for, out of the way of others', async () => {
      const first = await granted(costing(700));
      const second = costing(200);
      expect(await waiting(second)).toMatchObject({ reason: 'budget', waitMs: RULES.budgetWaitMs });
      await granted(costing(800, { workspaceId: 'b' }));
      await settle(first, { cost: 600 });
      await granted(second);
    });

    it('counts what a call really cost, before the ledger knows', async () => {
      await settle(await granted(costing(100)), { cost: 750 });
      expect(await limiter.reserve(costing(51))).toEqual({
        kind: 'over_budget',
        asked: 51,
        limit: 1_000,
        spent: 950,
      });
      await granted(costing(50));
    });

    it('counts what the ledger knows, where that is more', async () => {
      await settle(await granted(costing(100)), { cost: 100 });
      const known = { ...budget, spent: 900 };
      expect(await limiter.reserve(costing(101, { budget: known }))).toMatchObject({
        kind: 'over_budget',
        spent: 900,
      });
      await granted(costing(10, { budget: known }));
      expect(await limiter.reserve(costing(101))).toMatchObject({ kind: 'over_budget', spent: 900 });
      await granted(costing(90));
    });

    it('counts what the ledger knows, also where the ask that told it was refused', async () => {
      await granted(costing(1));
      const known = { ...budget, spent: 900 };
      expect(await limiter.reserve(costing(101, { budget: known }))).toMatchObject({ kind: 'over_budget' });
      expect(await limiter.reserve(costing(101))).toMatchObject({ kind: 'over_budget', spent: 900 });
    });

    it('begins anew with its period, but for the calls that still run', async () => {
      await settle(await granted(costing(100)), { cost: 700 });
      const running = await granted(costing(100));
      const next = { period: '2026-12', limit: 1_000, spent: 0 };
      expect(await limiter.reserve(costing(1_001, { budget: next }))).toMatchObject({
        kind: 'over_budget',
        spent: 0,
      });
      expect(await waiting(costing(901, { budget: next }))).toMatchObject({ reason: 'budget' });
      await granted(costing(900, { budget: next }));
      await settle(running, { cost: 100 });
      expect(await limiter.reserve(costing(901, { budget: next }))).toMatchObject({
        kind: 'over_budget',
        spent: 100,
      });
    });

    it('is one over all buckets', async () => {
      await granted(costing(700, { bucket: 'one' }));
      expect(await waiting(costing(200, { bucket: 'two' }))).toMatchObject({ reason: 'budget' });
      await granted(costing(100, { bucket: 'two' }));
    });

    it('of none is no limit', async () => {
      await granted(costing(1_000_000, { budget: null }));
    });

    it('is not freed by a call that has none', async () => {
      const free = await granted(costing(800, { budget: null }));
      await granted(costing(800));
      await settle(free);
      expect(await waiting(costing(800))).toMatchObject({ reason: 'budget' });
    });

    it('gets back what a dead worker had reserved', async () => {
      await granted(costing(800));
      await pass(RULES.reservationTtlMs);
      await granted(costing(800));
    });
  });
}
