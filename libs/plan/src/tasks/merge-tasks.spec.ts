import type { TaskDraft, TaskFields } from '@planwright/contracts';
import { editedFields } from './board-card.js';
import type { BoardCard } from './board-card.js';
import { closedCircle, dependencyPath } from './dependency-path.js';
import { decideCard, editCard, restoreCard } from './edit-card.js';
import { matchTasks } from './match-tasks.js';
import { mergeTasks } from './merge-tasks.js';
import { planTaskMerge } from './plan-task-merge.js';

const draft = (title: string, more: Partial<TaskDraft> = {}): TaskDraft => ({
  ref: title,
  title,
  description: 'What it is about.',
  acceptance_criteria: ['It works.'],
  type: 'feature',
  priority: 'high',
  estimate: 3,
  labels: ['api'],
  dependencies: [],
  requirements: ['FR-1'],
  ...more,
});
const fieldsOf = ({ ref: _, ...fields }: TaskDraft): TaskFields => fields;
/** A card as it was generated; `number` is its id, too. */
const card = (
  number: number,
  title: string,
  more: Partial<BoardCard> = {},
  text: Partial<TaskFields> = {},
): BoardCard => {
  const fields = { ...fieldsOf(draft(title)), ...text };
  return {
    ...{ id: `c${number}`, number, origin: 'ai', featureId: null, place: 'board', category: 'todo' },
    ...{ fields, base: fields, suggestion: null, kept: false },
    ...more,
  };
};
const merge = (cards: BoardCard[], drafts: TaskDraft[], featureId: string | null = null) =>
  mergeTasks({ cards, drafts, featureId, ids: drafts.map((_, i) => `n${i}`) });
/** The cards after a merge, new ones included. */
const after = (cards: BoardCard[], drafts: TaskDraft[]): BoardCard[] => {
  const { created, changed } = merge(cards, drafts);
  const now = new Map(changed.map(({ after: one }) => [one.id, one]));
  const fresh = created.map(({ id, fields }, i) => ({ ...card(100 + i, ''), id, fields, base: fields }));
  return [...cards.map((one) => now.get(one.id) ?? one), ...fresh];
};
const one = (before: BoardCard, ...drafts: TaskDraft[]): BoardCard => after([before], drafts)[0] as BoardCard;
const edited = (before: BoardCard, changes: Partial<TaskFields>) => editCard(before, changes);

const LOGIN = 'Let people log in';
const newer = draft(LOGIN, { description: 'Newer.', labels: ['web'] });

describe('a card whose task is there again', () => {
  it('takes the new text where nobody touched it', () => {
    const now = one(card(1, LOGIN), newer);
    expect(now.fields).toEqual(fieldsOf(newer));
    expect([now.base, now.suggestion, editedFields(now)]).toEqual([now.fields, null, []]);
  });

  it('keeps what a person edited, offers the new text beside it and takes the rest', () => {
    const now = one(edited(card(1, LOGIN), { description: 'Mine.' }), newer);
    expect(now.fields).toEqual({ ...fieldsOf(newer), description: 'Mine.' });
    expect(now.suggestion).toEqual({ vanished: false, fields: { description: 'Newer.' } });
    expect(editedFields(now)).toEqual(['description']);
  });

  it('offers nothing where the generator says what it said before', () => {
    const mine = edited(card(1, LOGIN), { description: 'Mine.' });
    expect(one(mine, draft(LOGIN))).toBe(mine);
  });

  it('is no longer edited where the generator comes to the same', () => {
    const now = one(edited(card(1, LOGIN), { description: 'Newer.' }), newer);
    expect([now.suggestion, editedFields(now)]).toEqual([null, []]);
  });

  it('takes back an offer the generator no longer makes', () => {
    const offered = one(edited(card(1, LOGIN), { description: 'Mine.' }), newer);
    expect(one(offered, draft(LOGIN, { labels: ['web'] })).suggestion).toBeNull();
  });

  it.each(['started', 'done', null] as const)('stays exactly as it is in a column of category %s', (category) => {
    expect(merge([edited(card(1, LOGIN, { category }), { title: 'Log in' })], [newer])).toMatchObject({
      created: [],
      changed: [],
    });
  });

  it('stays deleted where a person deleted it, and its task makes no other card', () => {
    expect(merge([card(1, LOGIN, { place: 'deleted' })], [newer])).toMatchObject({ created: [], changed: [] });
  });

  it('makes another card where a deleted one is only alike', () => {
    expect(merge([card(1, LOGIN, { place: 'deleted' })], [draft('Let people log out')]).created).toHaveLength(1);
  });

  it('comes back where it was retired, with what a person had written', () => {
    const now = one({ ...edited(card(1, LOGIN), { title: 'Log in' }), place: 'retired' }, newer);
    expect(now).toMatchObject({ place: 'board', fields: { title: 'Log in', description: 'Newer.' } });
  });

  it('is found by the title it was given, and by the one a person gave it', () => {
    const renamed = edited(card(1, LOGIN), { title: 'Sign in with a passkey' });
    for (const title of [LOGIN, 'Sign in with a passkey']) expect(merge([renamed], [draft(title)]).created).toEqual([]);
  });
});

