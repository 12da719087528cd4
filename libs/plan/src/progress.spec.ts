import {
  after,
  blueprintOf,
  delayed,
  due,
  failed,
  generated,
  NOTES,
  openRun,
  START,
  started,
} from '../test/example-run.js';
import { decide } from './decide.js';
import type { RunEvent } from './events.js';
import { estimateSeconds, sectionCounts } from './progress.js';
import type { RunState } from './state.js';

const took = (stepId: string, from: number, seconds: number): RunEvent[] => [
  started(stepId, 1, from * 1000),
  generated(stepId, 1, (from + seconds) * 1000),
];
const eta = (state: RunState, seconds: number, usual?: ReadonlyMap<string, number>) => {
  const [document] = state.documents;
  if (!document) throw new Error('no document');
  return estimateSeconds(state, document, seconds * 1000, usual);
};
const begun = after(openRun([NOTES]), [START]);

describe('the estimate', () => {
  test('is null while nothing is measured', () => {
    expect(eta(begun, 0)).toBeNull();
  });

  test('adds up what comes one after another and takes the longest of what runs side by side', () => {
    // b 10 s, then c and d together 10 s, then e 10 s.
    expect(eta(after(begun, took('a', 0, 10)), 10)).toBe(30);
  });

  test('goes by the words a section is asked for', () => {
    const long = structuredClone(NOTES);
    for (const section of long.sections) if (section.id === 'd') section.words.target = 300;
    expect(eta(after(openRun([long]), [START, ...took('a', 0, 10)]), 10)).toBe(50);
  });

  test('counts what a running section has already taken, and never below nothing', () => {
    const state = after(begun, [...took('a', 0, 10), started('b', 1, 10_000)]);
    expect(eta(state, 14)).toBe(26);
    expect(eta(state, 60)).toBe(20);
  });

  test('counts the wait of a delayed section', () => {
    const state = after(begun, [...took('a', 0, 10), delayed('b', 1, 15_000)]);
    expect(eta(state, 10)).toBe(35);
    expect(eta(after(state, [due('b', 1, 15_000)]), 15)).toBe(30);
  });

  test('leaves out a section whose start was never told', () => {
    expect(eta(after(begun, [generated('a', 1, 10_000)]), 10)).toBeNull();
  });

  test('prefers what is known of a section from earlier runs', () => {
    const state = after(begun, took('a', 0, 10));
    expect(eta(state, 10, new Map([['c', 25_000]]))).toBe(45);
    expect(eta(begun, 0, new Map(['a', 'b', 'c', 'd', 'e'].map((id) => [id, 2_000])))).toBe(8);
    expect(eta(begun, 0, new Map([['a', 2_000]]))).toBeNull();
  });

  test('takes the pace of earlier documents of the run', () => {
    const digest = blueprintOf('digest', [{ mode: 'sequential', sections: { f: [], g: [] } }]);
    const run = after(openRun([blueprintOf('notes', [{ mode: 'sequential', sections: { a: [] } }]), digest]), [START]);
    const state = after(run, took('a', 0, 6));
    const second = state.documents[1];
    expect(second && estimateSeconds(state, second, 6_000)).toBe(12);
  });

  test('comes with each completed section', () => {
    const state = after(begun, [started('a', 1, 0)]);
    const [, progressed] = decide(state, generated('a', 1, 8_000), new Map([['e', 1_000]]));
    expect(progressed).toEqual({
      type: 'progressed',
      documentId: 'notes',
      sectionsCompleted: 1,
      sectionsTotal: 5,
      etaSeconds: 17,
    });
  });
});

test('completed counts carried and written sections, never failed ones', () => {
  const run = openRun([NOTES], { carried: { notes: ['a', 'b'] } });
  const [document] = after(run, [START, failed('c', 'auth'), generated('d')]).documents;
  expect(document && sectionCounts(document)).toEqual({ completed: 3, total: 5 });
});
