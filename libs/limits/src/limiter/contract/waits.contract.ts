import fc from 'fast-check';
import type { Answer, Terms } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { MINUTE, BURST, FLOWING } from './stage.contract.js';

/** What a step is told that has to wait. */
export function waits(stage: Stage): void {
  const { limiter, now, goTo, pass, ask, tokens, granted, waiting, reserveAll, touch, fill } = stage;

  describe('a wait', () => {
    it('tells the very instant, if nobody else asks', async () => {
      const amount = fc.integer({ min: 1, max: 20_000 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            tokens: fc.integer({ min: 20_000, max: 200_000 }),
            requests: fc.integer({ min: 1, max: 500 }),
          }),
          fc.record({ tokens: amount, requests: fc.constant(1) }),
          fc.nat(5_000),
          fc.constantFrom(0.985, 1, 0.3),
          async (limits, amounts, idleMs, margin) => {
            const terms: Terms = {
              ...FLOWING,
              margin,
              limits: {
                tokens: { start: limits.tokens, burst: 1 / 8 },
                requests: { start: limits.requests, burst: 1 / 60 },
              },
            };
            const more = { bucket: `bucket-${run++}`, terms };
            await touch(more);
            await pass(idleMs);
            const one = ask(amounts, more);
            const answer = await limiter.reserve(one);
            if (answer.kind === 'granted') return;
            if (answer.kind !== 'wait') throw new Error(JSON.stringify(answer));
            const { waitMs } = answer;
            expect(answer).toMatchObject({ reason: 'quota', position: 1 });
            // What is so little that it counts for nothing comes in within this.
            const slowest = (Math.min(limits.tokens, limits.requests) * margin) / MINUTE;
            const early = 2 + Math.ceil(RULES.rounding / slowest);
            if (waitMs > RULES.minWaitMs + early) {
              await pass(waitMs - early);
              await waiting(one);
              await pass(early);
            } else await pass(waitMs);
            await granted(one);
          },
        ),
        {
          numRuns: 60,
          // The wait is rounded down by less than a thousandth of a millisecond, in which more than a thousandth of a token comes in.
          examples: [[{ tokens: 171_812, requests: 13 }, { tokens: 18_262, requests: 1 }, 0, 0.985]],
        },
      );
    });

    it('is not for less than can be slept', async () => {
      await touch();
      expect(await waiting(tokens(BURST * RULES.start + 1))).toMatchObject({ waitMs: RULES.minWaitMs });
    });

    it('counts those before, who then come one by one at the instants they were told', async () => {
      await fill();
      await granted(tokens(BURST));
      const line = [3_000, 500, 9_000, 2_000].map((amount, i) => tokens(amount, { workspaceId: `w${i}` }));
      const answers = (await reserveAll(line)) as Extract<Answer, { kind: 'wait' }>[];
      expect(answers.map(({ position }) => position)).toEqual([1, 2, 3, 4]);
      expect(answers.map(({ waitMs }) => waitMs)).toEqual([3_000, 3_500, 12_500, 14_500]);
      const since = now();
      for (const [i, one] of line.entries()) {
        await goTo(since + (answers[i]?.waitMs ?? NaN));
        await granted(one);
      }
    });

    it('counts all those before, however many they are', async () => {
      await fill();
      await granted(tokens(BURST));
      const line = Array.from({ length: RULES.counted + 50 }, () => tokens(100));
      await reserveAll(line);
      const last = await waiting(tokens(100));
      expect(last.position).toBe(line.length + 1);
      expect(Math.abs(last.waitMs - (line.length + 1) * 100)).toBeLessThanOrEqual(1);
    });
  });
}
