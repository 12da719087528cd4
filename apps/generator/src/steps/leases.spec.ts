import { createInProcessPresence } from '@planwright/presence';
import type { Fence } from '@planwright/presence';
import { waitFor } from '@planwright/testing';
import { Leases } from './leases.js';
import type { Leaseholder } from './leases.js';
import { RunningSteps } from './running-steps.js';

const fence = (stepId: string, attempt = 1): Fence => ({ stepId, attempt });

/** Leases of a generator, with what was asked of presence and what was logged. */
function setUp(changes: Partial<Leaseholder> = {}, renewEveryMs = 5) {
  const presence = createInProcessPresence({ leaseTtlMs: 60_000 });
  const renewals: string[][] = [];
  const logged: string[] = [];
  const asked: Leaseholder = {
    claim: (each) => presence.claim(each),
    settle: (each) => presence.settle(each),
    release: (each) => presence.release(each),
    alive: (fences) => presence.alive(fences),
    async renew(fences) {
      renewals.push(fences.map(({ stepId }) => stepId));
      return presence.renew(fences);
    },
    ...changes,
  };
  const say = (level: string) => (_fields: object, message: string) => void logged.push(`${level}: ${message}`);
  const leases = new Leases({ presence: asked, log: { warn: say('warn'), info: say('info') }, renewEveryMs });
  const running = new RunningSteps();
  const keep = (of: Fence) => {
    const step = running.begin(of);
    leases.keep(step);
    return step;
  };
  return { presence, leases, running, keep, renewals, logged };
}

const away = () => Promise.reject(new Error('away'));

describe('Leases', () => {
  it('renews all that is kept in one call, again and again, and nothing after the last one', async () => {
    const { leases, keep, renewals, presence } = setUp();
    const [a, b] = [keep(fence('a')), keep(fence('b'))];
    await waitFor(() => renewals.length >= 3, { what: 'three renewals' });
    expect(renewals).toEqual(renewals.map(() => ['a', 'b']));
    await leases.settle(a);
    renewals.length = 0;
    await waitFor(() => renewals.length >= 2, { what: 'two more' });
    expect(new Set(renewals.flat())).toEqual(new Set(['b']));
    await leases.leave(b);
    renewals.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(renewals).toEqual([]);
    expect(await presence.claim(fence('a'))).toBe('settled');
    expect(await presence.claim(fence('b'))).toBe('lapsed');
  });

  it('gives back what is still kept, and nothing else', async () => {
    const released: Fence[] = [];
    const { leases, keep } = setUp({ release: async (each) => void released.push(each) });
    const [settled, left] = [keep(fence('a')), keep(fence('b'))];
    await leases.settle(settled);
    await leases.leave(settled);
    await leases.leave(left);
    await leases.leave(left);
    expect(released).toEqual([fence('b')]);
  });

  it('cancels what was stopped elsewhere, with its next renewal', async () => {
    const { leases, keep, presence } = setUp();
    const [stopped, other] = [keep(fence('a', 2)), keep(fence('b', 2))];
    await presence.stop([fence('a', 3), fence('b', 1)]);
    await waitFor(() => stopped.signal.aborted, { what: 'the cancel' });
    expect([stopped.stopReason, other.stopReason]).toEqual(['cancelled', undefined]);
    await Promise.all([leases.leave(stopped), leases.leave(other)]);
  });

  it('has one renewal under way at a time', async () => {
    let [open, most, calls] = [0, 0, 0];
    const { leases, keep } = setUp({
      async renew() {
        calls += 1;
        most = Math.max(most, ++open);
        await new Promise((resolve) => setTimeout(resolve, 25));
        open -= 1;
        return [];
      },
    });
    const step = keep(fence('a'));
    await waitFor(() => calls >= 3, { what: 'three renewals' });
    expect(most).toBe(1);
    await leases.leave(step);
  });

  it('takes a stopped attempt for held while its worker lives', async () => {
    const { leases, presence } = setUp();
    await presence.claim(fence('a'));
    await presence.stop([fence('a'), fence('b')]);
    expect(await leases.claim(fence('a'))).toBe('held');
    expect(await leases.claim(fence('b'))).toBe('stopped');
    await presence.release(fence('a'));
    expect(await leases.claim(fence('a'))).toBe('stopped');
  });

  it('works on while presence is away, says so once, and says when it is back', async () => {
    let isAway = true;
    const { leases, keep, presence, logged } = setUp({
      claim: away,
      settle: away,
      release: away,
      renew: (fences) => (isAway ? away() : presence.renew(fences)),
    });
    expect(await leases.claim(fence('a'))).toBe('unknown');
    const [step, settled] = [keep(fence('a')), keep(fence('b'))];
    await leases.settle(settled);
    await leases.release(fence('c'));
    expect(logged).toEqual(['warn: leases cannot be taken or renewed, working without them']);
    isAway = false;
    await waitFor(async () => (await presence.alive([fence('a')]))[0], { what: 'the lease to be back' });
    expect(logged.at(-1)).toBe('info: leases are back');
    await leases.leave(step);
  });
});
