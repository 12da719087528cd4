import { expect, it } from '@jest/globals';
import type { Schemas } from '@planwright/client';
import { sourcesOf, stagesOf, titleOf } from './blueprint-view.js';

const words = { min: 10, target: 120, max: 200 };
const section = (id: string, order: number, more: object = {}) => ({
  id,
  title: `The ${id}`,
  order,
  words,
  uses: [],
  output: 'markdown',
  ...more,
});
const PRD = {
  ...{ id: 'prd.draft', version: 1, document: 'prd', title: 'PRD', mode: 'draft', requires: [], in_plans: true },
  stages: [
    { number: 1, mode: 'sequential', streamed: true, timeout_seconds: 60, sections: ['problem', 'goals'] },
    { number: 2, mode: 'parallel', streamed: true, timeout_seconds: 90, sections: ['summary'] },
  ],
  sections: [
    section('summary', 0, { uses: ['problem', 'goals'] }),
    section('problem', 1),
    section('goals', 2, { uses: ['problem'], requirements: 'FR' }),
  ],
} as unknown as Schemas['Blueprint'];
const TASKS = {
  ...PRD,
  document: 'task_set',
  title: 'Tasks',
  mode: null,
  requires: ['prd', 'rfc'],
} as Schemas['Blueprint'];

it('names a blueprint and what it is made from', () => {
  expect([titleOf(PRD), titleOf(TASKS)]).toEqual(['PRD, draft', 'Tasks']);
  expect(sourcesOf(PRD, [PRD])).toBe('Made from the idea and its constraints');
  expect(sourcesOf(TASKS, [PRD, TASKS])).toBe('Made from the idea and the PRD and the rfc');
});

it('shows stages in the order of writing', () => {
  expect(stagesOf(PRD)).toEqual([
    {
      number: 1,
      how: 'one after another, up to 1 min each',
      sections: [
        { id: 'problem', title: 'The problem', words: 'about 120 words', uses: 'Reads no other section', note: null },
        {
          id: 'goals',
          title: 'The goals',
          words: 'about 120 words',
          uses: 'Reads The problem',
          note: 'requirements FR-1, FR-2 …',
        },
      ],
    },
    {
      number: 2,
      how: 'one section, up to 2 min',
      sections: [
        { id: 'summary', title: 'The summary', words: 'about 120 words', uses: 'Reads all other sections', note: null },
      ],
    },
  ]);
});
