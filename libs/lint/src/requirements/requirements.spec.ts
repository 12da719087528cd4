import fc from 'fast-check';
import { clean } from '../../test/texts.js';
import { identityOf, matchRequirements } from './match-requirements.js';
import { readRequirements } from './read-requirements.js';

const quotes = (text: string) => readRequirements(text).map(({ quote }) => quote);

describe('readRequirements', () => {
  it('reads the bullets of the first level, without what hangs below them', () => {
    expect(quotes(clean('functional.en').text).map((quote) => quote.slice(0, 30))).toEqual([
      '**Show free courts** (must): W',
      '**Filter by surface** (should)',
      '**Hold a slot** (must): When a',
      '**Undo** (must): When a player',
    ]);
    expect(quotes(clean('functional.es').text)).toHaveLength(3);
    expect(quotes(clean('functional.en').text).join('')).not.toContain('Done when');
  });

  it('leaves asides out where the others have a rank', () => {
    const text = '- **Speed** (must): 800 ms.\n- **Deliberately modest**: no operation at night.\n- See above.';
    expect(quotes(text)).toEqual(['**Speed** (must): 800 ms.']);
    expect(quotes(text.replace(' (must)', ''))).toHaveLength(2);
    expect(quotes(clean('non-functional.en').text)).toHaveLength(4);
  });

  it.each([
    ['plain bullets', '* one thing\n* another', ['one thing', 'another']],
    ['numbers', '1. one thing\n2) another', ['one thing', 'another']],
    ['boxes', '- [ ] one thing\n- [x] another', ['one thing', 'another']],
    ['lines that go on', '- one\n  thing\n\n  aside\n- another', ['one\n  thing', 'another']],
    ['paragraphs', '### Speed\n\nThe list comes\nin time.\n\nIt stays.', ['The list comes\nin time.', 'It stays.']],
    ['a note about the text', '_Placeholder._\n\nIt stays.', ['It stays.']],
    ['code', '```\n- none\n```', []],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => expect(quotes(text)).toEqual(expected));

  it('quotes byte for byte, from the place it names', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('- ', '  - ', '**a** (must): ', 'x y', '\n', '\n\n', '1. ', '# ', '```', '\r\n', '|')),
        (parts) => {
          const text = parts.join('');
          for (const { quote, at } of readRequirements(text)) expect(text.slice(at, at + quote.length)).toBe(quote);
        },
      ),
    );
  });
});

describe('matchRequirements', () => {
  const known = [
    { key: 'FR-1', quote: '**Show courts** (must): When a player opens the app, the system lists all free courts.' },
    { key: 'FR-2', quote: '**Hold a slot** (must): When a player taps a court, the system holds it for five minutes.' },
    { key: 'FR-3', quote: '**Undo** (should): When a player cancels, the slot is free again.' },
    { key: 'NFR-1', quote: '**Speed** (must): 800 ms.' },
  ];
  const quoteOf = (key: string) => known.find((one) => one.key === key)?.quote ?? '';
  const match = (found: string[], last = 3) => matchRequirements('FR', found, known, last);

  it('numbers what is new, from 1', () => {
    expect(matchRequirements('NFR', ['a', 'b'], [], 0)).toEqual({ keys: ['NFR-1', 'NFR-2'], last: 2 });
  });
  it('keeps the ids of what stands there still, in whatever order', () => {
    expect(match([quoteOf('FR-3'), 'Something else altogether.', quoteOf('FR-1')])).toEqual({
      keys: ['FR-3', 'FR-4', 'FR-1'],
      last: 4,
    });
  });
  it('keeps the id where marks, a name or a few words stayed the same', () => {
    const reworded = 'When a player taps on a court, our system holds it for ten minutes.';
    const sameName = '**Undo** (must): Somebody may take back what was reserved within the day, for any reason.';
    const marked = '__Show courts__ (MUST): when a player opens the app,\n  the system lists all free courts';
    expect(match([reworded, sameName, marked]).keys).toEqual(['FR-2', 'FR-3', 'FR-1']);
  });
  it('gives an id once, to the closest', () => {
    const twice = [`${quoteOf('FR-2').slice(0, -1)} or six.`, quoteOf('FR-2')];
    expect(match(twice).keys).toEqual(['FR-4', 'FR-2']);
  });
  it('never gives a number again, though what had it is gone', () => {
    expect(match(['Pay with a card at the gate of the club.'], 9)).toEqual({ keys: ['FR-10'], last: 10 });
    expect(matchRequirements('FR', ['x'], [{ key: 'FR-7', quote: 'y' }], 0)).toEqual({ keys: ['FR-8'], last: 8 });
  });

  it('holds over any history: ids are unique in a text, never reused, and kept by what says the same', () => {
    const sayings = fc.uniqueArray(
      fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).map((s) => `req ${s}`),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(fc.array(sayings, { maxLength: 6 }), (versions) => {
        const latest = new Map<string, string>();
        let last = 0;
        for (const found of versions) {
          const texts = found.filter(
            (text, i) => found.findIndex((other) => identityOf(other) === identityOf(text)) === i,
          );
          const all = [...latest].map(([key, quote]) => ({ key, quote }));
          const matched = matchRequirements('FR', texts, all, last);
          expect(new Set(matched.keys).size).toBe(texts.length);
          expect(matched.last).toBeGreaterThanOrEqual(last);
          for (const [i, key] of matched.keys.entries()) {
            const identity = identityOf(texts[i] ?? '');
            const before = [...latest].find(([, quote]) => identityOf(quote) === identity)?.[0];
            if (before !== undefined) expect(key).toBe(before);
          }
          matched.keys.forEach((key, i) => latest.set(key, texts[i] ?? ''));
          last = matched.last;
        }
        expect(Math.max(0, ...[...latest.keys()].map((key) => Number(key.slice(3))))).toBe(last);
      }),
    );
  });
});
