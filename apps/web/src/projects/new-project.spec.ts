import { describe, expect, it } from '@jest/globals';
import type { Schemas } from '@planwright/client';
import { nameOfIdea } from './new-project.js';
import { progressOf, statusOf } from './run-words.js';

describe('a project', () => {
  it.each([
    ['A shared shopping list for flat mates, offline', 'A shared shopping list for flat'],
    ['Chess.', 'Chess'],
    ['  \n', 'New project'],
    ['x'.repeat(90), `${'x'.repeat(59)}…`],
  ])('whose idea is %j is called %j', (idea, name) => {
    expect(nameOfIdea(idea)).toBe(name);
  });

  it('says what its newest run does', () => {
    const run = { status: 'running', sections_completed: 4, sections_total: 7 } as Schemas['RunSummary'];
    expect([statusOf(null).words, statusOf(run).words, progressOf(run)]).toEqual([
      'Not started',
      'Writing',
      '4 of 7 sections',
    ]);
    expect(progressOf({ ...run, status: 'succeeded' })).toBeNull();
  });
});
