import { describe, expect, it } from '@jest/globals';
import { PlanwrightError } from '@planwright/client';
import { blockersOf, cardFieldError } from './dependencies.js';
import { searchOptions } from './options.js';
import type { Task } from './words.js';

const card = (key: string, ...dependencies: string[]) => ({ id: key, key, dependencies }) as unknown as Task;

describe('what a card waits for', () => {
  it('is on the board and not done; what is done waits for nothing', () => {
    const blockers = blockersOf([
      { key: 'todo', title: 'To do', category: 'todo', tasks: [card('T-1', 'T-2', 'T-3', 'T-9'), card('T-2')] },
      { key: 'done', title: 'Done', category: 'done', tasks: [card('T-3', 'T-2')] },
    ]);
    expect([...blockers]).toEqual([['T-1', ['T-2']]]);
  });
});

describe('what is wrong with a field', () => {
  const refused = (pointer: string, code: string, message: string) =>
    new PlanwrightError({
      ...{ type: 'x', title: 'x', status: 400, code: 'invalid_request', detail: 'x', advice: 'x' },
      errors: [{ pointer, code, message }],
    });

  it('names the cards of a circle', () => {
    const error = refused('/dependencies/1', 'dependency_cycle', 'closes a circle: T-1 → T-2 → T-1');
    expect(cardFieldError(error, 'dependencies')).toBe('This closes a circle: T-1 → T-2 → T-1. Take one of them away.');
    expect(cardFieldError(error, 'labels')).toBeNull();
  });

  it('says what the server says', () => {
    expect(cardFieldError(refused('/estimate', 'too_big', 'must be at most 1000'), 'estimate')).toBe(
      'It must be at most 1000.',
    );
    expect(cardFieldError(new Error('other'), 'estimate')).toBeNull();
  });
});

describe('options', () => {
  const option = (name: string, detail: string) => ({ value: name, name, detail });
  const options = [option('T-12', 'Report taps'), option('T-1', 'List taps'), option('T-2', 'Say hello')];

  it('are found by name and by what they say, the one that is named first', () => {
    expect(searchOptions(options, 't-1', 8).map(({ name }) => name)).toEqual(['T-1', 'T-12']);
    expect(searchOptions(options, 'taps report', 8).map(({ name }) => name)).toEqual(['T-12']);
    expect(searchOptions(options, '', 2)).toHaveLength(2);
  });
});
