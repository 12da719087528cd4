import { createInProcessPresence, LEASE_TTL_MS } from '@planwright/presence';
import type { Presence } from '@planwright/presence';
import { ScriptedProvider, waitFor } from '@planwright/testing';
import { command, generator } from '../../test/scripted-generator.js';
import type { StepGenerate } from './step-facts.js';
import { testLlm } from '../../test/test-llm.js';

const first = { redelivered: false };
const again = { redelivered: true };
const LEASE_TTL = 300;
const limits = { patienceMs: LEASE_TTL + 50, doubtMs: 100, lookEveryMs: 5, renewEveryMs: 20 };
const fenceOf = ({ payload }: StepGenerate) => ({ stepId: payload.step_id, attempt: payload.attempt });

/** Two generators on one provider, with one store of leases. */
function two(presence: Presence = createInProcessPresence({ leaseTtlMs: LEASE_TTL })) {
  const provider = new ScriptedProvider();
  const shared = { presence, limits, llm: testLlm([provider]) };
  return { presence, provider, one: generator(shared), other: generator(shared) };
}

/** A worker that has a step and renews its lease, until `die`. */
async function worker(presence: Presence, message: StepGenerate) {
  await presence.claim(fenceOf(message));
  const timer = setInterval(() => void presence.renew([fenceOf(message)]), limits.renewEveryMs);
  return { die: () => clearInterval(timer) };
}

const away: Presence = new Proxy(createInProcessPresence(), {
  get: () => () => Promise.reject(new Error('Redis is away')),
});

describe('a command that arrives more than once', () => {
  it('is written once when two generators get it at the same time', async () => {
    const { provider, one, other } = two();
    const message = command();
    await Promise.all([one.step.execute(message, first), other.step.execute(message, first)]);
    expect(provider.calls).toHaveLength(1);
    expect([...one.names(), ...other.names()]).toEqual(['step.started', 'step.streaming', 'step.generated']);
  });

  it('is written once when one generator gets two copies at the same time, with leases and without', async () => {
    for (const presence of [createInProcessPresence(), away]) {
      const { provider, one } = two(presence);
      const message = command();
      await Promise.all([one.step.execute(message, first), one.step.execute(message, first)]);
      expect(provider.calls).toHaveLength(1);
      expect(one.names()).toEqual(['step.started', 'step.streaming', 'step.generated']);
    }
  });

  it.each([
    ['generated', {}],
    ['failed', { end: 'silence' }],
  ] as const)('is left alone once it is %s', async (outcome, script) => {
    const { provider, one, other } = two();
    provider.script('goals', script);
    const message = command();
    await one.step.execute(message, first);
    expect(one.names().at(-1)).toBe(`step.${outcome}`);
    await other.step.execute(message, first);
    await other.step.execute(message, again);
    expect(other.names()).toEqual([]);
    expect(provider.calls).toHaveLength(1);
  });

  it('is left alone when it was told to be lost: one copy tells', async () => {
    const { presence, provider, one, other } = two();
    const message = command();
    await presence.claim(fenceOf(message));
    await presence.release(fenceOf(message));
    await one.step.execute(message, again);
    await other.step.execute(message, first);
    expect([one.names(), other.names()]).toEqual([['step.lost'], []]);
    expect(provider.calls).toEqual([]);
  });

  it('is settled before it is acknowledged, and after the broker has its end', async () => {
    const order: string[] = [];
    const presence = createInProcessPresence();
    const settle = (fence: Parameters<Presence['settle']>[0]) => {
      order.push('settled');
      return presence.settle(fence);
    };
    const broker = {
      async publish(messages: readonly { name: string }[]) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(...messages.map(({ name }) => name));
      },
    };
    const { step } = generator({ broker, presence: { ...bound(presence), settle } });
    await step.execute(command(), first);
    expect(order).toEqual(['step.started', 'step.streaming', 'step.generated', 'settled']);
  });

  it('is not settled when the broker does not take its end, and lost for whoever gets it next', async () => {
    const { presence, one, other } = two();
    const broken = generator({
      presence,
      limits: { ...limits, publishPausesMs: [] },
      broker: {
        async publish([fact]) {
          if (fact?.name === 'step.generated') throw new Error('away');
        },
      },
    });
    const message = command();
    await expect(broken.step.execute(message, first)).rejects.toThrow('away');
    expect(await presence.settled([fenceOf(message)])).toEqual([false]);
    await one.step.execute(message, again);
    await other.step.execute(message, again);
    expect([...one.names(), ...other.names()]).toEqual(['step.lost']);
  });
});