describe('a card whose task is gone', () => {
  const gone = [draft('Quite another thing')];
  it('is retired where nobody touched it', () => {
    expect(one(card(1, LOGIN), ...gone)).toMatchObject({ place: 'retired', suggestion: null });
  });
  it('stays and is marked where a person edited it', () => {
    const mine = edited(card(1, LOGIN), { labels: ['mine'] });
    const now = one(mine, ...gone);
    expect(now).toEqual({ ...mine, suggestion: { vanished: true, fields: {} } });
    expect(one(now, ...gone)).toBe(now);
  });
  it('stays without a mark where a person brought it back, until its task is there again', () => {
    const back = restoreCard(one(card(1, LOGIN), ...gone));
    expect(one(back, ...gone)).toBe(back);
    expect(one(one(back, newer), ...gone).place).toBe('retired');
  });
  it.each(['started', 'done'] as const)('stays exactly as it is in a column of category %s', (category) => {
    const begun = card(1, LOGIN, { category });
    expect(one(begun, ...gone)).toBe(begun);
  });
});

describe('cards that take no part', () => {
  it.each<[string, Partial<BoardCard>]>([
    ['of a person', { origin: 'user', base: null }],
    ['of a feature', { featureId: 'f1' }],
  ])('%s stay, and their tasks become other cards', (_what, more) => {
    const other = card(1, LOGIN, more);
    expect(merge([other], [newer])).toMatchObject({ created: [{ id: 'n0' }], changed: [] });
  });

  it('are those of the project where a feature is written', () => {
    const cards = [card(1, LOGIN), card(2, LOGIN, { featureId: 'f1' })];
    expect(merge(cards, [newer], 'f1').changed.map(({ before }) => before.id)).toEqual(['c2']);
  });
});

describe('matching', () => {
  const pairs = (cards: BoardCard[], drafts: TaskDraft[]) =>
    [...matchTasks(cards, drafts)].map(([i, { id }]) => `${drafts[i]?.title} = ${id}`).toSorted();

  it('goes by title, whatever the order, case and punctuation', () => {
    const cards = [card(1, 'Show a map of courts'), card(2, 'Show a list of courts')];
    const drafts = [draft('show a list of courts!'), draft('Show a MAP of courts')];
    expect(pairs(cards, drafts)).toEqual(['Show a MAP of courts = c1', 'show a list of courts! = c2']);
  });

  it('takes the most alike first, so an exact title is never lost to a similar one', () => {
    const cards = [card(1, 'Write tests for booking courts'), card(2, 'Write tests for booking')];
    const drafts = [draft('Write tests for booking'), draft('Write more tests for booking courts')];
    expect(pairs(cards, drafts)).toEqual(['Write more tests for booking courts = c1', 'Write tests for booking = c2']);
  });

  it.each<[string, string, string[], string[], boolean]>([
    ['the same words in another form', 'Send a reminder', [], [], true],
    ['another task for the same requirement', 'Charge the card', ['FR-1'], ['FR-1'], false],
    ['a similar title for another requirement', 'Send the reminders again', ['FR-1'], ['FR-9'], false],
    ['a similar title for the same requirement', 'Send the reminders again', ['FR-1'], ['FR-1'], true],
    ['the same title for another requirement', 'Send reminders', ['FR-1'], ['FR-9'], true],
  ])('of "Send reminders" with %s', (_what, title, links, others, same) => {
    const known = card(1, 'Send reminders', {}, { requirements: links });
    expect(matchTasks([known], [draft(title, { requirements: others })]).size).toBe(same ? 1 : 0);
  });

  it('works in scripts without spaces', () => {
    expect(pairs([card(1, '予約を作成する'), card(2, '支払いを受け取る')], [draft('予約を新しく作成する')])).toEqual([
      '予約を新しく作成する = c1',
    ]);
  });

  it('gives a card that is on the board before one that is not, and the older one before the younger', () => {
    const cards = [card(1, LOGIN, { place: 'retired' }), card(2, LOGIN), card(3, LOGIN)];
    expect(pairs(cards, [draft(LOGIN)])).toEqual([`${LOGIN} = c2`]);
  });

  it('tells drafts of one title apart by the rest', () => {
    const cards = [card(1, LOGIN, {}, { description: 'B' }), card(2, LOGIN, {}, { description: 'A' })];
    const drafts = [draft(LOGIN, { ref: 'x', description: 'A' }), draft(LOGIN, { ref: 'y', description: 'B' })];
    expect([...matchTasks(cards, drafts)].map(([i, { id }]) => [drafts[i]?.ref, id])).toEqual(
      expect.arrayContaining([
        ['x', 'c2'],
        ['y', 'c1'],
      ]),
    );
  });
});

