import { describe, expect, it } from '@jest/globals';
import type { BoardColumn } from '@planwright/client/react';
import { isUnmoved, moveBeside, moveBy, moveToEnd, placeOf, sentenceOf } from './moves.js';
import type { Task } from './words.js';

const card = (id: string) => ({ id, key: id.toUpperCase() }) as Task;
const column = (key: string, ids: string): BoardColumn => ({
  ...{ key, title: key === 'todo' ? 'To do' : 'Done', category: 'todo' },
  tasks: [...ids].map(card),
});
const board = [column('todo', 'abc'), column('done', 'x'), column('empty', '')];

describe('moving a card', () => {
  it('finds where it stands', () => {
    expect(placeOf(board, 'b')?.index).toBe(1);
    expect(placeOf(board, 'nobody')).toBeNull();
  });

  it.each([
    ['up goes before the card above', 'b', 'up', { status: 'todo', before: 'a' }],
    ['down goes after the card below', 'b', 'down', { status: 'todo', after: 'c' }],
    ['to the top goes before the first', 'c', 'top', { status: 'todo', before: 'a' }],
    ['to the bottom goes after the last', 'a', 'bottom', { status: 'todo', after: 'c' }],
    ['up changes nothing at the top', 'a', 'up', null],
    ['to the top changes nothing at the top', 'a', 'top', null],
    ['down changes nothing at the bottom', 'c', 'down', null],
    ['to the bottom changes nothing at the bottom', 'c', 'bottom', null],
    ['nothing is moved that is not shown', 'nobody', 'up', null],
  ] as const)('%s', (_, id, step, move) => {
    expect(moveBy(board, id, step)).toEqual(move);
  });

  it.each([
    ['before a card of another column', 'a', 'x', 'top', { status: 'done', before: 'x' }],
    ['after a card of another column', 'a', 'x', 'bottom', { status: 'done', after: 'x' }],
    ['past others of its column', 'a', 'c', 'top', { status: 'todo', before: 'c' }],
    ['not to where it is: below its upper neighbour', 'b', 'a', 'bottom', null],
    ['not to where it is: above its lower neighbour', 'b', 'c', 'top', null],
    ['not beside itself', 'b', 'b', 'top', null],
  ] as const)('is dropped %s', (_, id, other, edge, move) => {
    expect(moveBeside(board, id, other, edge)).toEqual(move);
  });

  it('goes to the end of a column, an empty one as well, unless it is there', () => {
    expect(moveToEnd(board, 'a', 'empty')).toEqual({ status: 'empty' });
    expect(moveToEnd(board, 'a', 'todo')).toEqual({ status: 'todo' });
    expect(moveToEnd(board, 'c', 'todo')).toBeNull();
  });

  it('is said with its new place', () => {
    expect(sentenceOf(board, card('a'), { status: 'done' })).toBe('A moved to Done, place 2 of 2.');
    expect(sentenceOf(board, card('c'), { status: 'todo', before: 'a' })).toBe('C moved to To do, place 1 of 3.');
    expect(sentenceOf(board, card('a'), { status: 'todo', after: 'b' })).toBe('A moved to To do, place 2 of 3.');
    expect(sentenceOf(board, card('a'), { status: 'gone' })).toBe('A moved.');
  });

  it('is still meant where only the text of the card was changed', () => {
    const before = { status: 'todo', deleted_at: null, retired_at: null } as Task;
    expect(isUnmoved(before, { ...before, title: 'New' })).toBe(true);
    expect(isUnmoved(before, { ...before, status: 'done' })).toBe(false);
    expect(isUnmoved(before, { ...before, deleted_at: '2026-01-01T00:00:00Z' })).toBe(false);
    expect(isUnmoved(before, { ...before, retired_at: '2026-01-01T00:00:00Z' })).toBe(false);
  });
});
