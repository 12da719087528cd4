import { expect, it } from '@jest/globals';
import type { Schemas } from '@planwright/client';
import { listed, madeFrom, namesFrom } from './names.js';

const blueprint = (document: string, requires: string[], sections: [string, string][] = []) =>
  ({
    document,
    requires,
    in_plans: true,
    title: `${document} of ours`,
    sections: sections.map(([id, title]) => ({ id, title })),
  }) as unknown as Schemas['Blueprint'];

const BLUEPRINTS = [
  blueprint('task_set', ['prd', 'tech_spec']),
  blueprint('prd', [], [['open_questions', 'Open Questions']]),
  blueprint('tech_spec', ['prd']),
  blueprint('test_plan', ['tech_spec']),
];

it('calls the usual documents by their usual names, others by their blueprints', () => {
  const names = namesFrom(BLUEPRINTS);
  expect(['prd', 'tech_spec', 'task_set', 'test_plan', 'risk_list'].map(names.document)).toEqual([
    'PRD',
    'Tech spec',
    'Tasks',
    'test_plan of ours',
    'Risk list',
  ]);
  expect(names.short('tech_spec')).toBe('Tech');
  expect(names.section('open_questions')).toBe('Open Questions');
  expect(names.section('user_stories')).toBe('User stories');
});

it('tells documents from sections', () => {
  const names = namesFrom(BLUEPRINTS);
  expect(['prd', 'test_plan', 'open_questions'].map(names.isDocument)).toEqual([true, true, false]);
});

it('finds all that is made from a document, through others as well', () => {
  expect(madeFrom('prd', BLUEPRINTS)).toEqual(['tech_spec', 'task_set', 'test_plan']);
  expect(madeFrom('task_set', BLUEPRINTS)).toEqual([]);
  expect(madeFrom('prd', [])).toEqual([]);
});

it('lists names as people do', () => {
  expect(listed([])).toBe('');
  expect(listed(['A'])).toBe('A');
  expect(listed(['A', 'B', 'C'])).toBe('A, B and C');
});
