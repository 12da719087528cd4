import { isRank } from '@planwright/contracts';
import fc from 'fast-check';
import { generateKeyBetween } from 'fractional-indexing';
import { LONGEST_RANK, placeCard, ranksAfter, returnCard } from './rank.js';
import type { Placed } from './rank.js';

const byBytes = (ranks: readonly string[]) => [...ranks].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
const column = (...ranks: string[]): Placed[] => ranks.map((rank, i) => ({ id: `c${i}`, rank }));
/** The column after a placement. */
const moved = (cards: readonly Placed[], ranks: readonly Placed[]) => {
  const now = new Map([...cards, ...ranks].map(({ id, rank }) => [id, rank]));
  const all = [...now].map(([id, rank]) => ({ id, rank }));
  const order = byBytes(all.map(({ rank }) => rank));
  expect(new Set(order).size).toBe(order.length);
  return all.toSorted((a, b) => order.indexOf(a.rank) - order.indexOf(b.rank));
};
const idsOf = (cards: readonly Placed[]) => cards.map(({ id }) => id).join(' ');

describe('ranksAfter', () => {
  it.each([
    [null, 'a0'],
    ['a0', 'a1'],
    ['a9', 'aA'],
    ['az', 'b00'],
    ['bzz', 'c000'],
    ['b0z', 'b10'],
    ['a5V', 'a6'],
  ])('after %s comes %s', (last, next) => expect(ranksAfter(last, 1)).toEqual([next]));

  it('rises in byte order over thousands of cards and stays short', () => {
    const ranks: string[] = [];
    for (let i = 0; i < 1_000; i++) ranks.push(...ranksAfter(ranks.at(-1) ?? null, 5));
    expect(byBytes(ranks)).toEqual(ranks);
    expect(ranks.at(-1)).toHaveLength(4);
  });
});

describe('placeCard', () => {
  const cards = column('a0', 'a1', 'a2', 'a3');
  it.each([
    ['to the end', 'c1', {}, 'c0 c2 c3 c1'],
    ['to the beginning', 'c2', { before: 'c0' }, 'c2 c0 c1 c3'],
    ['behind another one', 'c0', { after: 'c2' }, 'c1 c2 c0 c3'],
    ['behind the last one', 'c0', { after: 'c3' }, 'c1 c2 c3 c0'],
    ['before another one', 'c3', { before: 'c1' }, 'c0 c3 c1 c2'],
    ['between two', 'c0', { after: 'c2', before: 'c3' }, 'c1 c2 c0 c3'],
    ['between two with others between them', 'c0', { after: 'c1', before: 'c3' }, 'c1 c0 c2 c3'],
    ['from another column', 'new', { before: 'c0' }, 'new c0 c1 c2 c3'],
    ['with null for nobody', 'c0', { after: null, before: null }, 'c1 c2 c3 c0'],
  ])('moves a card %s', (_what, id, neighbours, order) => {
    const placed = placeCard(cards, id, neighbours);
    if (!placed.ok) throw new Error(placed.reason);
    expect(placed.ranks.map((one) => one.id)).toEqual([id]);
    expect(idsOf(moved(cards, placed.ranks))).toBe(order);
  });

  it.each([
    ['at the end', 'c3', {}],
    ['behind its neighbour', 'c1', { after: 'c0' }],
    ['before its neighbour', 'c1', { before: 'c2' }],
    ['between its neighbours', 'c1', { after: 'c0', before: 'c2' }],
    ['at the beginning', 'c0', { before: 'c1' }],
  ])('leaves a card that stands %s already', (_what, id, neighbours) => {
    expect(placeCard(cards, id, neighbours)).toEqual({ ok: true, ranks: [] });
  });

  it.each([
    ['before a card of another column', { before: 'x' }, 'before', 'not_in_column'],
    ['behind a card of another column', { after: 'x' }, 'after', 'not_in_column'],
    ['beside itself', { after: 'c1' }, 'after', 'not_in_column'],
    ['before what stands first and behind what stands last', { before: 'c0', after: 'c3' }, 'before', 'wrong_order'],
    ['before and behind the same card', { before: 'c0', after: 'c0' }, 'before', 'wrong_order'],
  ])('refuses a place %s', (_what, neighbours, field, reason) => {
    expect(placeCard(cards, 'c1', neighbours)).toEqual({ ok: false, field, reason });
  });

  it('ranks the column anew before a rank gets too long, in the same order', () => {
    let now = column('a0', 'a1');
    let anew = 0;
    for (let i = 0; i < 1_000; i++) {
      const placed = placeCard(now, `n${i}`, { after: 'c0' });
      if (!placed.ok) throw new Error(placed.reason);
      expect(placed.ranks[0]?.id).toBe(`n${i}`);
      if (placed.ranks.length > 1) {
        anew += 1;
        expect(placed.ranks).toHaveLength(now.length + 1);
        const before = new Set(now.map(({ rank }) => rank));
        expect(placed.ranks.filter(({ rank }) => before.has(rank))).toEqual([]);
      }
      const expected = ['c0', `n${i}`, ...now.slice(1).map(({ id }) => id)].join(' ');
      now = moved(now, placed.ranks);
      expect(idsOf(now)).toBe(expected);
      expect(Math.max(...now.map(({ rank }) => rank.length))).toBeLessThanOrEqual(LONGEST_RANK);
    }
    expect(anew).toBeGreaterThan(0);
  });
});

