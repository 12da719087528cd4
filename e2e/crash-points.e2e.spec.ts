import { crashAt, findWays, keyOf, linesOf, missedOf, playOnce, sample, TABLE_HEAD } from './src/crash-points/cases.js';
import type { Outcome, Sample, Way, Ways } from './src/crash-points/cases.js';
import { listCrashPoints } from './src/crash-points/points.js';
import type { CrashPoint } from './src/crash-points/points.js';
import { SCENARIOS } from './src/crash-points/scenarios/scenarios.js';
import { CrashStage } from './src/crash-points/stage.js';
import { BY_CHANCE, isMeant, UNREACHABLE, whyUnreachable } from './src/crash-points/unreachable.js';
import { leaveNothingRunning, test } from './src/test.js';

const MINUTE = 60_000;
const SIDE_BY_SIDE = 3;
/** Of the plays that pass a point of every file, every so manyth: what the quick suite has time for. */
const SAMPLED = 12;
const points = listCrashPoints();

it('every point that is said to be out of reach is there', () => {
  expect([...UNREACHABLE, ...BY_CHANCE].filter((entry) => !points.some((point) => isMeant(entry, point)))).toEqual([]);
});

if (process.env['TEST_LONG'] === undefined) {
  test('a process that is killed at points of some files costs no run anything', crashInEveryFile, 5 * MINUTE);
} else {
  test('a process that is killed at any point costs no run anything', crashEverywhere, 180 * MINUTE);
}

/** What a minute allows: some of the points of every file that the quick scenarios pass, on two platforms side by side. */
async function crashInEveryFile(): Promise<void> {
  const stages: CrashStage[] = [];
  try {
    await Promise.all([1, 2].map(async () => void stages.push(await CrashStage.open())));
    const [first] = stages;
    if (!first) throw new Error('there is no platform');
    const quick = SCENARIOS.filter((scenario) => scenario.quick === true);
    const { ways, faults } = await findWays(first, quick);
    expect(faults).toEqual([]);
    const plays = sample(points, ways).filter((_play, i) => i % SAMPLED === 0);
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

/** Every point on its own, on several platforms side by side. One that is left in disorder makes place for a new one. */
async function crashEverywhere(): Promise<void> {
  const bad: string[] = [];
  const say = (...lines: string[]) => void process.stderr.write(`${lines.join('\n')}\n`);
  const stages = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => CrashStage.open()));
  try {
    const ways = new Map<string, Way[]>();
    const scenarios = [...SCENARIOS];
    await Promise.all(
      stages.map(async (stage) => {
        for (let scenario = scenarios.shift(); scenario; scenario = scenarios.shift()) {
          const found = await findWays(stage, [scenario]);
          bad.push(...found.faults);
          for (const [key, more] of found.ways) ways.set(key, [...(ways.get(key) ?? []), ...more]);
          say(`${scenario.name} (nobody dies): ${found.faults.length === 0 ? 'well' : found.faults.join('; ')}`);
        }
      }),
    );
    for (const known of ways.values()) {
      known.sort((one, other) => SCENARIOS.indexOf(one.scenario) - SCENARIOS.indexOf(other.scenario));
    }
    say(TABLE_HEAD);
    const left = [...points];
    await Promise.all(
      stages.map(async (_, i) => {
        for (let point = left.shift(); point; point = left.shift()) {
          const faults = await crashAlone(stages[i] as CrashStage, point, ways.get(keyOf(point)), say);
          if (faults.length === 0) continue;
          bad.push(...faults);
          await stages[i]?.close();
          stages[i] = await CrashStage.open();
        }
      }),
    );
    say(`${points.length} points, ${bad.length} faults`);
  } finally {
    await Promise.all(stages.map((stage) => stage.close()));
  }
  expect(bad).toEqual([]);
}

/** Kills a process at one point and answers what was wrong then. */
async function crashAlone(
  stage: CrashStage,
  point: CrashPoint,
  ways: readonly Way[] | undefined,
  say: (...lines: string[]) => void,
): Promise<string[]> {
  if (!ways) {
    const why = whyUnreachable(point);
    const isByChance = BY_CHANCE.some((entry) => isMeant(entry, point));
    say([point.role, point.name, '', 'out of reach', '', why].join(' | '));
    return why === undefined && !isByChance ? [`no scenario passes ${keyOf(point)}`] : [];
  }
  const outcome = await crashAt(stage, point, ways);
  const lines = linesOf(outcome);
  say(...lines);
  const isMissed = missedOf(outcome).length > 0 && !BY_CHANCE.some((entry) => isMeant(entry, point));
  return isMissed || outcome.faults.length > 0 ? lines : [];
}

leaveNothingRunning();
