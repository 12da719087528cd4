import { MOST_CARDS } from '@planwright/contracts';
import { Board } from './board.js';
import { createCard } from './change-board.js';
import { ranksAfter } from './rank.js';
import type { StoredCard } from './stored-card.js';

const text = {
  ...{ title: 'A card', description: '', acceptance_criteria: [], type: 'feature' as const },
  ...{ priority: 'medium' as const, estimate: null, labels: [], dependencies: [], requirements: [] },
};

it('a board takes so many cards and no more; those off it do not count', () => {
  const ranks = ranksAfter(null, MOST_CARDS);
  const cards = ranks.map((rank, i) => {
    const card = { id: `c${i}`, number: i + 1, place: 'board', status: 'todo', category: 'todo', rank, fields: text };
    return card as unknown as StoredCard;
  });
  const columns = [{ key: 'todo', title: 'To do', category: 'todo' as const }];
  const boardOf = (all: StoredCard[]) =>
    new Board({ workspaceId: 'w', projectId: 'p', columns, lastNumber: MOST_CARDS, cards: all });
  const full = boardOf(cards);
  expect(createCard(full, 'new', text)).toEqual({ kind: 'full', most: MOST_CARDS });
  expect([full.find('new'), full.lastNumber]).toEqual([undefined, MOST_CARDS]);
  const [first, ...others] = cards as [StoredCard, ...StoredCard[]];
  const free = boardOf([{ ...first, place: 'retired' }, ...others]);
  expect(createCard(free, 'new', text)).toBeNull();
  expect(free.find('new')?.number).toBe(MOST_CARDS + 1);
});
