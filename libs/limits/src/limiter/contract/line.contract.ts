import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { PER_MINUTE, BURST } from './stage.contract.js';

/** Who is next. */
export function line({ limiter, other, pass, tokens, granted, waiting, reserveAll, viewOf, fill }: Stage): void {
  describe('the line', () => {
    const three = async () => {
      await fill();
      await granted(tokens(BURST));
      const line = [tokens(1_000), tokens(1_000), tokens(1_000)] as const;
      await reserveAll(line);
      return line;
    };

    it('keeps its order, whoever comes back first', async () => {
      const [one, two, last] = await three();
      await pass(1_000);
      expect(await waiting(last)).toMatchObject({ position: 3, waitMs: 2_000 });
      expect(await waiting(two)).toMatchObject({ position: 2, waitMs: 1_000 });
      await granted(one);
      expect(await waiting(last)).toMatchObject({ position: 2, waitMs: 2_000 });
      await pass(2_000 - 2);
      expect(await waiting(last)).toMatchObject({ position: 2 });
      await granted(two);
      await pass(2);
      await granted(last);
    });

    it('keeps the place of a step over its attempts, whoever asks', async () => {
      const [one, two] = await three();
      expect(await other.reserve({ ...one, id: `${one.stepId}/2` })).toMatchObject({ kind: 'wait', position: 1 });
      expect(await other.reserve({ ...two, id: `${two.stepId}/7` })).toMatchObject({ kind: 'wait', position: 2 });
      expect(await viewOf()).toMatchObject({ waiting: 3 });
    });

    it('lets a small one not overtake a large one', async () => {
      await fill();
      const [large, small] = [tokens(BURST + 1_000), tokens(1, { workspaceId: 'b' })];
      expect(await waiting(large)).toMatchObject({ waitMs: 1_000 });
      expect(await waiting(small)).toMatchObject({ position: 2 });
      await pass(1_000);
      await waiting(small);
      await granted(large);
    });

    it.each([
      ['over_budget', { cost: 10, budget: { period: 'p', limit: 1, spent: 1 } }],
      ['too_large', { amounts: { tokens: PER_MINUTE + 1 } }],
    ] as const)('gives the place of who is refused (%s) to those behind', async (kind, change) => {
      await fill();
      await granted(tokens(BURST));
      const [first, second] = [tokens(30_000, { workspaceId: 'b' }), tokens(100, { workspaceId: 'c' })];
      await reserveAll([first, second]);
      expect(await limiter.reserve({ ...first, ...change })).toMatchObject({ kind });
      expect(await waiting(second)).toMatchObject({ position: 1, waitMs: 100 });
    });

    it('keeps the place of who is late, within the time of grace', async () => {
      const [one, two] = await three();
      await pass(1_000 + RULES.graceMs);
      expect(await waiting({ ...two, amounts: { tokens: PER_MINUTE } })).toMatchObject({ position: 2 });
      await granted(one);
    });

    it('forgets who is later still', async () => {
      const [one, two] = await three();
      await pass(1_000 + RULES.graceMs + 1);
      await waiting({ ...two, amounts: { tokens: PER_MINUTE } });
      expect(await waiting({ ...two, amounts: { tokens: PER_MINUTE } })).toMatchObject({ position: 1 });
      expect(await waiting(one)).toMatchObject({ position: 3 });
    });
  });
}
