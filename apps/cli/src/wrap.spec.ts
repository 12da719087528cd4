import fc from 'fast-check';
import { breakLine, fit, indentOf, widthOf } from './wrap.js';

it.each([
  ['court', 5],
  ['naïve', 5],
  ['e\u0301', 1],
  ['日本', 4],
  ['🎾👩‍🚀', 4],
  ['', 0],
])('%j takes %i columns', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

it.each([
  ['fits', 4, 'fits'],
  ['does not', 5, 'does…'],
  ['日本語', 4, '日…'],
  ['x', 0, '…'],
])('%j fitted to %i is %j', (text, width, fitted) => {
  expect(fit(text, width)).toBe(fitted);
});

it.each([
  ['one two three', 9, '', ['one two', 'three']],
  ['one two three', 7, '', ['one two', 'three']],
  ['abcdefghij', 4, '', ['abcd', 'efghij']],
  ['- one two', 6, '  ', ['- one', '  two']],
  ['- abcdefghij', 6, '  ', ['- abcd', '  efghij']],
  ['日本語テキスト', 5, '', ['日本', '語テキスト']],
])('%j is broken at %i', (line, width, indent, parts) => {
  expect(breakLine(line, width, indent)).toEqual(parts);
});

it.each([
  ['plain', ''],
  ['- item', '  '],
  ['  * item', '    '],
  ['12. item', '    '],
  ['- [ ] task', '      '],
  ['> quoted', '> '],
])('what follows %j begins with %j', (line, indent) => {
  expect(indentOf(line)).toBe(indent);
});

it('breaking loses nothing but blanks, ends, and never makes a line that is too wide', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 10, max: 40 }), (text, width) => {
      const line = text.replaceAll(/[\p{C}\s]/gu, ' ');
      const parts: string[] = [];
      let rest = line;
      while (widthOf(rest) > width) {
        const [first, next] = breakLine(rest, width, '');
        parts.push(first);
        rest = next;
        expect(widthOf(first)).toBeLessThanOrEqual(width);
        expect(parts.length).toBeLessThanOrEqual(line.length);
      }
      expect([...parts, rest].join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''));
    }),
  );
});
