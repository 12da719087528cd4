import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { SECOND, RATE_LIMITED } from './stage.contract.js';

/** How a provider is tried again after it was left alone. */
export function probes(stage: Stage): void {
  const { limiter, other, pass, ask, tokens, settle, observe, granted, waiting, viewOf, fill, pause } = stage;

  describe('a probe', () => {
    /** A pause has just ended; two wait. */
    const afterPause = async () => {
      await fill();
      await pause(10 * SECOND);
      await pass(10 * SECOND);
      return [tokens(1), tokens(1, { workspaceId: 'b' })] as const;
    };
    const held = { kind: 'wait', reason: 'rate_limited', waitMs: RULES.probeWaitMs };

    it('is the first call after a pause, for which everybody waits', async () => {
      const [one, two] = await afterPause();
      expect(await limiter.reserve(one)).toMatchObject({ kind: 'granted', isProbe: true });
      expect(await other.reserve(two)).toMatchObject(held);
      expect(await other.reserve(one)).toMatchObject({ kind: 'granted', isProbe: true });
    });

    it('that the provider takes opens for all', async () => {
      const [one, two] = await afterPause();
      await granted(one);
      await observe(one);
      expect(await limiter.reserve(two)).toMatchObject({ kind: 'granted', isProbe: false });
    });

    it('that ends well opens for all', async () => {
      const [one, two] = await afterPause();
      await granted(one);
      await settle(one, { health: 'good' });
      expect(await limiter.reserve(two)).toMatchObject({ kind: 'granted', isProbe: false });
    });

    it('that is refused begins the pause anew', async () => {
      const [one, two] = await afterPause();
      await granted(one);
      await settle(one, { pause: { ...RATE_LIMITED, ms: 20 * SECOND } });
      expect(await limiter.reserve(two)).toMatchObject({ ...held, waitMs: 20 * SECOND });
      await pass(20 * SECOND);
      expect(await limiter.reserve(two)).toMatchObject({ kind: 'granted', isProbe: true });
    });

    it('that fails leaves the provider alone, longer each time', async () => {
      await afterPause();
      let longest = 0;
      for (
        let wait: number = RULES.breakerMs;
        longest < RULES.maxBreakerMs;
        wait = Math.min(2 * wait, RULES.maxBreakerMs)
      ) {
        await settle(await granted(ask({})), { health: 'bad', code: 'overloaded' });
        longest = (await viewOf()).pause?.ms ?? NaN;
        expect(longest).toBe(wait);
        expect(await waiting(ask({}))).toMatchObject({ reason: 'overloaded', waitMs: wait });
        await pass(wait + RULES.graceMs);
      }
    });

    it('whose end says nothing lets the next one probe', async () => {
      const [one, two] = await afterPause();
      await granted(one);
      await settle(one);
      expect(await limiter.reserve(two)).toMatchObject({ kind: 'granted', isProbe: true });
    });

    it('whose worker dies lets the next one probe', async () => {
      const [one, two] = await afterPause();
      await granted(one);
      await pass(RULES.reservationTtlMs - 1);
      expect(await limiter.reserve(two)).toMatchObject(held);
      await pass(1);
      expect(await limiter.reserve(two)).toMatchObject({ kind: 'granted', isProbe: true });
    });
  });
}
