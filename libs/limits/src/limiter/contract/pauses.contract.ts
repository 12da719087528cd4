import type { Terms } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { SECOND, MINUTE, PER_MINUTE, BURST, FLOWING, RATE_LIMITED } from './stage.contract.js';

/** When a provider is left alone. */
export function pauses(stage: Stage): void {
  const { limiter, other, pass, ask, tokens, settle, observe } = stage;
  const { granted, waiting, reserveAll, viewOf, levels, touch, fill, pause } = stage;

  describe('a pause', () => {
    it('lets nobody call until its instant, and says why', async () => {
      await fill();
      await pause(30 * SECOND);
      expect((await viewOf()).pause).toEqual({ code: 'rate_limited', ms: 30 * SECOND });
      await pass(10 * SECOND);
      const wait = { kind: 'wait', reason: 'rate_limited', waitMs: 20 * SECOND };
      expect(await limiter.reserve(tokens(1))).toMatchObject(wait);
      expect(await other.reserve(tokens(1, { workspaceId: 'b', isInteractive: true }))).toMatchObject(wait);
      await pass(20 * SECOND - 1);
      expect(await limiter.reserve(tokens(1, { stepId: 'x' }))).toMatchObject({ ...wait, waitMs: RULES.minWaitMs });
      await pass(1);
      await granted(tokens(1, { stepId: 'x' }));
    });

    it('leaves other buckets alone', async () => {
      await pause(30 * SECOND);
      await granted(tokens(1, { bucket: 'two' }));
    });

    it('is never shortened, only prolonged', async () => {
      const calls = [await granted(ask({})), await granted(ask({})), await granted(ask({}))];
      const ends = [30, 10, 50].map((seconds) => ({ pause: { ...RATE_LIMITED, ms: seconds * SECOND } }));
      const lasts: (number | undefined)[] = [];
      for (const [i, one] of calls.entries()) {
        await settle(one, ends[i]);
        lasts.push((await viewOf()).pause?.ms);
      }
      expect(lasts).toEqual([30 * SECOND, 30 * SECOND, 50 * SECOND]);
    });

    it('is not ended by calls that were under way', async () => {
      const early = await granted(ask({}));
      await pause(30 * SECOND);
      await observe(early);
      await settle(early, { health: 'good' });
      expect(await waiting(ask({}))).toMatchObject({ waitMs: 30 * SECOND });
    });

    it('ends with a level as low as at the start, and comes up from there', async () => {
      await fill();
      await pause(30 * SECOND);
      const { waitMs } = await waiting(tokens(BURST));
      expect(waitMs).toBeGreaterThanOrEqual(30 * SECOND + (1 - RULES.start) * BURST);
      expect((await levels()).tokens).toBeLessThanOrEqual(RULES.start * BURST);
      await pass(30 * SECOND);
      expect((await levels()).tokens).toBeLessThanOrEqual(RULES.start * BURST);
    });

    it('that was prolonged ends as low', async () => {
      await fill();
      const [one, two] = [await granted(tokens(1)), await granted(tokens(1))];
      await settle(one, { pause: { ...RATE_LIMITED, ms: SECOND } });
      await settle(two, { pause: { ...RATE_LIMITED, ms: 30 * SECOND } });
      await pass(30 * SECOND);
      expect((await levels()).tokens).toBeLessThanOrEqual(RULES.start * BURST);
    });

    it('after the provider minded how fast we became faster halves the speed, which then grows', async () => {
      const terms: Terms = { ...FLOWING, limits: { ...FLOWING.limits, tokens: { start: PER_MINUTE, burst: 1 } } };
      await touch({ terms });
      const all = { terms, stepId: 'first' };
      await pause(SECOND, { isRamp: true }, all);
      await pass(SECOND);
      await observe(await granted(tokens(PER_MINUTE / 5, { terms })));
      const speed = async () => {
        await touch({ terms });
        const before = (await levels()).tokens ?? NaN;
        await pass(SECOND);
        await touch({ terms });
        return ((await levels()).tokens ?? NaN) - before;
      };
      const [slow, later] = [await speed(), await pass(MINUTE).then(speed)];
      expect(slow).toBeGreaterThan(500);
      expect(slow).toBeLessThan(520);
      expect(later / slow).toBeCloseTo(1 + RULES.slopePerMinute, 1);
      await pass(10 * MINUTE);
      await granted(tokens(PER_MINUTE - SECOND, { terms }));
      expect(await speed()).toBe(1_000);
    });

    it('after a limit was overrun halves the burst, which slowly comes back', async () => {
      await fill();
      await pause(SECOND);
      await pass(SECOND);
      await observe(await granted(ask({})));
      await pass(MINUTE);
      const grown = 2 ** ((MINUTE + SECOND) / RULES.burstRecoveryMs);
      expect((await levels()).tokens).toBeCloseTo((BURST / 2) * grown, -1);
      await pass(RULES.burstRecoveryMs);
      expect(await levels()).toMatchObject({ tokens: BURST });
    });

    it('halves once, however many calls run into one refusal', async () => {
      await fill();
      const calls = Array.from({ length: 20 }, () => ask({}));
      await reserveAll(calls);
      for (const one of calls) await settle(one, { pause: { ...RATE_LIMITED, ms: SECOND } });
      await pass(SECOND);
      await observe(await granted(ask({})));
      await pass(MINUTE);
      expect((await levels()).tokens).toBeGreaterThanOrEqual(BURST / 2);
    });

    it('leaves some burst after any number of refusals', async () => {
      await fill();
      for (let i = 0; i < 12; i++) {
        await pause(SECOND);
        await pass(SECOND);
        await observe(await granted(ask({})));
      }
      await pass(MINUTE);
      expect((await levels()).tokens).toBeGreaterThanOrEqual(BURST * RULES.minBurst);
      expect((await levels()).tokens).toBeLessThan(BURST * RULES.minBurst * 1.1);
    });
  });
}
