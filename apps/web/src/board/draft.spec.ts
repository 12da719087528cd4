import { describe, expect, it } from '@jest/globals';
import type { Draft } from './draft.js';
import { changesOf, decided, differences, draftOf, emptyDraft, rebase, tidy } from './draft.js';

const base: Draft = { ...emptyDraft('todo'), title: 'Count', description: 'All of them', labels: ['a', 'b'] };
const card = (change: Partial<Draft>): Draft => ({ ...base, ...change });

describe('a draft', () => {
  it('has the fields that are edited and no others', () => {
    expect(Object.keys(draftOf({ ...base, id: 'x' } as Draft))).not.toContain('id');
  });

  it('sends what differs, tidied, and never the column', () => {
    const draft = card({ title: ' Count taps ', status: 'done', acceptance_criteria: [' one ', ' '] });
    expect(changesOf(draft, base)).toEqual({ title: 'Count taps', acceptance_criteria: ['one'] });
    expect(changesOf(base, base)).toEqual({});
  });

  it('takes no order of labels for a difference, and that of criteria for one', () => {
    expect(differences(card({ labels: ['b', 'a'] }), base)).toEqual([]);
    const [one, other] = [card({ acceptance_criteria: ['x', 'y'] }), card({ acceptance_criteria: ['y', 'x'] })];
    expect(differences(one, other)).toEqual(['acceptance_criteria']);
  });

  it('says nothing with an empty criterion', () => {
    expect(differences(tidy(card({ acceptance_criteria: [''] })), base)).toEqual([]);
  });
});

describe('a draft put onto the card as it is now', () => {
  it.each<[string, Partial<Draft>, Partial<Draft>, Partial<Draft>, string[]]>([
    ['takes what others changed', {}, { title: 'Theirs' }, { title: 'Theirs' }, []],
    ['keeps what was typed', { title: 'Mine' }, {}, { title: 'Mine' }, []],
    ['has both where the fields differ', { title: 'Mine' }, { estimate: 3 }, { title: 'Mine', estimate: 3 }, []],
    ['asks where both changed one', { title: 'Mine' }, { title: 'Theirs' }, { title: 'Mine' }, ['title']],
    ['asks nothing where both say the same', { title: 'Same' }, { title: 'Same' }, { title: 'Same' }, []],
    ['asks about the column too', { status: 'done' }, { status: 'doing' }, { status: 'done' }, ['status']],
  ])('%s', (_, mine, theirs, result, conflicts) => {
    const merged = rebase(base, card(mine), card(theirs));
    expect(merged.draft).toEqual(card(result));
    expect(merged.conflicts.map(({ field }) => field)).toEqual(conflicts);
  });

  it('keeps both sides of a conflict, whichever is chosen, and as often as it is', () => {
    const merged = rebase(base, card({ title: 'Mine', priority: 'low' }), card({ title: 'Theirs' }));
    const theirs = decided(merged, 'title', 'theirs');
    expect(theirs.draft).toEqual(card({ title: 'Theirs', priority: 'low' }));
    const mine = decided(theirs, 'title', 'mine');
    expect(mine.draft).toEqual(card({ title: 'Mine', priority: 'low' }));
    expect(mine.conflicts.map(({ choice }) => choice)).toEqual(['mine']);
  });
});
