import { expect, it } from '@jest/globals';
import type { DiffSection } from './diff-blocks.js';
import { blocksOf, compared, nextChange, rowsOf } from './diff-blocks.js';

const PARTS: DiffSection['parts'] = [
  { op: 'equal', text: 'We book ' },
  { op: 'delete', text: 'courts' },
  { op: 'insert', text: 'halls' },
  { op: 'equal', text: '.\n\nSoon.' },
  { op: 'insert', text: ' Really.' },
];

it('makes one change of what replaces and what is replaced', () => {
  expect(blocksOf(PARTS, 5)).toEqual([
    { kind: 'same', text: 'We book ' },
    { kind: 'change', removed: 'courts', added: 'halls', index: 5 },
    { kind: 'same', text: '.\n\nSoon.' },
    { kind: 'change', removed: '', added: ' Really.', index: 6 },
  ]);
});

it('numbers changes over all sections in document order, and leaves out what neither has', () => {
  const section = (id: string, order: number, status: DiffSection['status'], parts: DiffSection['parts']) =>
    ({ id, title: id, order, status, parts }) satisfies DiffSection;
  const { sections, changes } = compared([
    section('b', 2, 'removed', [{ op: 'delete', text: 'x' }]),
    section('c', 3, 'absent', []),
    section('a', 1, 'changed', PARTS),
    section('d', 4, 'same', []),
  ]);
  expect(changes).toBe(3);
  expect(sections.map(({ id }) => id)).toEqual(['a', 'b', 'd']);
  expect(sections[1]?.blocks).toEqual([{ kind: 'change', removed: 'x', added: '', index: 2 }]);
});

it('begins a new row after each paragraph, and loses no text', () => {
  const rows = rowsOf(blocksOf(PARTS, 0));
  expect(rows).toHaveLength(2);
  const after = rows.flat().map((block) => (block.kind === 'same' ? block.text : block.added));
  expect(after.join('')).toBe('We book halls.\n\nSoon. Really.');
});

it('gives whole paragraphs that one version has alone a row of their own', () => {
  const blocks = blocksOf(
    [
      { op: 'equal', text: 'One.\n\n' },
      { op: 'insert', text: 'New.\n\n' },
      { op: 'equal', text: 'Two.\n\n\nThree.' },
    ],
    0,
  );
  expect(rowsOf(blocks).map((row) => row.map(({ kind }) => kind))).toEqual([['same'], ['change'], ['same'], ['same']]);
});

it('goes from change to change and round at the ends', () => {
  expect(nextChange(-1, 1, 3)).toBe(0);
  expect(nextChange(-1, -1, 3)).toBe(2);
  expect(nextChange(2, 1, 3)).toBe(0);
  expect(nextChange(0, -1, 3)).toBe(2);
  expect(nextChange(-1, 1, 0)).toBeNull();
});
