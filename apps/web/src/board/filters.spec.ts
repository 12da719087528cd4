import { describe, expect, it } from '@jest/globals';
import type { Filters } from './filters.js';
import { countFilters, filtersOf, labelsOf, matches, NO_FILTERS, shownOf, withFilters } from './filters.js';
import { emptyDraft } from './draft.js';
import type { Task } from './words.js';

const card = (change: Partial<Task>) =>
  ({ ...emptyDraft('todo'), key: 'T-1', origin: 'ai', feature_id: null, suggestion: null, ...change }) as Task;
const of = (query: string) => filtersOf(new URLSearchParams(query));

describe('filters in the address', () => {
  it('are read, and what they can not mean is left out', () => {
    expect(of('q=tap&type=bug&priority=high&label=ui&origin=user&feature=f1&suggestion=yes&requirement=none')).toEqual({
      ...{ text: 'tap', type: 'bug', priority: 'high', label: 'ui', origin: 'user', feature: 'f1' },
      ...{ hasSuggestion: true, noRequirement: true },
    });
    expect(of('type=constructor&priority=soon&origin=me&suggestion=1')).toEqual(NO_FILTERS);
  });

  it('are written, and all else of the address stays', () => {
    const query = withFilters(new URLSearchParams('card=T-3&q=old&type=bug'), { ...NO_FILTERS, text: 'new tap' });
    expect(query.toString()).toBe('card=T-3&q=new+tap');
  });

  it('come back as they were', () => {
    const filters: Filters = { ...NO_FILTERS, text: 'a&b=c', label: 'x y', hasSuggestion: true };
    expect(filtersOf(withFilters(new URLSearchParams(), filters))).toEqual(filters);
  });

  it('are counted', () => {
    expect(countFilters(NO_FILTERS)).toBe(0);
    expect(countFilters({ ...NO_FILTERS, text: 'a', noRequirement: true })).toBe(2);
  });
});

describe('a card', () => {
  it.each([
    ['every word is somewhere in it', { title: 'Report taps', labels: ['ui'] }, 'TAPS ui', true],
    ['its key is asked for', { key: 'T-12' }, 't-12', true],
    ['one word is nowhere', { title: 'Report taps' }, 'taps pumps', false],
    ['a requirement is asked for', { requirements: ['FR-2'] }, 'fr-2', true],
    ['nothing is asked for', {}, '  ', true],
  ])('is found by text where %s', (_, change, text, isFound) => {
    expect(matches(card(change), { ...NO_FILTERS, text })).toBe(isFound);
  });

  it.each([
    [{ type: 'bug' }, 'type=bug', 'type=chore'],
    [{ priority: 'high' }, 'priority=high', 'priority=low'],
    [{ labels: ['ui'] }, 'label=ui', 'label=u'],
    [{ origin: 'user' }, 'origin=user', 'origin=ai'],
    [{ feature_id: 'f1' }, 'feature=f1', 'feature=f2'],
    [{ suggestion: { vanished: true, fields: {} } }, 'suggestion=yes', 'type=bug'],
    [{ requirements: [] }, 'requirement=none', 'suggestion=yes'],
    [{ requirements: ['FR-1'] }, '', 'requirement=none'],
  ] as const)('%j passes %s and not %s', (change, passing, refusing) => {
    expect(matches(card(change as Partial<Task>), of(passing))).toBe(true);
    expect(matches(card(change as Partial<Task>), of(refusing))).toBe(false);
  });
});

describe('the board', () => {
  const columns = [
    {
      key: 'todo',
      title: 'To do',
      category: 'todo' as const,
      tasks: [card({ type: 'bug' }), card({ labels: ['b', 'a'] })],
    },
  ];

  it('is the same one without filters, so that nothing is drawn anew', () => {
    expect(shownOf(columns, NO_FILTERS)).toBe(columns);
    expect(shownOf(columns, of('type=bug'))[0]?.tasks).toHaveLength(1);
  });

  it('knows its labels', () => {
    expect(labelsOf([card({ labels: ['b', 'a'] }), card({ labels: ['a'] })])).toEqual(['a', 'b']);
  });
});
