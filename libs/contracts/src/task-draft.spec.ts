import { findCycle, parseTaskDrafts } from './task-draft.js';

const task = (ref: string, dependencies: string[] = []) => ({
  ref,
  title: `Build ${ref}`,
  description: 'What to build.',
  acceptance_criteria: ['Given a court, when it is free, then it is listed.'],
  type: 'feature',
  priority: 'medium',
  estimate: 3,
  labels: ['backend'],
  dependencies,
  requirements: ['FR-1'],
});
const list = (...tasks: unknown[]) => JSON.stringify({ tasks });

it('reads a good list', () => {
  expect(parseTaskDrafts(list(task('a'), task('b', ['a'])))).toMatchObject({ ok: true });
});

it.each([
  ['truncated JSON is never guessed shut', list(task('a')).slice(0, -3), /not JSON/],
  ['a status is not the model’s to set', list({ ...task('a'), status: 'done' }), /schema at \/tasks\/0/],
  ['an estimate off the scale', list({ ...task('a'), estimate: 4 }), /\/tasks\/0\/estimate/],
  ['no acceptance criteria', list({ ...task('a'), acceptance_criteria: [] }), /acceptance_criteria/],
  ['two tasks with one ref', list(task('a'), task('a')), /same ref/],
  ['an unknown dependency', list(task('a', ['z'])), /depends on z/],
  ['a cycle', list(task('a', ['b']), task('b', ['a'])), /a → b → a/],
  ['a task that depends on itself', list(task('a', ['a'])), /a → a/],
  ['an empty list', list(), /schema at \/tasks/],
  ['an escaped NUL', list({ ...task('a'), title: 'Add\u0000 login' }), /\/tasks\/0\/title: must not contain NUL/],
  ['an escaped lone surrogate', list({ ...task('a'), labels: ['a\ud800'] }), /\/tasks\/0\/labels\/0: .*surrogates/],
])('refuses: %s', (_what, text, detail) => {
  const parsed = parseTaskDrafts(text);
  expect(parsed.ok ? '' : parsed.detail).toMatch(detail);
});

it('names a cycle that starts later', () => {
  expect(
    findCycle(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toEqual(['b', 'c', 'b']);
  expect(
    findCycle(
      new Map([
        ['a', ['b', 'c']],
        ['b', ['c']],
        ['c', []],
      ]),
    ),
  ).toBeNull();
});
