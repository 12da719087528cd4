import { expect, it } from '@jest/globals';
import { diffTasks, readableText } from './task-texts.js';

const task = (title: string, more: object = {}) => ({
  ...{ ref: 'T1', title, description: 'It works.', acceptance_criteria: ['Given', 'Then'], type: 'feature' },
  ...{ priority: 'high', estimate: 3, labels: ['ui'], dependencies: [], requirements: ['FR-1'], ...more },
});
const list = (...tasks: object[]) => JSON.stringify({ tasks });

it('shows a task list as text', () => {
  expect(readableText(list(task('Book a court')))).toBe(
    [
      '#### Book a court',
      'It works.',
      '- Given',
      '- Then',
      'Type: feature. Priority: high. Points: 3. Labels: ui. Requirements: FR-1',
    ].join('\n\n'),
  );
});

it.each(['# A text', '{ not JSON', '{"tasks":3}', ''])('leaves %j as it is', (text) => {
  expect(readableText(text)).toBe(text);
  expect(diffTasks(text, text)).toBeNull();
});

it('compares card by card', () => {
  const before = list(task('Book'), task('Pay'), task('Cancel'));
  const after = list(task('Pay', { description: 'It pays.' }), task('Book'), task('Remind'));
  const found = diffTasks(before, after);
  expect(found?.map(({ title, status }) => [title, status])).toEqual([
    ['Pay', 'changed'],
    ['Book', 'same'],
    ['Remind', 'added'],
    ['Cancel', 'removed'],
  ]);
  expect(found?.[0]?.parts.filter(({ op }) => op !== 'equal')).toEqual([
    { op: 'insert', text: 'It pays.\n\n' },
    { op: 'delete', text: 'It works.\n\n' },
  ]);
});
