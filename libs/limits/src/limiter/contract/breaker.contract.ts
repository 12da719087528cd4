import type { Settlement } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { SECOND, BURST, RATE_LIMITED } from './stage.contract.js';

/** When too many calls fail. */
export function breaker(stage: Stage): void {
  const { limiter, other, pass, ask, tokens, settle, granted, waiting, reserveAll, viewOf, fill, pause } = stage;

  /** One call after the other fails, or works. */
  const end = async (health: Settlement['health'], times: number) => {
    for (let i = 0; i < times; i++) await settle(await granted(ask({})), { health, code: 'server_error' });
  };

  describe('the breaker', () => {
    it('opens after so many failures, with the code of the last', async () => {
      await end('bad', RULES.minFailures - 1);
      const last = await granted(ask({}));
      const early = await granted(ask({}));
      await settle(last, { health: 'bad', code: 'timeout' });
      expect(await waiting(ask({}))).toMatchObject({ reason: 'timeout', waitMs: RULES.breakerMs });
      await settle(early, { health: 'bad', code: 'overloaded' });
      expect((await viewOf()).pause).toEqual({ code: 'timeout', ms: RULES.breakerMs });
    });

    it('does not open after a few, nor after many among more that worked', async () => {
      await end('bad', RULES.minFailures - 1);
      await pass(20 * RULES.healthHalfLifeMs);
      await end('good', 3 * RULES.minFailures);
      await end('bad', 2 * RULES.minFailures);
      expect((await viewOf()).pause).toBeNull();
    });

    it('forgets failures with time', async () => {
      for (let i = 0; i < 4 * RULES.minFailures; i++) {
        await end('bad', 1);
        await pass(RULES.healthHalfLifeMs);
      }
      expect((await viewOf()).pause).toBeNull();
    });

    it('takes what says nothing of the provider for nothing', async () => {
      await end('unknown', 4 * RULES.minFailures);
      expect((await viewOf()).pause).toBeNull();
      await end('bad', RULES.minFailures);
      expect((await viewOf()).pause).toMatchObject({ ms: RULES.breakerMs });
    });

    it('begins with the shortest pause again after one that worked', async () => {
      await end('bad', RULES.minFailures);
      await pass(RULES.breakerMs);
      await end('bad', 1);
      expect((await viewOf()).pause?.ms).toBe(2 * RULES.breakerMs);
      await pass(2 * RULES.breakerMs);
      await end('good', 1);
      await pass(20 * RULES.healthHalfLifeMs);
      await end('bad', RULES.minFailures);
      expect((await viewOf()).pause?.ms).toBe(RULES.breakerMs);
    });

    it('takes who waits out of the line, as soon as they hear that it is shut', async () => {
      await fill();
      const call = await granted(tokens(BURST));
      const [one, two] = [tokens(1_000), tokens(1_000)];
      await reserveAll([one, two]);
      await settle(call, { pause: { ...RATE_LIMITED, code: 'auth', ms: SECOND } });
      expect(await limiter.reserve(one)).toMatchObject({ kind: 'shut' });
      expect(await viewOf()).toMatchObject({ waiting: 1 });
      await pass(SECOND);
      await granted(two);
    });

    it.each(['auth', 'billing'] as const)('shuts at once, for all, after %s', async (code) => {
      await pause(60 * SECOND, { code });
      const shut = { kind: 'shut', code, waitMs: 60 * SECOND };
      expect(await limiter.reserve(tokens(1))).toEqual(shut);
      expect(await other.reserve(tokens(1, { workspaceId: 'b' }))).toEqual(shut);
      expect(await viewOf()).toMatchObject({ calls: 0, waiting: 0, pause: { code } });
      await pass(60 * SECOND);
      expect(await limiter.reserve(tokens(1))).toMatchObject({ kind: 'granted', isProbe: true });
      expect(await waiting(tokens(1))).toMatchObject({ reason: code, waitMs: RULES.probeWaitMs });
    });
  });
}
