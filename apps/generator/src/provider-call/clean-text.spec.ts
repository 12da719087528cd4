import fc from 'fast-check';
import { CleanText } from './clean-text.js';

const cleaned = (pieces: string[]) => {
  const clean = new CleanText();
  return pieces.map((piece) => clean.push(piece));
};

describe('CleanText', () => {
  it.each([
    ['plain text', ['a', 'b'], 'ab'],
    ['NUL characters', ['a\u0000', '\u0000b'], 'ab'],
    ['a pair split between pieces', ['a\uD83D', '\uDE00b'], 'a😀b'],
    ['a pair split by an empty piece', ['\uD83D', '', '\uDE00'], '😀'],
    ['a lone high half', ['\uD83D', 'x'], 'x'],
    ['a lone low half', ['x\uDE00'], 'x'],
    ['a half at the end', ['x', '\uD83D'], 'x'],
  ])('%s', (_, pieces, text) => expect(cleaned(pieces).join('')).toBe(text));

  it('gives the same text however it is cut, each piece well formed', () => {
    const units = fc.array(fc.constantFrom('a', 'é', '\uD83D', '\uDE00', '😀', '\u0000', '予'), { maxLength: 40 });
    fc.assert(
      fc.property(units, fc.array(fc.nat(40), { maxLength: 5 }), (characters, cuts) => {
        const text = characters.join('');
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((place, i) => text.slice(places[i], place));
        const out = cleaned(pieces);
        expect(out.every((piece) => piece.isWellFormed() && !piece.includes('\u0000'))).toBe(true);
        expect(out.join('')).toBe(cleaned([text]).join(''));
      }),
    );
  });
});
