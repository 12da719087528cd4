import type { Finding } from '../finding.js';
import type { Block } from '../lines.js';
import { readBlocks } from '../lines.js';
import { plainWords } from '../words.js';

/** Shorter ones are said twice for good reasons: labels, "Done when" lines, names. */
const LEAST_WORDS = 9;
const LEAST_SENTENCE_WORDS = 6;
/** A sentence that stands there so often is a model in a loop. */
const LOOP = 6;
/** With this share of its words said again a text is padding. */
const PADDED_SHARE = 0.3;

/** Paragraphs and list items that stand there twice, and sentences that come again and again. */
export function repetition(text: string): Finding[] {
  const blocks = readBlocks(text)
    .filter((block) => !isAside(block))
    .map((block) => ({ ...block, words: plainWords(block.text) }));
  const first = new Map<string, number>();
  const again = blocks.filter(({ words }) => {
    if (words.length < LEAST_WORDS) return false;
    const seen = first.get(words.join(' ')) ?? 0;
    first.set(words.join(' '), seen + 1);
    return seen > 0;
  });
  const loop = loopIn(blocks);
  if (loop)
    return [
      {
        rule: 'repetition',
        severity: 'error',
        message: `The text says "${loop.said} …" ${loop.times} times`,
        at: loop.at,
      },
    ];
  const [one] = again;
  if (!one) return [];
  const total = blocks.reduce((sum, { words }) => sum + words.length, 0);
  const share = again.reduce((sum, { words }) => sum + words.length, 0) / total;
  const often = [...first.values()].some((times) => times > 2);
  const what = one.isItem ? 'A list item' : 'A paragraph';
  const message = `${what} stands there again: "${one.words.slice(0, 6).join(' ')} …"`;
  return [{ rule: 'repetition', severity: often || share > PADDED_SHARE ? 'error' : 'warning', message, at: one.at }];
}

/** A note in italics, and what hangs below a list item: two things may be checked in one way. */
function isAside({ text, isItem }: Block): boolean {
  return (isItem && /^\s{2,}/.test(text)) || /^\s*([_*])(?!\1)[^_*]+\1\s*$/.test(text);
}

function loopIn(blocks: readonly { text: string; at: number }[]) {
  const seen = new Map<string, { said: string; times: number; at: number }>();
  for (const { text, at } of blocks) {
    for (const sentence of text.split(/(?<=[.!?。！？])\s*/u)) {
      const words = plainWords(sentence);
      if (words.length < LEAST_SENTENCE_WORDS) continue;
      const one = seen.get(words.join(' ')) ?? { said: words.slice(0, 6).join(' '), times: 0, at };
      one.times++;
      seen.set(words.join(' '), one);
    }
  }
  return [...seen.values()].find(({ times }) => times >= LOOP);
}
