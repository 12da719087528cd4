import type { Ask } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { SECOND, STILL, kinds } from './stage.contract.js';

/** Calls at a time. */
export function concurrency({ pass, ask, settle, granted, waiting, reserveAll }: Stage): void {
  describe('concurrency', () => {
    const terms = { ...STILL, concurrency: 2 };
    const call = (more: Partial<Ask> = {}) => ask({ tokens: 1 }, { terms, ...more });

    it('lets so many calls run at a time, in order', async () => {
      const [first] = [await granted(call()), await granted(call())];
      const [third, fourth] = [call(), call()];
      expect(await waiting(third)).toMatchObject({ reason: 'concurrency', position: 1 });
      expect(await waiting(fourth)).toMatchObject({ reason: 'concurrency', position: 2 });
      await pass(SECOND);
      await settle(first);
      await waiting(fourth);
      await granted(third);
      await waiting(fourth);
    });

    it('waits for as long as calls take', async () => {
      const first = await granted(call());
      await pass(8 * SECOND);
      await settle(first);
      await granted(call());
      await granted(call());
      expect(await waiting(call())).toMatchObject({ reason: 'concurrency', waitMs: (8 * SECOND) / 2 });
    });

    it('holds after a call that took no time, too', async () => {
      await settle(await granted(call()));
      const answers = await reserveAll(Array.from({ length: 6 }, () => call()));
      expect(kinds(answers)).toEqual(['granted', 'granted', 'wait', 'wait', 'wait', 'wait']);
    });

    it('does not count calls whose worker died', async () => {
      await granted(call());
      await granted(call());
      await pass(RULES.reservationTtlMs);
      await granted(call());
    });
  });
}
