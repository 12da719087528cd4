import { newId } from '@planwright/runtime';
import { waitFor } from '@planwright/testing';
import type { Fence, Presence } from './presence.js';

/** What the suite needs of a presence besides its interface. */
export interface PresenceUnderTest {
  presence: Presence;
  /** Another process on the same store; the in-process presence has none and gives itself. */
  other: Presence;
  close(): Promise<void>;
}

/** Life of leases in the suite: long enough for a busy machine to renew in time. */
export const TEST_LEASE_TTL_MS = 1_500;

/** What every presence promises. Leases must be made with `TEST_LEASE_TTL_MS`. */
export function presenceContract(name: string, create: () => Promise<PresenceUnderTest>): void {
  describe(`the presence ${name}`, () => {
    let presence: Presence;
    let other: Presence;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ presence, other, close } = await create());
    });
    afterAll(() => close());

    const fence = (attempt = 1, stepId = newId()): Fence => ({ stepId, attempt });
    const lapse = (held: Fence) =>
      waitFor(async () => !(await other.alive([held]))[0], { what: `the lease of ${held.stepId} to lapse` });

    describe('a claim', () => {
      it('is granted once, to whoever asks first', async () => {
        const one = fence();
        expect(await presence.claim(one)).toBe('claimed');
        expect(await other.claim(one)).toBe('held');
        expect(await presence.claim(one)).toBe('held');
      });

      it('is granted once among many at once', async () => {
        const one = fence();
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? presence : other).claim(one)),
        );
        expect(answers.filter((answer) => answer === 'claimed')).toHaveLength(1);
        expect(answers.filter((answer) => answer === 'held')).toHaveLength(19);
      });

      it('of another attempt, or another step, is one of its own', async () => {
        const one = fence(1);
        await presence.claim(one);
        expect(await presence.claim(fence(2, one.stepId))).toBe('claimed');
        expect(await presence.claim(fence(1))).toBe('claimed');
      });

      it('finds what lapsed, and does not grant it a second time', async () => {
        const one = fence();
        await presence.claim(one);
        await lapse(one);
        expect(await other.claim(one)).toBe('lapsed');
        expect(await other.claim(one)).toBe('lapsed');
        expect(await other.alive([one])).toEqual([false]);
      });

      it('finds what was given back as lapsed, at once', async () => {
        const one = fence();
        await presence.claim(one);
        await presence.release(one);
        expect(await other.claim(one)).toBe('lapsed');
      });

      it('finds what is settled, whatever came after it', async () => {
        const one = fence();
        await presence.claim(one);
        await presence.settle(one);
        await presence.stop([one]);
        await presence.release(one);
        expect(await presence.renew([fence(9)])).toEqual([]);
        expect(await other.claim(one)).toBe('settled');
      });

      it('finds what was stopped before it was begun, with older attempts and without newer ones', async () => {
        const stepId = newId();
        await presence.stop([fence(2, stepId)]);
        await presence.stop([fence(1, stepId)]);
        expect(await Promise.all([1, 2, 3].map((attempt) => other.claim(fence(attempt, stepId))))).toEqual([
          'stopped',
          'stopped',
          'claimed',
        ]);
        expect(await other.alive([1, 2, 3].map((attempt) => fence(attempt, stepId)))).toEqual([false, false, true]);
      });

      it('finds what was stopped rather than what is held', async () => {
        const one = fence();
        await presence.claim(one);
        await presence.stop([one]);
        expect(await other.claim(one)).toBe('stopped');
      });
    });

    describe('a renewal', () => {
      it('keeps leases alive past their time, all in one call', async () => {
        const [one, two, left] = [fence(), fence(), fence()];
        await Promise.all([one, two, left].map((each) => presence.claim(each)));
        const seen = await waitFor(
          async () => {
            expect(await presence.renew([one, two])).toEqual([]);
            const alive = await other.alive([one, left, two]);
            return alive[1] ? null : alive;
          },
          { what: 'the lease that is not renewed to lapse' },
        );
        expect(seen).toEqual([true, false, true]);
      });

      it('brings back what lapsed, was given back or was never claimed', async () => {
        const [lapsed, released, unknown] = [fence(), fence(), fence()];
        await Promise.all([presence.claim(lapsed), presence.claim(released)]);
        await presence.release(released);
        await lapse(lapsed);
        await presence.renew([lapsed, released, unknown]);
        expect(await other.alive([lapsed, released, unknown])).toEqual([true, true, true]);
      });

      it('tells what was stopped, and lets that lapse', async () => {
        const [one, two, three] = [fence(2), fence(), fence()];
        await Promise.all([one, two, three].map((each) => presence.claim(each)));
        await other.stop([three, fence(5, one.stepId)]);
        expect(await presence.renew([one, two, three])).toEqual([one, three]);
        await waitFor(
          async () => {
            await presence.renew([one, two]);
            return !(await other.alive([one]))[0];
          },
          { what: 'the lease of the stopped one to lapse' },
        );
      });

      it('does not bring back what is settled', async () => {
        const one = fence();
        await presence.claim(one);
        await presence.settle(one);
        expect(await presence.renew([one])).toEqual([]);
        expect(await other.alive([one])).toEqual([false]);
        expect(await other.claim(one)).toBe('settled');
      });

      it('of nothing does nothing', async () => {
        expect(await presence.renew([])).toEqual([]);
        expect(await presence.alive([])).toEqual([]);
        await presence.stop([]);
      });
    });

    it('tells living workers and settled attempts apart', async () => {
      const [held, stopped, settled, released, unknown] = [fence(), fence(), fence(), fence(), fence()];
      await Promise.all([held, stopped, settled, released].map((each) => presence.claim(each)));
      await Promise.all([presence.stop([stopped]), presence.settle(settled), presence.release(released)]);
      const all = [held, stopped, settled, released, unknown];
      expect(await other.alive(all)).toEqual([true, true, false, false, false]);
      expect(await other.settled(all)).toEqual([false, false, true, false, false]);
    });

    describe('slots', () => {
      it('are unknown until somebody announces some, and what was announced last then', async () => {
        expect(await presence.slots()).toBeNull();
        await presence.announce({ interactive: 2, background: 3, features: 0 });
        expect(await other.slots()).toEqual({ interactive: 2, background: 3, features: 0 });
        await presence.announce({ interactive: 0, background: 0, features: 0 });
        expect(await other.slots()).toEqual({ interactive: 0, background: 0, features: 0 });
      });
    });
  });
}
