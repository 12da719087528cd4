import type { Amounts, Ask } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { BURST, STILL, STILL_LEVEL } from './stage.contract.js';

/** How a reservation is kept, and how it ends. */
export function leases(stage: Stage): void {
  const { limiter, loseAll, pass, ask, tokens, settle, granted, waiting, viewOf, levels, fill } = stage;

  describe('a lease', () => {
    const terms = { ...STILL, concurrency: 1 };
    const amounts = { requests: 1, input_tokens: 3_000, output_tokens: 5_000 };
    const call = (more: Partial<Ask> = {}) => ask(amounts, { terms, deferred: { output_tokens: 5_000 }, ...more });

    it('that is not renewed ends, and gives back what is counted only as it is written', async () => {
      await granted(call());
      await pass(RULES.reservationTtlMs - 1);
      await waiting(ask({}, { terms, stepId: 'next' }));
      expect(await levels()).toMatchObject({ output_tokens: STILL_LEVEL - 5_000 });
      await pass(1);
      await granted(ask({}, { terms, stepId: 'next' }));
      expect(await levels()).toMatchObject({
        requests: STILL_LEVEL - 1,
        input_tokens: STILL_LEVEL - 3_000,
        output_tokens: STILL_LEVEL,
      });
    });

    it('that is renewed is kept, and charged once', async () => {
      const one = await granted(call());
      for (let i = 0; i < 5; i++) {
        await pass(RULES.reservationTtlMs - 1);
        await limiter.renew([one]);
      }
      await pass(RULES.reservationTtlMs - 1);
      await waiting(ask({}, { terms }));
      await granted(one);
      expect(await levels()).toMatchObject({ output_tokens: STILL_LEVEL - 5_000 });
    });

    it('is kept by who asks for it again', async () => {
      const one = await granted(call());
      await pass(RULES.reservationTtlMs - 1);
      await granted(one);
      await pass(RULES.reservationTtlMs - 1);
      await waiting(ask({}, { terms }));
      expect(await levels()).toMatchObject({ output_tokens: STILL_LEVEL - 5_000 });
    });

    it('is not shown any more from the instant it ends', async () => {
      await granted(call());
      await pass(RULES.reservationTtlMs - 1);
      expect(await viewOf()).toMatchObject({ calls: 1 });
      await pass(1);
      expect(await viewOf()).toMatchObject({ calls: 0 });
    });

    it('comes back with the next renewal after the store lost everything', async () => {
      const budget = { period: 'p', limit: 100, spent: 0 };
      const one = await granted(call({ cost: 60, budget }));
      await loseAll();
      await limiter.renew([one]);
      expect(await viewOf()).toMatchObject({ calls: 1 });
      expect(await waiting(ask({}, { terms }))).toMatchObject({ reason: 'concurrency' });
      const elsewhere = ask({}, { terms, bucket: 'two', cost: 50, budget });
      expect(await waiting(elsewhere)).toMatchObject({ reason: 'budget' });
      await settle(one, { cost: 10 });
      await granted(elsewhere);
      expect(await viewOf()).toMatchObject({ calls: 0 });
    });

    it('of several buckets is renewed in one call', async () => {
      const [one, two] = [await granted(call({ bucket: 'one' })), await granted(call({ bucket: 'two' }))];
      await pass(RULES.reservationTtlMs - 1);
      await limiter.renew([one, two]);
      await limiter.renew([]);
      await pass(RULES.reservationTtlMs - 1);
      expect([(await viewOf('one')).calls, (await viewOf('two')).calls]).toEqual([1, 1]);
    });
  });

  describe('a settlement', () => {
    const call = (amounts: Amounts) => ask(amounts, { terms: STILL });

    it('gives back what was not used, and takes what was used besides', async () => {
      const one = await granted(call({ requests: 1, input_tokens: 3_000, output_tokens: 5_000 }));
      await settle(one, { charged: { input_tokens: 3_500, output_tokens: 100 } });
      expect(await levels()).toMatchObject({
        requests: STILL_LEVEL - 1,
        input_tokens: STILL_LEVEL - 3_500,
        output_tokens: STILL_LEVEL - 100,
      });
      expect(await viewOf()).toMatchObject({ calls: 0 });
    });

    it('may leave less than nothing, which comes in first', async () => {
      const one = await granted(tokens(BURST * RULES.start));
      await settle(one, { charged: { tokens: BURST * RULES.start + 1_000 } });
      expect(await levels()).toMatchObject({ tokens: -1_000 });
      expect(await waiting(tokens(500))).toMatchObject({ waitMs: 1_500 });
    });

    it('does not save up more than the burst', async () => {
      await fill();
      const one = await granted(tokens(BURST));
      await pass(BURST / 2);
      await settle(one, { charged: { tokens: 0 } });
      expect(await levels()).toMatchObject({ tokens: BURST });
    });

    it('counts once', async () => {
      const [one, unknown] = [await granted(call({ tokens: 1_000 })), call({ tokens: 1_000 })];
      await settle(one, { charged: { tokens: 400 } });
      await settle(one, { charged: { tokens: 0 } });
      await settle(unknown, { charged: { tokens: 0 } });
      expect(await levels()).toMatchObject({ tokens: STILL_LEVEL - 400 });
    });

    it('of a call whose lease has ended changes nothing', async () => {
      const one = await granted(call({ tokens: 1_000 }));
      await pass(RULES.reservationTtlMs);
      await granted(call({}));
      await settle(one, { charged: { tokens: 0 } });
      expect(await levels()).toMatchObject({ tokens: STILL_LEVEL - 1_000 });
    });
  });
}
