import type { Seen, Terms } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { SECOND, MINUTE, PER_MINUTE, BURST, FLOWING, STILL, STILL_LEVEL } from './stage.contract.js';

/** What is learned from the answers of a provider. */
export function learning(stage: Stage): void {
  const { limiter, pass, ask, tokens, settle, observe, granted, waiting, viewOf, levels, touch, fill } = stage;

  /** Tokens that come in within a second. */
  const inASecond = async (): Promise<number> => {
    await touch();
    const before = await levels();
    await pass(SECOND);
    await touch();
    return ((await levels()).tokens ?? NaN) - (before.tokens ?? NaN);
  };

  describe('what an answer said', () => {
    const seen = (limit: number, remaining: number, resource: Seen['resource'] = 'tokens'): Seen => {
      return { resource, limit, remaining };
    };

    it('is the limit from then on: for what is too large, and for the speed', async () => {
      await fill();
      const one = await granted(tokens(BURST));
      expect(await inASecond()).toBe(1_000);
      await observe(one, seen(2 * PER_MINUTE, 0));
      expect(await inASecond()).toBe(2_000);
      await observe(one, seen(PER_MINUTE / 2, 0));
      expect(await inASecond()).toBe(500);
      expect(await limiter.reserve(tokens(PER_MINUTE))).toMatchObject({ kind: 'too_large', limit: PER_MINUTE / 2 });
      await observe(one, seen(2 * PER_MINUTE, 0));
      await waiting(tokens(2 * PER_MINUTE));
      expect((await viewOf()).limits.tokens?.limit).toBe(2 * PER_MINUTE);
    });

    it('goes no higher than the ceiling, and takes speed and bursts down with it', async () => {
      const terms: Terms = { ...FLOWING, limits: { tokens: { start: 30_000, ceiling: PER_MINUTE, burst: 1 / 8 } } };
      const one = await granted(tokens(10, { terms }));
      await observe(one, seen(10 * PER_MINUTE, 10 * PER_MINUTE));
      expect((await viewOf()).limits.tokens?.limit).toBe(PER_MINUTE);
      await observe(one, seen(PER_MINUTE / 2, PER_MINUTE / 2));
      await pass(5 * MINUTE);
      expect(await levels()).toMatchObject({ tokens: BURST / 2 });
    });

    it('makes waits twice as long where the limit halves', async () => {
      await fill();
      const one = await granted(tokens(BURST));
      await observe(one, seen(PER_MINUTE, 0));
      const step = tokens(3_000);
      expect(await waiting(step)).toMatchObject({ waitMs: 3_000 });
      await observe(one, seen(PER_MINUTE / 2, 0));
      expect(await waiting(step)).toMatchObject({ waitMs: 6_000 });
    });

    it('leaves what remains without what the provider has not counted yet', async () => {
      const terms: Terms = {
        ...STILL,
        limits: { input_tokens: { start: 40_000, burst: 1 }, output_tokens: { start: 40_000, burst: 1 } },
      };
      const call = (input: number, output: number) =>
        granted(ask({ input_tokens: input, output_tokens: output }, { terms, deferred: { output_tokens: output } }));
      const [one, two] = [await call(1_000, 500), await call(200, 70)];
      const said = () => [seen(40_000, 5_000, 'input_tokens'), seen(40_000, 5_000, 'output_tokens')];
      await observe(one, ...said());
      // The second one is still under way; what both of them write is not written yet.
      expect(await levels()).toEqual({ input_tokens: 5_000 - 200, output_tokens: 5_000 - 570 });
      await settle(one, { charged: { output_tokens: 100 } });
      await observe(two, seen(40_000, 4_000, 'input_tokens'), seen(40_000, 4_000, 'output_tokens'));
      expect(await levels()).toEqual({ input_tokens: 4_000, output_tokens: 4_000 - 70 });
    });

    it('is all there is until its window ends, where the provider counts in windows', async () => {
      await fill();
      const one = await granted(tokens(10));
      await observe(one, { ...seen(PER_MINUTE, 1_000), windowEndsInMs: 5 * SECOND });
      await granted(tokens(700));
      const [more, little] = [tokens(400), tokens(200, { workspaceId: 'b' })];
      expect(await waiting(more)).toMatchObject({ waitMs: 5 * SECOND, reason: 'quota' });
      await pass(5 * SECOND - 1);
      await waiting(more);
      await waiting(little);
      await pass(1);
      await granted(more);
      await granted(little);
    });

    it('never raises a level: what is reserved here may not have arrived there', async () => {
      const one = await granted(ask({ tokens: 1_000 }, { terms: STILL }));
      await observe(one, seen(40_000, 40_000));
      expect(await levels()).toMatchObject({ tokens: STILL_LEVEL - 1_000 });
    });

    it('limits what nobody had named', async () => {
      const one = await granted(ask({ requests: 1, tokens: 10 }));
      await observe(one, seen(600, 500, 'requests'));
      await pass(5 * MINUTE);
      expect((await levels()).requests).toBe(600 * FLOWING.otherBurst);
      expect(await limiter.reserve(ask({ requests: 601 }))).toMatchObject({
        kind: 'too_large',
        resource: 'requests',
      });
    });

    it('is learned of a call that has ended, too', async () => {
      await touch();
      await observe(tokens(0), seen(PER_MINUTE / 4, 0));
      expect((await viewOf()).limits.tokens).toMatchObject({ limit: PER_MINUTE / 4, level: 0 });
    });
  });
}
