import { STOP_WORDS } from './language-profiles.js';
import { withoutCode } from './lines.js';
import { plainWords } from './words.js';

/** How sure somebody has to be of a language. */
interface Certainty {
  /** Words below which nothing is said. */
  words: number;
  /** Frequent words that have to be there. */
  hits: number;
  /** Share of them among all words. */
  share: number;
  /** So many times those of the next language. */
  lead: number;
}
const CERTAIN: Certainty = { words: 5, hits: 3, share: 0.2, lead: 1.5 };

/** Scripts that stand for a language by themselves, with the share of letters that decides. */
const SCRIPTS: readonly [pattern: RegExp, language: string][] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 'ja'],
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Han}/gu, 'zh'],
  [/\p{Script=Cyrillic}/gu, 'ru'],
  [/\p{Script=Greek}/gu, 'el'],
  [/\p{Script=Arabic}/gu, 'ar'],
  [/\p{Script=Hebrew}/gu, 'he'],
  [/\p{Script=Devanagari}/gu, 'hi'],
  [/\p{Script=Thai}/gu, 'th'],
];
const SCRIPT_SHARE = 0.4;

/** Languages that can be told, ISO 639-1. */
export const LANGUAGES: readonly string[] = [
  ...Object.keys(STOP_WORDS),
  ...SCRIPTS.map(([, language]) => language),
  'uk',
];

/**
 * The language a text is mostly in, ISO 639-1; `unknown` where it can't be told with certainty: too short, mixed, names
 * and numbers only, or a language without a profile.
 */
export function detectLanguage(text: string, certainty: Partial<Certainty> = {}): string {
  const { words: least, hits, share, lead } = { ...CERTAIN, ...certainty };
  const plain = withoutCode(text).replace(/https?:\/\/\S+/g, ' ');
  const byScript = languageOfScript(plain);
  if (byScript) return byScript;
  const words = plainWords(plain);
  if (words.length < least) return 'unknown';
  const [first, second] = Object.entries(hitsOf(words)).sort(([, a], [, b]) => b - a);
  if (!first || first[1] < hits || first[1] < share * words.length) return 'unknown';
  return first[1] >= lead * (second?.[1] ?? 0) ? first[0] : 'unknown';
}

/** Frequent words of each language in a text. */
export function hitsOf(words: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(STOP_WORDS).map(([language, known]) => [language, words.filter((word) => known.has(word)).length]),
  );
}

function languageOfScript(text: string): string | null {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters < 8) return null;
  const share = (pattern: RegExp) => (text.match(pattern)?.length ?? 0) / letters;
  const kana = share(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const han = share(/\p{Script=Han}/gu);
  if (kana + han > SCRIPT_SHARE) return kana > 0.1 * (kana + han) ? 'ja' : 'zh';
  const found = SCRIPTS.find(
    ([pattern, language]) => !['ja', 'zh'].includes(language) && share(pattern) > SCRIPT_SHARE,
  );
  if (!found) return null;
  if (found[1] !== 'ru') return found[1];
  return /[іїєґ]/iu.test(text) && !/[ыэъё]/iu.test(text) ? 'uk' : 'ru';
}
