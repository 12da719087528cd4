import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { PLAIN, PER_MINUTE, BURST } from './stage.contract.js';

/** Steps somebody watches. */
export function watched({ limiter, pass, tokens, granted, waiting, fill }: Stage): void {
  describe('what is set aside for steps somebody watches', () => {
    /** Others have used a lot, and all that may be saved up is there. */
    const afterMuch = async () => {
      for (let used = 0; used < 2 * PER_MINUTE; used += BURST / 2) {
        await fill({ terms: PLAIN });
        await granted(tokens(BURST / 2, { terms: PLAIN }));
      }
      await fill({ terms: PLAIN });
    };
    const size = (BURST * RULES.interactiveShare) / 2;
    const some = (isInteractive: boolean) => tokens(size, { terms: PLAIN, isInteractive });

    it('is left alone by the others', async () => {
      await afterMuch();
      await granted(tokens(BURST * (1 - RULES.interactiveShare), { terms: PLAIN }));
      await waiting(some(false));
      await granted(some(true));
    });

    it('stands in nobody else’s way for longer than it takes to come in', async () => {
      await afterMuch();
      const all = tokens(BURST, { terms: PLAIN });
      const { waitMs } = await waiting(all);
      expect(waitMs).toBeLessThanOrEqual(BURST * RULES.interactiveShare);
      await pass(waitMs);
      await granted(all);
    });

    it('is used up by them', async () => {
      await afterMuch();
      await granted(tokens(BURST / 2, { terms: PLAIN }));
      const most = PER_MINUTE * RULES.interactiveShare;
      let used = 0;
      for (; used < 2 * most; used += size) {
        await waiting(tokens(BURST, { terms: PLAIN, stepId: 'other' }));
        const answer = await limiter.reserve(some(true));
        if (answer.kind === 'wait') {
          expect(answer).toMatchObject({ position: 2 });
          break;
        }
        await pass(size);
      }
      expect(used).toBeGreaterThan(most - size);
      // What they use sets a share aside for them as well.
      expect(used).toBeLessThanOrEqual(most / (1 - RULES.interactiveShare) + size);
    });
  });
}
