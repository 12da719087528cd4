import fc from 'fast-check';
import { runFrom, type DocumentSeed } from '../test/random-run.js';
import { ACTS, World, type Turn } from '../test/world.js';
import { RUN_TRANSITIONS, STEP_TRANSITIONS, VERSION_TRANSITIONS } from './state.js';

const SEED = 20261121;
/** `npm run test:long` goes ten times as far. */
const TIMES = process.env['TEST_LONG'] ? 10 : 1;
const document: fc.Arbitrary<DocumentSeed> = fc.record({
  stages: fc.array(
    fc.record({
      parallel: fc.boolean(),
      seconds: fc.constantFrom(1, 45, 90, 600),
      sections: fc.array(fc.nat(1023), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  kept: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(255) }),
});
const randomRun = fc
  .tuple(fc.array(document, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([documents, cachesPrefix]) => runFrom(documents, cachesPrefix));
const turn: fc.Arbitrary<Turn> = fc.record({
  act: fc.constantFrom(...ACTS),
  pick: fc.nat(9_999),
  chance: fc.nat(99_999),
});
const turns = fc.array(turn, { minLength: 20, maxLength: 120, size: 'max' });

test('whatever generators and network do, every decision keeps the invariants and every run can end', () => {
  const transitions = new Set<string>();
  const ends = new Set<string>();
  const followed = new Set<string>();
  let [events, joined, held] = [0, 0, 0];
  const property = fc.property(randomRun, turns, fc.nat(9), (run, adversary, late) => {
    const world = new World(run, transitions);
    if (late > 0) world.play({ act: 'start', pick: 0, chance: 0 });
    for (const next of adversary) world.play(next);
    world.finish();
    events += world.events;
    joined += world.joined;
    held += world.held;
    ends.add(world.state.status);
    for (const type of world.followed) followed.add(type);
  });
  fc.assert(property, { seed: SEED, numRuns: 1_200 * TIMES });

  expect(events).toBeGreaterThan(20_000);
  expect([joined > 200, held > 100]).toEqual([true, true]);
  expect([...ends].toSorted()).toEqual(['cancelled', 'failed', 'partial', 'succeeded']);
  // Sections that wait for another one to go first follow whatever becomes of it.
  const news = ['streaming', 'generated', 'failed', 'delayed', 'lost', 'due'].map((name) => `step_${name}`);
  expect([...followed]).toEqual(expect.arrayContaining(news));
  // Each transition of the diagram occurs: it promises nothing that never happens.
  const listed = (of: string, all: Record<string, readonly string[]>) =>
    Object.entries(all).flatMap(([from, next]) => next.map((to) => `${of} ${from} ${to}`));
  const drawn = [
    ...listed('run', RUN_TRANSITIONS),
    ...listed('version', VERSION_TRANSITIONS),
    ...listed('step', STEP_TRANSITIONS),
  ];
  expect([...transitions].toSorted()).toEqual(expect.arrayContaining(drawn.toSorted()));
});

test('a run that is cancelled before or after its start ends cancelled once its generators answer', () => {
  const property = fc.property(randomRun, turns, fc.boolean(), (run, adversary, first) => {
    const world = new World(run, new Set());
    if (first) world.play({ act: 'cancel', pick: 0, chance: 0 });
    world.play({ act: 'start', pick: 0, chance: 0 });
    for (const next of adversary.slice(0, 30)) world.play(next);
    const ended = world.state.status !== 'running';
    world.play({ act: 'cancel', pick: 0, chance: 0 });
    const { status } = world.state;
    world.finish();
    expect(world.state.status).toBe(ended ? status : 'cancelled');
    if (first) expect(status).toBe('cancelled');
  });
  fc.assert(property, { seed: SEED, numRuns: 150 * TIMES });
});
