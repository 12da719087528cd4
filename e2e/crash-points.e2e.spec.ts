import { crashAt, findWays, keyOf, linesOf, missedOf, playOnce, sample, TABLE_HEAD } from './src/crash-points/cases.js';
import type { Outcome, Sample, Ways } from './src/crash-points/cases.js';
import { listCrashPoints } from './src/crash-points/points.js';
import { SCENARIOS } from './src/crash-points/scenarios/scenarios.js';
import { CrashStage } from './src/crash-points/stage.js';
import { isMeant, UNREACHABLE, whyUnreachable } from './src/crash-points/unreachable.js';
import { leaveNothingRunning, test } from './src/test.js';

const MINUTE = 60_000;
const points = listCrashPoints();

it('every point that is said to be out of reach is there', () => {
  expect(UNREACHABLE.filter((entry) => !points.some((point) => isMeant(entry, point)))).toEqual([]);
});

if (process.env['TEST_LONG'] === undefined) {
  test('a process that is killed at a point of any file costs no run anything', crashInEveryFile, 5 * MINUTE);
} else {
  test('a process that is killed at any point costs no run anything', crashEverywhere, 180 * MINUTE);
}

/** What a minute allows: a point of every file that the quick scenarios pass, on two platforms side by side. */
async function crashInEveryFile(): Promise<void> {
  const stages: CrashStage[] = [];
  try {
    await Promise.all([1, 2].map(async () => void stages.push(await CrashStage.open())));
    const [first] = stages;
    if (!first) throw new Error('there is no platform');
    const quick = SCENARIOS.filter((scenario) => scenario.quick === true);
    const { ways, faults } = await findWays(first, quick);
    expect(faults).toEqual([]);
    const plays = sample(points, ways);
    await Promise.all(
      stages.map(async (stage) => {
        for (let play = plays.shift(); play; play = plays.shift()) await crash(stage, play, ways);
      }),
    );
  } finally {
    await Promise.all(stages.map((stage) => stage.close()));
  }
}

/** Up to three processes die in one play. */
async function crash(stage: CrashStage, { scenario, victims }: Sample, ways: Ways): Promise<void> {
  const outcome = await playOnce(stage, scenario, victims);
  expect({ faults: outcome.faults, lines: linesOf(outcome) }).toMatchObject({ faults: [] });
  // Others that die in the same play can keep one from its point; alone it gets there.
  for (const { role, armed } of missedOf(outcome)) {
    const point = points.find((known) => known.role === role && known.name === armed?.point);
    if (point) expectCrash(await crashAt(stage, point, ways.get(keyOf(point)) ?? []));
  }
}

function expectCrash(outcome: Outcome): void {
  expect({ ...outcome, missed: missedOf(outcome) }).toMatchObject({ faults: [], missed: [] });
}

/** Every point on its own. A platform that is left in disorder makes place for a new one. */
async function crashEverywhere(): Promise<void> {
  const bad: string[] = [];
  let stage = await CrashStage.open();
  try {
    const { ways, faults } = await findWays(stage, SCENARIOS);
    bad.push(...faults);
    process.stdout.write(`${TABLE_HEAD}\n`);
    for (const point of points) {
      const known = ways.get(keyOf(point));
      if (!known) {
        const why = whyUnreachable(point);
        process.stdout.write(`${[point.role, point.name, '', 'out of reach', '', why].join(' | ')}\n`);
        if (why === undefined) bad.push(`no scenario passes ${keyOf(point)}`);
        continue;
      }
      const outcome = await crashAt(stage, point, known);
      process.stdout.write(`${linesOf(outcome).join('\n')}\n`);
      if (missedOf(outcome).length > 0) bad.push(...linesOf(outcome));
      if (outcome.faults.length === 0) continue;
      bad.push(...linesOf(outcome));
      await stage.close();
      stage = await CrashStage.open();
    }
  } finally {
    await stage.close();
  }
  expect(bad).toEqual([]);
}

leaveNothingRunning();
