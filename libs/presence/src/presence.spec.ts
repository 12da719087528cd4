import { createInProcessPresence } from './in-process-presence.js';
import { presenceContract, TEST_LEASE_TTL_MS } from './presence.contract.js';
import { ANNOUNCE_TTL_MS, LEASE_TTL_MS, REMEMBER_MS } from './presence.js';

presenceContract('in process', async () => {
  const presence = createInProcessPresence({ leaseTtlMs: TEST_LEASE_TTL_MS });
  return { presence, other: presence, close: () => presence.close() };
});

describe('the presence in process, besides', () => {
  const one = { stepId: 'a', attempt: 1 };
  const timed = () => {
    const clock = { ms: 0 };
    return { clock, presence: createInProcessPresence({ now: () => clock.ms }) };
  };

  it('holds leases for three seconds', async () => {
    const { clock, presence } = timed();
    await presence.claim(one);
    clock.ms = LEASE_TTL_MS - 1;
    expect(await presence.alive([one])).toEqual([true]);
    clock.ms = LEASE_TTL_MS;
    expect(await presence.alive([one])).toEqual([false]);
  });

  it('remembers for an hour, counted from the last change', async () => {
    const { clock, presence } = timed();
    const two = { stepId: 'b', attempt: 1 };
    await presence.settle(one);
    await presence.stop([two]);
    clock.ms = REMEMBER_MS - 1;
    expect(await presence.claim(one)).toBe('settled');
    await presence.stop([two]);
    clock.ms = REMEMBER_MS + 1;
    expect(await presence.claim(one)).toBe('claimed');
    expect(await presence.claim(two)).toBe('stopped');
  });

  it('forgets slots that are not announced again, and at its end', async () => {
    const { clock, presence } = timed();
    const slots = { interactive: 1, background: 1, features: 1 };
    await presence.announce(slots);
    clock.ms = ANNOUNCE_TTL_MS;
    expect(await presence.slots()).toBeNull();
    await presence.announce(slots);
    expect(await presence.slots()).toEqual(slots);
    await presence.close();
    expect(await presence.slots()).toBeNull();
  });
});
