import { blueprintOf } from '../test/example-run.js';
import { BROKEN } from '../test/search/broken.js';
import { compare, explore } from '../test/search/explore.js';
import { Graph, type EdgeKind } from '../test/search/graph.js';
import type { Scenario } from '../test/search/scenario.js';
import { RUN_TRANSITIONS, STEP_TRANSITIONS, VERSION_TRANSITIONS } from './state.js';

/** `npm run test:long` lets one fault more happen, which takes ten to thirty times as long. */
const LONG = Boolean(process.env['TEST_LONG']);
const TIME_LIMIT_MS = LONG ? 3_600_000 : 120_000;

const ONE = blueprintOf('notes', [{ mode: 'sequential', sections: { a: [] } }]);
const PAIR = blueprintOf('notes', [{ mode: 'parallel', sections: { a: [], b: [] } }]);
const TRIO = blueprintOf('notes', [{ mode: 'parallel', sections: { a: [], b: [], c: [] } }]);
const LINE = blueprintOf('notes', [
  { mode: 'sequential', sections: { a: [], b: ['a'] } },
  { mode: 'parallel', sections: { c: ['a', 'b'] } },
]);
const FAN = blueprintOf('notes', [
  { mode: 'sequential', sections: { a: [] } },
  { mode: 'parallel', sections: { b: ['a'], c: ['a'] } },
]);
const DIGEST = blueprintOf('digest', [{ mode: 'sequential', sections: { d: [] } }], ['notes']);

const two = { workers: 2, presence: 'kept' } as const;
const behindOne = { cachesPrefix: true, streaming: true } as const;
const faults = (normal: number) => (LONG ? normal + 1 : normal);
/** `least`: so many states there are at least; a search that grew small lost something. */
const scenarios: (Scenario & { least: number })[] = [
  { ...two, name: 'two sections one after the other, then one', blueprints: [LINE], faults: faults(3), least: 70_000 },
  { ...two, name: 'one section, then two side by side', blueprints: [FAN], faults: faults(2), least: 20_000 },
  { ...two, name: 'three sections side by side, two workers', blueprints: [TRIO], faults: faults(1), least: 6_000 },
  { ...two, name: 'a document and one made from it', blueprints: [ONE, DIGEST], faults: faults(3), least: 20_000 },
  {
    ...two,
    name: 'two sections, then a document of one',
    blueprints: [PAIR, DIGEST],
    faults: faults(2),
    least: 20_000,
  },
  {
    ...two,
    name: 'a run that waits for another one, with first content told',
    blueprints: [ONE],
    faults: faults(3),
    streaming: true,
    waiting: true,
    least: 20_000,
  },
  {
    ...two,
    ...behindOne,
    name: 'one section, then two, the second behind the first',
    blueprints: [FAN],
    faults: faults(1),
    least: 9_000,
  },
  {
    ...two,
    ...behindOne,
    name: 'three sections, two behind the first',
    blueprints: [TRIO],
    faults: faults(0),
    least: 1_000,
  },
  {
    ...two,
    ...behindOne,
    name: 'two sections, the second behind the first, and nobody remembers who began what',
    blueprints: [PAIR],
    faults: faults(1),
    presence: 'gone',
    least: 9_000,
  },
  {
    ...two,
    name: 'two sections, and nobody remembers who began what',
    blueprints: [PAIR],
    faults: faults(2),
    presence: 'gone',
    least: 20_000,
  },
];

describe('whatever happens, in whatever order', () => {
  const all = new Map<string, ReturnType<typeof explore>>();
  const found = (scenario: Scenario) => {
    const known = all.get(scenario.name) ?? explore(scenario);
    all.set(scenario.name, known);
    return known;
  };

  test.each(scenarios)(
    '$name, up to $faults faults: nothing bad can be reached, and every state can end, and does without further faults',
    (scenario) => {
      const { violation, states } = found(scenario);
      expect(violation).toBeNull();
      expect(states).toBeGreaterThan(scenario.least);
    },
    TIME_LIMIT_MS,
  );

  test(
    'every transition of the diagrams occurs, and no other',
    () => {
      const seen = new Set(scenarios.flatMap((scenario) => [...found(scenario).seen]));
      const ends = new Set(scenarios.flatMap((scenario) => [...found(scenario).ends]));
      const listed = (of: string, all: Record<string, readonly string[]>) =>
        Object.entries(all).flatMap(([from, next]) => next.map((to) => `${of} ${from} ${to}`));
      const drawn = [
        ...listed('run', RUN_TRANSITIONS),
        ...listed('version', VERSION_TRANSITIONS),
        ...listed('step', STEP_TRANSITIONS),
      ];
      // Nobody gives a run more sections here: that is left to decide.properties.spec.ts.
      const afterJoins = ['step delayed delayed', 'step delayed failed'];
      expect([...seen].toSorted()).toEqual(drawn.filter((one) => !afterJoins.includes(one)).toSorted());
      expect([...ends].toSorted()).toEqual(['cancelled', 'failed', 'partial', 'succeeded']);
    },
    TIME_LIMIT_MS,
  );
});

describe('the search takes short cuts, and misses nothing by them', () => {
  const worlds: Scenario[] = [
    { ...two, name: 'one section, leases known', blueprints: [ONE], faults: faults(1) },
    { ...two, name: 'one section, leases unknown', blueprints: [ONE], faults: faults(1), presence: 'gone' },
    { ...two, name: 'two sections side by side', blueprints: [PAIR], faults: LONG ? 1 : 0 },
    {
      ...two,
      ...behindOne,
      name: 'two sections, the second behind the first',
      blueprints: [PAIR],
      faults: faults(0),
    },
    { ...two, name: 'three sections in two stages', blueprints: [LINE], faults: 0 },
  ];
  test.each(worlds)(
    '$name',
    (world) => {
      const { unreduced, reduced, missed } = compare(world);
      expect(missed).toBe(0);
      expect(unreduced).toBeGreaterThan(5 * reduced);
    },
    TIME_LIMIT_MS,
  );
});