it('gives no card a rank that another one has still, where the last card moves and all are ranked anew', () => {
  const cards = column('a0', 'a1', 'a2');
  const placed = placeCard(cards, 'c2', { after: 'c0' }, 2);
  if (!placed.ok) throw new Error(placed.reason);
  expect(placed.ranks).toEqual([
    { id: 'c2', rank: 'a4' },
    { id: 'c0', rank: 'a3' },
    { id: 'c1', rank: 'a5' },
  ]);
});

it('takes for a rank what the library does', () => {
  const works = (rank: string) => {
    try {
      generateKeyBetween(rank, null);
      return true;
    } catch {
      return false;
    }
  };
  const likely = fc.stringMatching(/^[a-eX-Z][0-9A-Za-z]{0,6}$/);
  const smallest = [`A${'0'.repeat(26)}`, `A${'0'.repeat(25)}1`, 'a', 'a0', 'a00', 'Zz', 'Zz0', 'Y0', 'b0', '0', ''];
  fc.assert(
    fc.property(fc.oneof(likely, fc.stringMatching(/^[0-9A-Za-z]{0,30}$/), fc.constantFrom(...smallest)), (rank) => {
      expect([rank, isRank(rank)]).toEqual([rank, works(rank)]);
    }),
  );
  for (const rank of smallest) expect([rank, isRank(rank)]).toEqual([rank, works(rank)]);
});

describe('returnCard', () => {
  const cards = column('a0', 'a1', 'a3');
  it.each([
    ['a rank that is free', 'a2', 'a2', 'c0 c1 back c2'],
    ['a rank that is free at the end', 'a7', 'a7', 'c0 c1 c2 back'],
    ['a rank that another card has', 'a1', 'a2', 'c0 c1 back c2'],
    ['the rank of the last one', 'a3', 'a4', 'c0 c1 c2 back'],
  ])('gives back %s', (_what, rank, given, order) => {
    const ranks = returnCard(cards, { id: 'back', rank });
    expect(ranks).toEqual([{ id: 'back', rank: given }]);
    expect(idsOf(moved(cards, ranks))).toBe(order);
  });

  it('ranks the column anew where there is no short rank', () => {
    const tight = column('a0', 'a0V');
    const ranks = returnCard(tight, { id: 'back', rank: 'a0' }, 3);
    expect(ranks[0]?.id).toBe('back');
    expect(idsOf(moved(tight, returnCard(tight, { id: 'back', rank: 'a0' }, 2)))).toBe('c0 back c1');
    expect(idsOf(moved(tight, ranks))).toBe('c0 back c1');
  });
});
