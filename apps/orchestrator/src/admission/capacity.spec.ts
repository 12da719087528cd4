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

/** Lets answers that are on their way arrive. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

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
  clock.at += 499;
  expect(await of.slots()).toEqual({ interactive: 1, background: 2, features: 0 });
  expect(asked).toBe(1);
});

it('answers with what it knows, and asks behind the back of whoever wants to know', async () => {
  const answers: (() => void)[] = [];
  const { of, clock } = capacity({
    slots: () =>
      new Promise((resolve) => {
        const interactive = answers.length + 1;
        answers.push(() => resolve({ interactive, background: 0, features: 0 }));
      }),
  });
  const first = of.slots();
  answers[0]?.();
  expect(await first).toMatchObject({ interactive: 1 });
  clock.at += 2_999;
  expect(await Promise.all([of.slots(), of.slots()])).toMatchObject([{ interactive: 1 }, { interactive: 1 }]);
  expect(answers).toHaveLength(2);
  answers[1]?.();
  await settled();
  expect(await of.slots()).toMatchObject({ interactive: 2 });
  expect(answers).toHaveLength(2);
});

it('waits for an answer after a pause', async () => {
  let asked = 0;
  const { of, clock } = capacity({ slots: async () => ({ interactive: ++asked, background: 0, features: 0 }) });
  await of.slots();
  clock.at += 3_000;
  expect(await of.slots()).toMatchObject({ interactive: 2 });
  clock.at -= 3_600_000;
  expect(await of.slots()).toMatchObject({ interactive: 3 });
});

it('waits for the first answer, however often nobody gave one', async () => {
  let there = false;
  const slots = { interactive: 4, background: 4, features: 4 };
  const { of, clock } = capacity({ slots: async () => (there ? slots : null) });
  expect(await of.slots()).toEqual({ interactive: 0, background: 0, features: 0 });
  there = true;
  clock.at += 1_000;
  expect(await of.slots()).toEqual(slots);
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
  for (let times = 0; times < 3; times++) {
    clock.at += 4_000;
    expect(await of.slots()).toMatchObject({ interactive: 3 });
  }
});
