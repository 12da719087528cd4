import { countWords, detectLanguage } from '@planwright/lint';
import type { Answer } from '@planwright/testing';
import { readdirSync, readFileSync } from 'node:fs';
import { createRandom } from '../limits/random.js';
import type { Random } from '../limits/random.js';

/** A model as it is stood in for. */
export interface Model {
  /** Words written, as a multiple of those asked for: the median, and the spread (of the logarithm) from text to text. */
  verbosity: number;
  spread: number;
  /** Tokens as a multiple of `countPieces`. */
  density: number;
}

/** Texts that a linter has nothing against, by language, cut into half sentences. */
const folder = new URL('../../../libs/lint/test/texts/', import.meta.url);
const halves = new Map<string, { openings: string[]; endings: string[] }>();
for (const file of readdirSync(folder)) {
  const language = file.split('.').at(-2) ?? 'en';
  const text = readFileSync(new URL(file, folder), 'utf8').replace(
    /<!--[^>]*-->|[#*`|_]|[\[\]()<>"“”„«»（）「」:：]|^\s*[-\d.]+ /gm,
    ' ',
  );
  const known = halves.get(language) ?? { openings: [], endings: [] };
  for (const sentence of text.split(/(?<=[.!?。！？])\s*/u).map((one) => one.replace(/\s+/g, ' ').trim())) {
    const unit = /\s/.test(sentence) ? sentence.split(' ') : Array.from(sentence);
    // Halves of what stands in brackets would be a fault, and so would what the linter's texts quote as one.
    if (unit.length < 6 || /[{}]|can't/u.test(sentence)) continue;
    const glue = /\s/.test(sentence) ? ' ' : '';
    const half = Math.floor(unit.length / 2);
    known.openings.push(unit.slice(0, half).join(glue));
    known.endings.push(
      unit
        .slice(half)
        .join(glue)
        .replace(/[.,;!?。！？、]*$/u, glue === '' ? '。' : '.'),
    );
  }
  halves.set(language, known);
}

/** Text of about so many words in the language, with the Markdown of a section; never the same sentence twice in a row. */
function proseOf(language: string, words: number, random: Random, ranked: boolean): string {
  const { openings, endings } = halves.get(language) ?? halves.get('en') ?? { openings: [], endings: [] };
  const glue = language === 'ja' || language === 'zh' ? '' : ' ';
  const blocks: string[] = [];
  for (let count = 0, n = 1; count < words; n++) {
    const sentence = () => `${random.pick(openings)}${glue}${n * 7}${glue}${random.pick(endings)}`;
    const block =
      n % 5 === 1 && !ranked ? `${sentence()} ${sentence()}` : `- **${random.pick(openings)}** (must): ${sentence()}`;
    blocks.push(block);
    count += countWords(block);
  }
  return blocks.join('\n\n').replace(/\n\n- /g, '\n- ');
}

/** Eight to fifteen tasks of about so many words together. */
function tasksOf(language: string, words: number, random: Random): string {
  const count = 8 + Math.floor(random.next() * 8);
  const each = words / count;
  const plain = (share: number) =>
    proseOf(language, each * share, random, false)
      .replace(/[*\n-]+/g, ' ')
      .trim();
  return JSON.stringify({
    tasks: Array.from({ length: count }, (_, i) => ({
      ...{ ref: `T-${i + 1}`, title: `${i + 1} ${plain(0.1)}`.slice(0, 110), description: plain(0.45) },
      acceptance_criteria: [plain(0.2), plain(0.2)],
      ...{ type: 'feature', priority: 'medium', estimate: 3, labels: ['core'] },
      ...{ dependencies: i > 1 ? [`T-${i}`] : [], requirements: [] },
    })),
  });
}

/** What this model answers to this prompt. The words asked for are those that every template of ours names. */
export function answerOf(prompt: string, isTasks: boolean, model: Model, random: Random): Answer {
  const target = Number(/words(?: in all)?, about (\d+)/.exec(prompt)?.[1] ?? 200);
  const [, idea = ''] = /<data name="idea"[^>]*>\n([\s\S]*?)\n<\/data/.exec(prompt) ?? [];
  const language = halves.has(detectLanguage(idea)) ? detectLanguage(idea) : 'en';
  const words = target * model.verbosity * Math.exp(model.spread * normal(random));
  const ranked = /### Your section: .*Requirements/.test(prompt);
  const text = isTasks ? tasksOf(language, words, random) : proseOf(language, words, random, ranked);
  return { text, tokensPerPiece: 200 };
}

/** A double that writes texts a linter passes, all as long as they are asked for. */
export function plainAnswers(seed: number): (request: { prompt: string; schema: unknown }) => Answer {
  const random = createRandom(seed);
  const model: Model = { verbosity: 1, spread: 0, density: 1 };
  return ({ prompt, schema }) => answerOf(prompt, schema !== null, model, random);
}

/** Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Letters that one token holds at most, by script; short common words are one token whatever they are. */
const LETTERS: readonly [pattern: RegExp, letters: number][] = [
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u, 1.45],
  [/\p{Script=Cyrillic}/u, 4.2],
  [/[^\p{ASCII}]/u, 3.2],
];
const ASCII_LETTERS = 7;

/**
 * Tokens as byte-pair encodings of today have them, roughly: words with the blank before them, cut where they are long;
 * up to three digits; marks and line ends. Deliberately not how a preview counts.
 */
export function countPieces(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(/ ?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+/gu)) {
    const [, letters = ASCII_LETTERS] = LETTERS.find(([pattern]) => pattern.test(piece)) ?? [];
    tokens += /\p{L}/u.test(piece) ? Math.max(1, Math.ceil((piece.trim().length - 0.5) / letters)) : 1;
  }
  return tokens;
}