describe('a command of another worker', () => {
  it('is left alone while that worker lives, delivered first or again', async () => {
    const { presence, provider, one } = two();
    const message = command();
    const held = await worker(presence, message);
    await one.step.execute(message, first);
    await one.step.execute(message, again);
    held.die();
    expect(one.names()).toEqual([]);
    expect(provider.calls).toEqual([]);
    expect(await presence.alive([fenceOf(message)])).toEqual([true]);
  });

  it('is lost within a second after the lease of a worker that died lapses', async () => {
    const { presence, provider, one } = two(createInProcessPresence({ leaseTtlMs: LEASE_TTL }));
    const message = command();
    await presence.claim(fenceOf(message));
    const since = performance.now();
    await one.step.execute(message, again);
    expect(performance.now() - since).toBeGreaterThanOrEqual(LEASE_TTL - 50);
    expect(performance.now() - since).toBeLessThan(LEASE_TTL + 5_000);
    expect(one.names()).toEqual(['step.lost']);
    expect(provider.calls).toEqual([]);
  });

  it('is lost also for a copy that is delivered for the first time: it was begun once', async () => {
    const { presence, provider, one } = two();
    const message = command();
    await presence.claim(fenceOf(message));
    await waitFor(async () => !(await presence.alive([fenceOf(message)]))[0], { what: 'the lease to lapse' });
    await one.step.execute(message, first);
    expect(one.names()).toEqual(['step.lost']);
    expect(provider.calls).toEqual([]);
  });

  it('is left alone when its worker brings it to its end meanwhile', async () => {
    const { presence, one } = two();
    const message = command();
    const held = await worker(presence, message);
    const done = one.step.execute(message, again);
    await presence.settle(fenceOf(message));
    await done;
    held.die();
    expect(one.names()).toEqual([]);
  });

  it('is left alone when all leases are lost for a moment and the worker lives', async () => {
    let lost = createInProcessPresence({ leaseTtlMs: LEASE_TTL });
    const presence: Presence = new Proxy(lost, { get: (_, name: keyof Presence) => lost[name].bind(lost) });
    const { one } = two(presence);
    const message = command();
    const held = await worker(presence, message);
    lost = createInProcessPresence({ leaseTtlMs: LEASE_TTL });
    await one.step.execute(message, again);
    held.die();
    expect(one.names()).toEqual([]);
  });

  it('goes back to the queue when the process ends before it is certain', async () => {
    const { presence, one } = two(createInProcessPresence({ leaseTtlMs: 60_000 }));
    const patient = generator({ presence, limits: { ...limits, patienceMs: 60_000 } });
    const message = command();
    await presence.claim(fenceOf(message));
    const done = patient.step.execute(message, again);
    await Promise.all([patient.running.drain(1), expect(done).rejects.toThrow('shutting down')]);
    expect([...patient.names(), ...one.names()]).toEqual([]);
  });
});

describe('a command that nobody is known to have begun', () => {
  it('is lost when it is delivered again', async () => {
    const { provider, one } = two();
    await one.step.execute(command(), again);
    expect(one.names()).toEqual(['step.lost']);
    expect(provider.calls).toEqual([]);
  });

  it('is cancelled without a call when it was stopped, with older attempts of the step', async () => {
    const { presence, provider, one, other } = two();
    const [message, older] = [command({ attempt: 2 }), command({ attempt: 1 })];
    await presence.stop([fenceOf(message), { stepId: older.payload.step_id, attempt: 3 }]);
    await one.step.execute(message, first);
    await one.step.execute(older, again);
    expect(one.facts).toMatchObject(
      [message, older].map(({ payload }) => ({
        name: 'step.cancelled',
        payload: { step_id: payload.step_id, attempt: payload.attempt, draft: null, usage: null },
      })),
    );
    await other.step.execute(message, first);
    expect(other.names()).toEqual([]);
    expect(provider.calls).toEqual([]);
  });
});

describe('a step that is stopped while it is written', () => {
  it('ends with its draft even if the broadcast was lost, and a copy of it tells nothing', async () => {
    const { presence, provider, one, other } = two();
    provider.script('goals', { chunks: ['so far'], end: 'hang' });
    const message = command();
    const done = one.step.execute(message, first);
    await waitFor(() => provider.calls[0]?.pieces === 1, { what: 'the text' });
    await presence.stop([fenceOf(message)]);
    await Promise.all([done, other.step.execute(message, again)]);
    expect(one.facts.at(-1)).toMatchObject({ name: 'step.cancelled', payload: { draft: 'so far' } });
    expect(other.names()).toEqual([]);
    await waitFor(() => provider.calls[0]?.state === 'aborted', { what: 'the call to end' });
  });

  it('ends when its worker was frozen, taken for lost, and goes on', async () => {
    const clock = { ms: 0 };
    const presence = createInProcessPresence({ now: () => clock.ms });
    const { provider, one, other } = two(presence);
    provider.script('goals', { chunks: ['a'], end: 'hang' });
    const message = command();
    let isFrozen = false;
    const frozen = generator({
      presence: { ...bound(presence), renew: async (fences) => (isFrozen ? [] : presence.renew(fences)) },
      limits,
      llm: testLlm([provider]),
    });
    const done = frozen.step.execute(message, first);
    await waitFor(() => provider.calls[0]?.pieces === 1, { what: 'the text' });
    isFrozen = true;
    clock.ms += 2 * LEASE_TTL_MS;
    await one.step.execute(message, again);
    expect(one.names()).toEqual(['step.lost']);
    // As the engine does: it gives the attempt up and issues the next one.
    await presence.stop([fenceOf(message)]);
    provider.script('goals', {});
    await other.step.execute(command({ ...message.payload, attempt: 2 }), first);
    expect(other.names().at(-1)).toBe('step.generated');
    isFrozen = false;
    await done;
    expect(frozen.names().at(-1)).toBe('step.cancelled');
    expect(provider.calls[0]?.state).toBe('aborted');
  });
});

describe('while presence is away', () => {
  it('a command is written all the same', async () => {
    const { step, names } = generator({ presence: away });
    await step.execute(command(), first);
    expect(names()).toEqual(['step.started', 'step.streaming', 'step.generated']);
  });

  it('a redelivered command is lost at once', async () => {
    const { step, names, provider } = generator({ presence: away });
    await step.execute(command(), again);
    expect(names()).toEqual(['step.lost']);
    expect(provider.calls).toEqual([]);
  });
});

function bound(presence: Presence): Pick<Presence, 'claim' | 'renew' | 'settle' | 'release' | 'alive'> {
  return {
    claim: (fence) => presence.claim(fence),
    renew: (fences) => presence.renew(fences),
    settle: (fence) => presence.settle(fence),
    release: (fence) => presence.release(fence),
    alive: (fences) => presence.alive(fences),
  };
}
