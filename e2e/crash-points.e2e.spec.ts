import { crashAt, findWays, keyOf, linesOf, missedOf, playOnce, sample, TABLE_HEAD } from './src/crash-points/cases.js';
import type { Outcome } from './src/crash-points/cases.js';
import { listCrashPoints } from './src/crash-points/points.js';
import { SCENARIOS } from './src/crash-points/scenarios/scenarios.js';
import { CrashStage } from './src/crash-points/stage.js';
import { UNREACHABLE, whyUnreachable } from './src/crash-points/unreachable.js';
import { leaveNothingRunning, test } from './src/test.js';

const MINUTE = 60_000;
const points = listCrashPoints();

it('every point that is said to be out of reach is there', () => {
  for (const { role, point } of UNREACHABLE) {
    const known = points.filter((candidate) => (role ?? candidate.role) === candidate.role);
    expect(known.map(({ name }) => name)).toContainEqual(expect.stringContaining(point));
  }
});

if (process.env['TEST_LONG'] === undefined) {
  test('a process that is killed at a point of any file costs no run anything', crashInEveryFile, 5 * MINUTE);
} else {
  test('a process that is killed at any point costs no run anything', crashEverywhere, 180 * MINUTE);
}

/** What a minute allows: a point of every file that the quick scenarios pass, and up to three processes in a play. */
async function crashInEveryFile(): Promise<void> {
  const stage = await CrashStage.open();
  try {
    const { ways, faults } = await findWays(
      stage,
      SCENARIOS.filter(({ quick }) => quick === true),
    );
    expect(faults).toEqual([]);
    for (const { scenario, victims } of sample(points, ways)) {
      const outcome = await playOnce(stage, scenario, victims);
      expect({ faults: outcome.faults, lines: linesOf(outcome) }).toMatchObject({ faults: [] });
      // Others that die in the same play can keep one from its point; alone it gets there.
      for (const { role, armed } of missedOf(outcome)) {
        const point = points.find((known) => known.role === role && known.name === armed?.point);
        if (point) expectCrash(await crashAt(stage, point, ways.get(keyOf(point)) ?? []));
      }
    }
  } finally {
    await stage.close();
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
