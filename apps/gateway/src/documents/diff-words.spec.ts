import { diffArrays } from 'diff';
import fc from 'fast-check';
import { diffWords } from './diff-words.js';
import type { Part } from './diff-words.js';

const textOf = (parts: readonly Part[], without: Part['op']) =>
  parts
    .filter(({ op }) => op !== without)
    .map(({ text }) => text)
    .join('');
const lengthOf = (parts: readonly Part[], op: Part['op']) =>
  parts.reduce((sum, part) => sum + (part.op === op ? part.text.length : 0), 0);

const letters = fc.array(fc.constantFrom('.', ',', ';', ':', '!'), { maxLength: 60 }).map((all) => all.join(''));

it('finds as few differences as there can be', () => {
  fc.assert(
    fc.property(letters, letters, (old, now) => {
      const parts = diffWords(old, now, { steps: Infinity });
      const known = diffArrays([...old], [...now]);
      const lost = known.reduce((sum, { removed, count = 0 }) => sum + (removed ? count : 0), 0);
      expect(lengthOf(parts, 'delete')).toBe(lost);
      expect(textOf(parts, 'insert')).toBe(old);
      expect(textOf(parts, 'delete')).toBe(now);
    }),
    { numRuns: 1_000 },
  );
});

it('gives both texts back however soon its budget ends, and ends soon after it', () => {
  fc.assert(
    fc.property(letters, letters, fc.nat(400), (old, now, steps) => {
      const budget = { steps };
      const parts = diffWords(old, now, budget);
      expect(textOf(parts, 'insert')).toBe(old);
      expect(textOf(parts, 'delete')).toBe(now);
      // It is looked at once for every difference: so many more steps at most.
      expect(budget.steps).toBeGreaterThanOrEqual(-2 * (old.length + now.length + 2));
      expect(parts.every(({ op }, i) => op !== parts[i + 1]?.op)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
