import {
  after,
  blueprintOf,
  CANCEL,
  done,
  due,
  failed,
  generated,
  openRun,
  START,
  started,
  stepOf,
} from '../test/example-run.js';
import { decideAll } from './decide.js';
import type { RunEvent } from './events.js';
import { featureChanges, type FeatureChange } from './feature.js';
import type { RunState } from './state.js';

/** As the built-in spec and tasks: 50 + 50 + 80 + 120 s. */
const SPEC = blueprintOf('feature_spec', [
  { mode: 'sequential', seconds: 50, sections: { a: [], b: ['a'] } },
  { mode: 'parallel', seconds: 80, sections: { c: ['a'], d: ['a'] } },
]);
const lists = blueprintOf(
  'feature_tasks',
  [{ mode: 'sequential', seconds: 120, sections: { t: [] } }],
  ['feature_spec'],
);
const TASKS = { ...lists, sections: lists.sections.map((section) => ({ ...section, output: 'tasks' as const })) };
const feature = openRun([SPEC, TASKS], { kind: 'feature' });

/** What each event in turn changes of the feature. */
function told(state: RunState, events: readonly RunEvent[]): FeatureChange[] {
  return events.flatMap((event) => {
    const decided = decideAll(state, event);
    ({ state } = decided);
    return featureChanges(state, decided.effects);
  });
}
const SPEC_DONE = [START, ...done('a', 'b', 'c', 'd')];

describe('a feature', () => {
  test('is begun with its run, tells of each document as it begins, and is completed with its cards', () => {
    expect(told(feature, [...SPEC_DONE, started('t', 1, 7), generated('t', 1, 9)])).toEqual([
      { type: 'feature_began', at: 0 },
      { type: 'feature_progressed', message: 'Generating spec...' },
      { type: 'feature_spec_ended', documentId: 'feature_spec' },
      { type: 'feature_progressed', message: 'Creating tasks...' },
      { type: 'feature_tasks_ended', versionId: 'feature_tasks.v1', sections: ['t'] },
      { type: 'feature_completed', at: 9 },
    ]);
  });

  test('fails with its spec, keeps the part that is written, and makes no cards', () => {
    const changes = told(feature, [START, ...done('a', 'b', 'c'), failed('d', 'auth', { at: 5 })]);
    expect(changes.slice(2)).toEqual([
      { type: 'feature_spec_ended', documentId: 'feature_spec' },
      {
        type: 'feature_failed',
        at: 5,
        error: expect.stringMatching(
          /^The feature_spec is incomplete: .* D \(The provider refused the key\)\. Not started: The feature_tasks\. Retry the feature; /,
        ) as unknown,
      },
    ]);
  });

  test('fails with its tasks at once where they do not fit their schema: no repair, no cards', () => {
    const changes = told(feature, [...SPEC_DONE, failed('t', 'malformed')]);
    expect(changes.map(({ type }) => type).slice(3)).toEqual(['feature_progressed', 'feature_failed']);
  });

  test('has a text of its spec repaired once, like any other', () => {
    const repaired = after(feature, [START, failed('a', 'malformed')]);
    expect(stepOf(repaired, 'a')).toMatchObject({ status: 'queued', attempt: 2, repair: { code: 'malformed' } });
  });

  test.each<[string, RunEvent[]]>([
    ['before it began', [CANCEL]],
    ['while nothing is written', [START, CANCEL, failed('a', 'cancelled')]],
  ])('cancelled %s it has failed, and says so', (_when, events) => {
    const last = told(feature, events).at(-1);
    expect(last).toMatchObject({
      type: 'feature_failed',
      error: expect.stringMatching(/^The feature was cancelled\./),
    });
  });

  test('has no spec of a document that was cancelled', () => {
    const changes = told(feature, [START, ...done('a'), started('b'), CANCEL, failed('b', 'cancelled')]);
    expect(changes.map(({ type }) => type)).toEqual(['feature_began', 'feature_progressed', 'feature_failed']);
  });

  test('is told nothing by what ends neither a document nor the run', () => {
    expect(told(after(feature, [START]), [started('a'), failed('a', 'connection'), due('a', 1, 30_000)])).toEqual([]);
  });

  test('is not what a run of another kind writes', () => {
    expect(told(openRun([SPEC, TASKS]), [...SPEC_DONE, ...done('t')])).toEqual([]);
  });
});

test('a feature has 300 s of provider time, automatic tries included', () => {
  /** Each section of the longest way through the run fails once, late, and then takes all that is left. */
  const late = (stepId: string, limitS: number): RunEvent[] => {
    const brokenAt = (limitS - 10) * 1_000;
    const again = brokenAt + 30_000;
    return [
      started(stepId, 1, 0),
      failed(stepId, 'connection', { at: brokenAt }),
      due(stepId, 1, again),
      started(stepId, 2, again),
    ];
  };
  let state = after(feature, [START]);
  let usedMs = 0;
  for (const [stepId, limitS] of [
    ['a', 50],
    ['b', 50],
    ['c', 80],
    ['t', 120],
  ] as const) {
    state = after(state, late(stepId, limitS));
    const step = stepOf(state, stepId);
    expect(step).toMatchObject({ status: 'running', attempt: 2, tries: 1, spentMs: (limitS - 10) * 1_000 });
    usedMs += step.spentMs + 10_000;
    state = after(state, [generated(stepId, 2, limitS * 1_000 + 30_000), ...(stepId === 'c' ? done('d') : [])]);
  }
  expect(usedMs).toBe(300_000);
  expect(state.status).toBe('succeeded');
});
