import type { VersionResource } from '@planwright/contracts';
import fc from 'fast-check';
import { diffVersions } from './diff-versions.js';

const version = (id: string, texts: Record<string, string | null>) =>
  ({
    id,
    sections: Object.entries(texts).map(([section, content], order) => ({
      id: section,
      title: section,
      order,
      content,
    })),
  }) as unknown as VersionResource;

const joined = (parts: readonly { op: string; text: string }[], without: string): string =>
  parts.flatMap(({ op, text }) => (op === without ? [] : [text])).join('');

it('gives both texts back, byte for byte, whatever is in them', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc
      .array(fc.constantFrom('a', 'word', ' ', '\n', '\n\n', '# ', '—', 'مرحبا', '👩‍👩‍👧'), { maxLength: 60 })
      .map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, text, (old, now) => {
      const [section] = diffVersions(version('a', { s: old }), version('b', { s: now })).sections;
      if (old === now) return expect(section).toMatchObject({ status: 'same', parts: [] });
      expect(section?.status).toBe('changed');
      expect(joined(section?.parts ?? [], 'insert')).toBe(old);
      expect(joined(section?.parts ?? [], 'delete')).toBe(now);
    }),
    { numRuns: 1_000 },
  );
});

it('shows words, and leaves what is equal alone', () => {
  const [section] = diffVersions(
    version('a', { s: 'Three goals, no more.' }),
    version('b', { s: 'Two goals, no more.' }),
  ).sections;
  expect(section?.parts).toEqual([
    { op: 'delete', text: 'Three' },
    { op: 'insert', text: 'Two' },
    { op: 'equal', text: ' goals, no more.' },
  ]);
});

it('aligns sections by id and says which are on one side alone', () => {
  const { sections, ...ids } = diffVersions(
    version('a', { kept: 'x', lost: 'y', never: null, gone: 'z' }),
    version('b', { kept: 'x', lost: null, never: null, fresh: 'n' }),
  );
  expect(ids).toEqual({ from: 'a', to: 'b' });
  expect(sections.map(({ id, status }) => [id, status]).sort()).toEqual([
    ['fresh', 'added'],
    ['gone', 'removed'],
    ['kept', 'same'],
    ['lost', 'removed'],
    ['never', 'absent'],
  ]);
});

const words = (from: number, count: number) => Array.from({ length: count }, (_, i) => `w${from + i}`).join(' ');

it('replaces a text by another where too much differs to be read', () => {
  const [section] = diffVersions(
    version('a', { s: words(0, 5_000) }),
    version('b', { s: words(100_000, 5_000) }),
  ).sections;
  expect(section?.parts.map(({ op }) => op)).toEqual(['delete', 'insert']);
});

it('shows around such a text what is the same, and other sections word by word', () => {
  const text = (from: number) => `It begins alike.\n\n${words(from, 20_000)}\n\nIt ends alike.`;
  const old = { long: text(0), s: 'Three goals.', t: words(0, 100_000) };
  const now = { long: text(100_000), s: 'Two goals.', t: words(200_000, 100_000) };
  const [long, short, other] = diffVersions(version('a', old), version('b', now)).sections;
  expect(long?.parts.map(({ op, text: part }) => [op, part.slice(0, 18)])).toEqual([
    ['equal', 'It begins alike.\n\n'],
    ['delete', 'w0 w1 w2 w3 w4 w5 '],
    ['insert', 'w100000 w100001 w1'],
    ['equal', '\n\nIt ends alike.'],
  ]);
  expect(short?.parts.map(({ op }) => op)).toEqual(['delete', 'insert', 'equal']);
  expect(other?.parts.map(({ op }) => op)).toEqual(['delete', 'insert']);
});