describe('dependencies', () => {
  const titles = ['Lay the foundation', 'Put up the walls', 'Cover the roof'] as const;
  const [floor, walls, roof] = titles;

  it('lead to the cards the tasks are about, new ones included', () => {
    const drafts = [
      draft(floor),
      draft(walls, { dependencies: [floor] }),
      draft(roof, { dependencies: [walls, floor] }),
    ];
    const now = after([card(7, walls)], drafts);
    expect(now.map(({ id, fields }) => [id, fields.dependencies])).toEqual([
      ['c7', ['n0']],
      ['n0', []],
      ['n2', ['c7', 'n0']],
    ]);
  });

  it('that a person made stay; a generated one that would close a circle with them is left out and reported', () => {
    const cards = [edited(card(1, floor), { dependencies: ['c2'] }), card(2, walls)];
    const merged = merge(cards, [draft(floor), draft(walls, { dependencies: [floor] })]);
    expect(merged).toMatchObject({ changed: [], dropped: [{ cardId: 'c2', dependencyId: 'c1' }] });
  });

  it('of people’s cards and of those that have begun count as well', () => {
    const mine = card(3, 'Mine', { origin: 'user', base: null }, { dependencies: ['c2'] });
    const begun = card(1, floor, { category: 'started' }, { dependencies: ['c3'] });
    const merged = merge([begun, card(2, walls), mine], [draft(floor), draft(walls, { dependencies: [floor] })]);
    expect(merged.dropped).toEqual([{ cardId: 'c2', dependencyId: 'c1' }]);
  });

  it('are offered where a person has others, without those nobody could accept', () => {
    const cards = [
      edited(card(1, floor), { dependencies: ['c3'] }),
      card(2, walls),
      card(3, roof, { origin: 'user', base: null }),
      card(4, 'Dig the pit', { category: 'done' }, { dependencies: ['c1'] }),
    ];
    const drafts = [draft(floor, { dependencies: [walls, 'Dig the pit'] }), draft(walls), draft('Dig the pit')];
    const merged = merge(cards, drafts);
    expect(merged.changed[0]?.after.suggestion).toEqual({ vanished: false, fields: { dependencies: ['c2'] } });
    expect(merged.dropped).toEqual([{ cardId: 'c1', dependencyId: 'c4' }]);
  });

  it('in another order are the same', () => {
    const known = card(3, roof, {}, { dependencies: ['c1', 'c2'] });
    const drafts = [draft(floor), draft(walls), draft(roof, { dependencies: [walls, floor] })];
    expect(merge([card(1, floor), card(2, walls), known], drafts).changed).toEqual([]);
  });
});

describe('a circle', () => {
  const edges = new Map([
    ['a', ['b', 'x']],
    ['b', ['c']],
    ['x', []],
    ['c', []],
  ]);
  it.each<[string, string, string[], string[] | null]>([
    ['through others', 'c', ['x', 'a'], ['c', 'a', 'b', 'c']],
    ['with itself', 'x', ['x'], ['x', 'x']],
    ['by none', 'x', ['b', 'c'], null],
    ['by what it has already', 'a', ['b', 'x'], null],
  ])('is closed %s', (_what, id, dependencies, path) => expect(closedCircle(edges, id, dependencies)).toEqual(path));

  it('is shown by its shortest path', () => {
    const shortcut = new Map([...edges, ['a', ['b', 'c']]]);
    expect(dependencyPath(shortcut, 'a', 'c')).toEqual(['a', 'c']);
  });
});

