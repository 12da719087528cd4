import { LIMITED_RESOURCES } from '@planwright/contracts';
import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { MINUTE, PER_MINUTE, BURST, FLOWING, STILL, STILL_LEVEL, kinds } from './stage.contract.js';

/** What a call takes, and when it takes nothing. */
export function reserving(stage: Stage): void {
  const { limiter, other, pass, ask, tokens, granted, waiting, viewOf, levels, touch, fill } = stage;

  describe('a reservation', () => {
    it('takes all of what a call needs', async () => {
      const answer = await limiter.reserve(
        ask({ requests: 1, input_tokens: 300, output_tokens: 20 }, { terms: STILL }),
      );
      expect(answer).toEqual({ kind: 'granted', isProbe: false, replicas: expect.any(Number) as number });
      expect(await levels()).toEqual({
        requests: STILL_LEVEL - 1,
        tokens: STILL_LEVEL,
        input_tokens: STILL_LEVEL - 300,
        output_tokens: STILL_LEVEL - 20,
      });
      expect(await viewOf()).toMatchObject({ calls: 1, waiting: 0, pause: null });
    });

    it.each(LIMITED_RESOURCES)('takes nothing where there are too few %s', async (resource) => {
      const enough = Object.fromEntries(LIMITED_RESOURCES.map((each) => [each, 10]));
      await touch({ terms: STILL });
      const before = await levels();
      const answer = await waiting(ask({ ...enough, [resource]: STILL_LEVEL + 10 }, { terms: STILL }));
      expect(answer).toMatchObject({ reason: 'quota', position: 1 });
      expect(await levels()).toEqual(before);
      expect(await viewOf()).toMatchObject({ calls: 0, waiting: 1 });
    });

    it('costs nothing while it is asked for in vain', async () => {
      await fill();
      const step = tokens(BURST + 1);
      for (let i = 0; i < 100; i++) await waiting({ ...step, id: `${step.stepId}/${i}` });
      expect(await levels()).toMatchObject({ tokens: BURST });
      await granted({ ...step, amounts: { tokens: BURST } });
    });

    it('costs others nothing that a hundred asked for who went away', async () => {
      await fill();
      const lengths = await Promise.all(Array.from({ length: 100 }, () => waiting(tokens(BURST + 1))));
      await pass(Math.max(...lengths.map(({ waitMs }) => waitMs)) + RULES.graceMs + 1);
      expect((await levels()).tokens).toBeGreaterThanOrEqual(BURST);
      await granted(tokens(BURST));
    });

    it('is one charge, however often and wherever it is asked for', async () => {
      const budget = { period: 'p', limit: 100, spent: 0 };
      const one = ask({ tokens: 1_000 }, { terms: STILL, cost: 60, budget });
      const answers = await Promise.all([one, one, one].map((each, i) => (i % 2 ? other : limiter).reserve(each)));
      expect(kinds(answers)).toEqual(['granted', 'granted', 'granted']);
      expect(await other.reserve(one)).toMatchObject({ kind: 'granted', isProbe: false });
      expect(await levels()).toMatchObject({ tokens: STILL_LEVEL - 1_000 });
      expect(await viewOf()).toMatchObject({ calls: 1 });
      await granted(ask({}, { terms: STILL, cost: 40, budget }));
    });

    it('begins low, as what was there before may just have been lost', async () => {
      await touch();
      expect(await levels()).toMatchObject({ tokens: BURST * RULES.start });
    });

    it('saves up no more than the burst while idle', async () => {
      await touch();
      await pass(60 * MINUTE);
      expect(await levels()).toMatchObject({ tokens: BURST });
    });

    it('uses of each limit what the margin leaves', async () => {
      const [more, small] = [{ bucket: 'small', terms: { ...FLOWING, margin: 0.5 } }, tokens(2_000)];
      const { waitMs } = await waiting(small);
      expect(await waiting({ ...small, ...more })).toMatchObject({ waitMs: 2 * waitMs });
    });

    it('is not limited by what nobody named', async () => {
      await granted(ask({ requests: 1_000_000, input_tokens: 1_000_000 }));
    });

    it('of one bucket leaves the others alone', async () => {
      await granted(tokens(100, { terms: STILL }));
      await granted(tokens(300, { terms: STILL, bucket: 'two' }));
      expect([(await levels()).tokens, (await levels('two')).tokens]).toEqual([STILL_LEVEL - 100, STILL_LEVEL - 300]);
    });

    it('larger than the limit is refused before anything is charged', async () => {
      const budget = { period: 'p', limit: 100, spent: 0 };
      const limit = 40_000;
      const large = ask({ requests: 1, tokens: limit + 1 }, { terms: STILL, cost: 100, budget });
      const answer = { kind: 'too_large', resource: 'tokens', asked: limit + 1, limit };
      for (let i = 0; i < 3; i++) expect(await limiter.reserve(large)).toEqual(answer);
      expect(await viewOf()).toMatchObject({ calls: 0, waiting: 0 });
      expect(await levels()).toMatchObject({ requests: STILL_LEVEL, tokens: STILL_LEVEL });
      await granted(ask({}, { terms: STILL, cost: 100, budget }));
    });

    it('of the whole limit is not too large, if the burst is smaller', async () => {
      await fill();
      const { waitMs } = await waiting(tokens(PER_MINUTE, { stepId: 'whole' }));
      await pass(waitMs);
      await granted(tokens(PER_MINUTE, { stepId: 'whole' }));
    });
  });
}
