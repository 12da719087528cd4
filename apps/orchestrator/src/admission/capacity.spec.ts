import { createLogger } from '@planwright/runtime';
import { Capacity } from './capacity.js';
import type { Queues } from './capacity.js';

const log = createLogger('orchestrator', 'silent');
const consumers = (interactive: number, background: number, features: number) => {
  const queue = (count: number) => ({ consumers: count, messages: 0 });
  return {
    'orchestrator.v1': queue(1),
    'generator.interactive.v1': queue(interactive),
    'generator.background.v1': queue(background),
    'generator.features.v1': queue(features),
  };
};

function capacity(parts: {
  slots?: () => Promise<null | Record<'interactive' | 'background' | 'features', number>>;
  queues?: Queues['queueStates'];
}) {
  const clock = { at: 1_000, now: () => clock.at };
  const of = new Capacity({
    generators: { slots: parts.slots ?? (async () => null) },
    broker: { queueStates: parts.queues ?? (() => Promise.reject(new Error('the broker is away'))) },
    slotsPerConsumer: 16,
    clock,
    log,
  });
  return { of, clock };
}

it('is what generators announce, asked for a few times a second at most', async () => {
  let asked = 0;
  const { of, clock } = capacity({ slots: async () => ({ interactive: ++asked, background: 2, features: 0 }) });
  expect(await Promise.all([of.slots(), of.slots()])).toMatchObject([{ interactive: 1 }, { interactive: 1 }]);
  expect(await of.slots()).toEqual({ interactive: 1, background: 2, features: 0 });
  clock.at += 1_000;
  expect(await of.slots()).toMatchObject({ interactive: 2 });
});

it('is counted by consumers where nothing is announced, or the announcements can not be read', async () => {
  for (const slots of [async () => null, () => Promise.reject(new Error('Redis is away'))]) {
    const { of } = capacity({ slots, queues: async () => consumers(2, 1, 0) });
    expect(await of.slots()).toEqual({ interactive: 32, background: 16, features: 0 });
  }
});

it('stays what it was while nobody answers', async () => {
  let away = false;
  const { of, clock } = capacity({
    slots: () =>
      away ? Promise.reject(new Error('away')) : Promise.resolve({ interactive: 3, background: 3, features: 3 }),
  });
  expect(await of.slots()).toMatchObject({ interactive: 3 });
  away = true;
  clock.at += 1_000;
  expect(await of.slots()).toMatchObject({ interactive: 3 });
});
