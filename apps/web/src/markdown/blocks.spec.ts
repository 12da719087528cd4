import { describe, expect, it } from '@jest/globals';
import { blocksOf, completed, grown, isWorthDrawing, NO_BLOCKS } from './blocks.js';

const PIECES = [
  '# A heading\n\n',
  'A paragraph with **bold** words\nand a second line.\n\n',
  '- one\n- two\n  - below\n\n- three\n\n',
  '1. first\n2. second\n\n3. third\n\n',
  '| a | b |\n| --- | --- |\n| 1 | 2 |\n\n',
  '```ts\nconst a = 1;\n\nconst b = 2;\n```\n\n',
  '> quoted\n> twice\n\n',
  'A title\n---\n\nText after it.\n***\n',
  '<div>\n\nhalf a block\n\n</div>\n\n',
  'Tabs\tand\r\nline ends.\r\n\r\n',
  '    indented code\n\ntext\n- list right after\n\n',
];
const TEXT = PIECES.join('') + PIECES.slice().reverse().join('');

const grow = (text: string, step: number) => {
  let blocks = NO_BLOCKS;
  for (let end = step; end < text.length + step; end += step) blocks = grown(blocks, text.slice(0, end));
  return blocks;
};
const sources = (blocks: { source: string }[]) => blocks.map(({ source }) => source.trimEnd());

describe('blocks of a growing text', () => {
  it.each([1, 2, 3, 7, 50, 10_000])('are those of the finished one, %i characters at a time', (step) => {
    const { finished, openAt } = grow(TEXT, step);
    const all = [...finished, ...blocksOf(TEXT.slice(openAt))].filter(({ token }) => token.type !== 'space');
    expect(sources(all)).toEqual(sources(blocksOf(TEXT)));
  });

  it('stay the same objects once they are finished', () => {
    const before = grown(NO_BLOCKS, 'One.\n\nTwo.\n\nThree\nis');
    const after = grown(before, 'One.\n\nTwo.\n\nThree\nis more');
    expect(before.finished).toHaveLength(2);
    expect(after.finished).toBe(before.finished);
  });

  it('wait for the first line after them: it may belong to them', () => {
    const before = grown(NO_BLOCKS, '1. one\n\n2');
    expect(before.finished).toEqual([]);
    expect(grown(before, '1. one\n\n2. two').finished).toEqual([]);
    expect(grown(before, '1. one\n\n2 things\n').finished).toHaveLength(1);
  });

  it('are kept when the text is complete, unless a link refers to its end', () => {
    const before = grow(TEXT.slice(0, 400), 50);
    const all = completed(before, TEXT);
    expect(all.slice(0, before.finished.length)).toEqual(before.finished);
    expect(all[0]).toBe(before.finished[0]);
    expect(sources([...all])).toEqual(sources(blocksOf(TEXT)));
    const [first] = completed(
      grow('See [it].\n\nMore\nof it.', 3),
      'See [it].\n\nMore\nof it.\n\n[it]: https://example.org',
    );
    expect(JSON.stringify(first?.token)).toContain('https://example.org');
  });

  it('begin anew where the text is another one', () => {
    const before = grown(NO_BLOCKS, 'One.\n\nTwo.\n\nThree');
    expect(grown(before, 'Another.\n\nText.\n').finished).toHaveLength(1);
  });
});

/** What a whole stream costs: a chunk of about a word at a time, drawn as the page draws it. */
function costOf(text: string): number {
  let blocks = NO_BLOCKS;
  for (let end = 0; end < text.length;) {
    end = Math.min(text.length, end + 7);
    const shown = text.slice(0, end);
    if (isWorthDrawing(blocks, blocks.text.length, shown)) blocks = grown(blocks, shown);
  }
  return blocks.parsed;
}

describe('what is parsed', () => {
  const paragraph = 'Some words of a plan that is long enough to be like one, with a **mark** and `code` in it. ';
  it.each([
    ['paragraphs', `${paragraph.repeat(4)}\n\n`],
    ['one endless list', `- ${paragraph}\n`],
    ['one endless table', `| ${paragraph} | cell |\n`],
    ['one endless line', paragraph],
  ])('grows with the length of the text and no faster: %s', (_name, piece) => {
    const length = 130_000;
    const half = costOf(piece.repeat(length / 2 / piece.length));
    const whole = costOf(piece.repeat(length / piece.length));
    expect(whole / half).toBeLessThan(2.3);
  });
});