describe('a decision', () => {
  const offered = one(edited(card(1, LOGIN), { description: 'Mine.', labels: ['mine'] }), newer);
  const decide = (before: BoardCard, ...[decision]: [Parameters<typeof decideCard>[1]]): BoardCard => {
    const answer = decideCard(before, decision);
    if (!answer.ok) throw new Error('not offered');
    return answer.card;
  };

  it('to accept takes the offer, and the next merge may write there again', () => {
    const now = decide(offered, { action: 'accept' });
    expect(now).toMatchObject({ fields: { description: 'Newer.', labels: ['web'] }, suggestion: null });
    expect(editedFields(now)).toEqual([]);
    expect(one(now, draft(LOGIN, { description: 'Newest.' })).fields.description).toBe('Newest.');
  });

  it('to dismiss keeps the text, and the same offer does not come back; another one does', () => {
    const now = decide(offered, { action: 'dismiss' });
    expect(now).toMatchObject({ fields: { description: 'Mine.', labels: ['mine'] }, suggestion: null });
    expect(one(now, newer)).toBe(now);
    expect(one(now, { ...newer, description: 'Newest.' }).suggestion?.fields).toEqual({ description: 'Newest.' });
  });

  it('about one field leaves the rest of the offer', () => {
    const now = decide(offered, { action: 'accept', fields: ['labels'] });
    expect(now).toMatchObject({ fields: { description: 'Mine.', labels: ['web'] } });
    expect(now.suggestion).toEqual({ vanished: false, fields: { description: 'Newer.' } });
  });

  it('about a card that vanished retires it, or keeps it for good', () => {
    const gone = [draft('Quite another thing')];
    const marked = one(edited(card(1, LOGIN), { description: 'Mine.' }), ...gone);
    expect(decide(marked, { action: 'accept' })).toMatchObject({ place: 'retired', suggestion: null });
    const kept = decide(marked, { action: 'dismiss' });
    expect(kept).toMatchObject({ place: 'board', suggestion: null });
    expect(one(kept, ...gone)).toBe(kept);
  });

  it.each<[string, BoardCard, Parameters<typeof decideCard>[1], string[]]>([
    ['nothing at all', card(1, LOGIN), { action: 'accept' }, []],
    ['a field without an offer', offered, { action: 'accept', fields: ['labels', 'title'] }, ['title']],
  ])('about %s is refused', (_what, before, decision, notOffered) => {
    expect(decideCard(before, decision)).toEqual({ ok: false, notOffered });
  });
});

describe('an edit', () => {
  it('back to what was generated is none', () => {
    const mine = edited(card(1, LOGIN), { title: 'Log in', labels: [] });
    expect(editedFields(mine)).toEqual(['title', 'labels']);
    expect(editedFields(edited(mine, { title: LOGIN }))).toEqual(['labels']);
  });
  it('of nothing gives the same card', () => {
    const before = card(1, LOGIN);
    expect(editCard(before, { title: LOGIN, labels: ['api'] })).toBe(before);
  });
  it('to what is offered accepts it', () => {
    const offered = one(edited(card(1, LOGIN), { description: 'Mine.' }), newer);
    const now = edited(offered, { description: 'Newer.' });
    expect([now.suggestion, editedFields(now)]).toEqual([null, []]);
  });
});

describe('a preview', () => {
  const cards = [
    card(1, LOGIN),
    edited(card(2, 'Show free courts'), { title: 'Show all courts' }),
    card(3, 'Send reminders'),
    edited(card(4, 'Charge the card'), { description: 'Mine.' }),
    card(5, 'Write the manual', { category: 'done' }),
    card(6, 'Mine', { origin: 'user', base: null }),
    card(7, 'Rate courts', { place: 'retired' }),
  ];
  it('counts each card once', () => {
    const drafts = [newer, draft('Show free courts now'), draft('Rate courts'), draft('Something new entirely')];
    expect(planTaskMerge({ cards, drafts })).toEqual({ created: 2, updated: 1, suggested: 2, retired: 1, kept: 2 });
  });
  it('without drafts says what may happen at most', () => {
    expect(planTaskMerge({ cards, drafts: null })).toEqual({
      created: 0,
      updated: 2,
      suggested: 2,
      retired: 0,
      kept: 2,
    });
  });
});