describe('the search can fail: it shows a shortest way to what goes wrong with a machine that', () => {
  const begin = ['start', 'admit a/1', 'take command a/1'];
  type World = Pick<Scenario, 'blueprints' | 'cachesPrefix' | 'streaming'>;
  const chain: World = { blueprints: [ONE, DIGEST] };
  const pair: World = { ...behindOne, blueprints: [PAIR] };
  const rows: [does: string, machine: keyof typeof BROKEN, what: string, trace: string[], world?: World][] = [
    [
      'takes a result of any attempt',
      'ignoresTheFence',
      'two texts of one section would be taken',
      [...begin, 'sweep too early: lost a/1', 'admit a/2', 'take command a/2'],
    ],
    [
      'does not issue a lost step again',
      'doesNotIssueLostSteps',
      'nothing moves the run',
      ['start', 'admit a/1', 'drop command a/1'],
    ],
    [
      'takes the result of a step that has ended',
      'takesResultsAfterTheEnd',
      'steps change legally',
      [...begin, 'worker calling a/1 ends: generated', 'cancel', 'deliver generated a/1'],
    ],
    [
      'issues a lost step under the same attempt',
      'issuesUnderTheSameAttempt',
      'attempts rise by one',
      ['start', 'admit a/1', 'sweep too early: lost a/1'],
    ],
    [
      'does not wake a delayed step',
      'forgetsDelayedSteps',
      'nothing moves the run',
      [...begin, 'worker calling a/1 ends: delayed', 'deliver delayed a/1'],
    ],
    [
      'tells nobody to stop',
      'tellsNobodyToStop',
      'a call begins after the cancel was noted',
      ['start', 'admit a/1', 'cancel', 'take command a/1'],
    ],
    [
      'tries again although a person asked to stop',
      'triesAgainAfterACancel',
      'nothing is left undone',
      [
        ...begin,
        'deliver started a/1',
        'worker calling a/1 ends: failedRetryable',
        'cancel',
        'deliver failedRetryable a/1',
      ],
    ],
    [
      'does not go on after a failed section',
      'stopsAfterAFailure',
      'nothing is left undone',
      [...begin, 'worker calling a/1 ends: failedFatal', 'deliver failedFatal a/1'],
    ],
    [
      'does not wake a section that let another one go first',
      'forgetsWhoWaitsForAnother',
      'nothing moves b',
      ['start'],
      pair,
    ],
    ['lets no section go first', 'sendsAllAtOnce', 'one section goes first', ['start'], pair],
    [
      'sends the others as soon as the first one is started',
      'followsTheStart',
      'one section goes first',
      [...begin, 'deliver started a/1'],
      pair,
    ],
    [
      'does not send the others when the first one streams',
      'doesNotFollowContent',
      'nothing is left undone',
      [...begin, 'worker calling a/1: write', 'deliver streaming a/1'],
      pair,
    ],
  ];
  test.each(rows)('%s', (_does, machine, what, trace, world = chain) => {
    const { violation } = explore({ ...two, ...world, name: machine, faults: 2, machine: BROKEN[machine] });
    expect(violation?.what).toContain(what);
    expect(violation?.trace).toEqual(trace);
  });

  test('has any mistake we know of', () => {
    expect(rows.map(([, machine]) => machine).toSorted()).toEqual(Object.keys(BROKEN).toSorted());
  });
});

describe('ways that do not end', () => {
  const graphOf = (...edges: [from: number, to: number, kind: EdgeKind][]) => {
    const graph = new Graph();
    for (let id = 0; id <= Math.max(...edges.map(([from, to]) => Math.max(from, to))); id++) {
      graph.open();
      for (const [from, to, kind] of edges) if (from === id) graph.add(to, kind);
    }
    return graph;
  };
  const isLast = (last: number) => (id: number) => id === last;

  test('a state from which no way leads to the end is found', () => {
    expect(graphOf([0, 1, 'free'], [0, 2, 'fault']).cannotReach(isLast(2))).toBe(1);
    expect(graphOf([0, 1, 'free'], [1, 2, 'fault']).cannotReach(isLast(2))).toBeNull();
  });

  test('a way that ends only by a fault does not end', () => {
    expect(graphOf([0, 1, 'free'], [1, 2, 'fault']).mayNotEnd(isLast(2))).toEqual({ id: 1, isStuck: true });
  });

  test('a way that ends only if somebody wishes does not end', () => {
    expect(graphOf([0, 1, 'free'], [1, 2, 'optional']).mayNotEnd(isLast(2))).toEqual({ id: 1, isStuck: true });
  });

  test('a way that can go round does not end, even if it can be left', () => {
    const circle = graphOf([0, 1, 'free'], [1, 2, 'free'], [2, 1, 'free'], [2, 3, 'free']);
    expect(circle.cannotReach(isLast(3))).toBeNull();
    expect(circle.mayNotEnd(isLast(3))).toEqual({ id: 1, isStuck: false });
  });

  test('a circle that only a fault closes ends', () => {
    expect(graphOf([0, 1, 'free'], [1, 0, 'fault'], [1, 2, 'free']).mayNotEnd(isLast(2))).toBeNull();
  });
});
