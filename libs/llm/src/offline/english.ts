import { ADVERBS, DEED_NOUNS, DETERMINERS, PEOPLE, STOP_WORDS, VERBS } from './vocabulary.js';

/** Words that mark a text as another language of this alphabet when there are more of them than of English ones. */
const FOREIGN = new Set(
  (
    'der das und eine einen einer ein für mit ist nicht den dem zum zur wie auf les des une pour avec est dans qui sur el los las ' +
    'para que con una del het een voor van och att som för till il che di della og til'
  ).split(' '),
);

/** Whether phrases of the text may be bent by English rules. Texts without a sign of either are taken for English. */
export function isEnglish(plain: string): boolean {
  const start = plain.slice(0, 4_000);
  const letters = start.match(/\p{L}/gu)?.length ?? 0;
  const ascii = start.match(/[a-z]/gi)?.length ?? 0;
  if (ascii < letters * 0.95 || letters === 0) return false;
  const words = start.toLowerCase().split(/[^a-zà-ž]+/);
  return words.filter((word) => FOREIGN.has(word)).length <= words.filter((word) => STOP_WORDS.has(word)).length;
}

/** The base form of a verb (`finds`, `finding` → `find`), or null where the word is no known verb. */
export function baseVerb(word: string): string | null {
  const lower = word.toLowerCase();
  if (VERBS.has(lower)) return lower;
  const stems = [
    ...(/ies$/.test(lower) ? [`${lower.slice(0, -3)}y`] : []),
    ...(/es$/.test(lower) ? [lower.slice(0, -2)] : []),
    ...(/[^s]s$/.test(lower) ? [lower.slice(0, -1)] : []),
    ...(/ing$/.test(lower) ? [lower.slice(0, -3), `${lower.slice(0, -3)}e`, lower.slice(0, -4)] : []),
  ];
  return stems.find((stem) => VERBS.has(stem)) ?? null;
}

/** The verb of a regular participle (`flagged` → `flag`), or null. */
export function participleVerb(word: string): string | null {
  const stem = /^(.{2,})ed$/.exec(word.toLowerCase())?.[1] ?? '';
  return [stem, `${stem}e`, stem.slice(0, -1)].find((candidate) => VERBS.has(candidate)) ?? null;
}

/** A phrase that begins with a verb, with the verb in its base form; null for other phrases. */
export function verbPhrase(phrase: string): string | null {
  const [word = '', ...rest] = phrase.split(' ');
  const next = rest[0]?.toLowerCase() ?? '';
  const verb = baseVerb(word);
  if (!verb || (rest.length === 0 && verb !== 'chat')) return null;
  // "reports about stock" and "booking of rooms" name things.
  if (verb !== word.toLowerCase() && ['of', 'about', 'for', 'per', 'and', 'is', 'are'].includes(next)) return null;
  // "open tasks are flagged": a sentence whose first word only looks like a verb.
  if (
    /^(?:[\w'-]+ ){1,3}(?:is|are|was|were|has|have) /.test(phrase) &&
    !/ (?:that|what|who|which|when|where|how|if) /.test(phrase)
  )
    return null;
  const second = next === 'and' ? baseVerb(rest[1] ?? '') : null;
  return [verb, ...(second ? ['and', second, ...rest.slice(2)] : rest)].join(' ');
}

/** The thing a verb phrase deals with (`find a free tennis court nearby` → `tennis court`), or null. */
export function objectOf(deed: string): string | null {
  const words = deed.toLowerCase().split(/[^a-z'’-]+/);
  const start = words.findIndex((word, i) => i > 0 && !isBreak(word));
  if (start < 0) return null;
  const end = words.findIndex((word, i) => i > start && isBreak(word));
  const noun = words.slice(start, end < 0 ? undefined : end);
  const found = noun.slice(-2).filter((word, i, { length }) => i === length - 1 || !QUALITY.test(word));
  return isNoun(found.at(-1) ?? '') ? found.join(' ') : null;
}

const KIND = /^(?:app|application|tool|platform|website|service)$/;
const QUALITY =
  /^.{2,}[^e]ed$|[^p]ly$|.{3}[ai]ble$|(?:ful|ous)$|^(?:active|expensive|massive|best|latest|nearest|free|new|old|good|big|small|long|short|public|private|next|own|shared)$/;

function isBreak(word: string): boolean {
  return word === '' || STOP_WORDS.has(word) || DETERMINERS.has(word) || ADVERBS.has(word) || isPerson(word);
}

function isPerson(word: string): boolean {
  return PEOPLE.has(word) || PEOPLE.has(plural(word));
}

function isNoun(word: string): boolean {
  return word.length >= 3 && word.length <= 20 && !/^(?:json|csv|pdf|api)$/.test(word) && !QUALITY.test(word);
}

/** The nouns the text deals in, as one of them each, by how often and how plainly they are named. */
export function nounsOf(plain: string, deeds: readonly string[]): string[] {
  const weights = new Map<string, number>();
  const add = (noun: string, weight: number) => weights.set(noun, (weights.get(noun) ?? 0) + weight);
  const tokens =
    plain
      .slice(0, 20_000)
      .toLowerCase()
      .match(/[a-z][a-z'’-]*|[^\sa-z]/g) ?? [];
  let run: string[] = [];
  let before = '';
  for (const token of [...tokens, '.']) {
    // "the tools stand in a shed": the noun ends where the verb begins.
    const verb = VERBS.has(token) && /[^s]s$/.test(run.at(-1) ?? '');
    if (/^[a-z]/.test(token) && !isBreak(token) && !verb) {
      run.push(token);
      continue;
    }
    const named = DETERMINERS.has(before);
    const leading = !named && baseVerb(run[0] ?? '') !== null;
    const noun = run.at(-1) ?? '';
    // "a command-line tool": what stands before the kind of product is not dealt in, nor are "hospital nurses".
    if (isNoun(noun) && (run.length > 1 || !leading) && !KIND.test(token) && !isPerson(token))
      add(singular(noun), named || (leading && run.length > 1) ? 2 : 1);
    run = [];
    before = token;
  }
  // However often a word is repeated: what is done says more about what the product deals in.
  for (const [noun, weight] of weights) weights.set(noun, Math.min(weight, 6));
  for (const deed of deeds) {
    const object = objectOf(deed)?.split(' ').at(-1);
    if (object && weights.has(singular(object))) add(singular(object), 4);
    const noun = DEED_NOUNS.get(deed.split(' ')[0] ?? '');
    if (noun?.entity) add(noun.name, 4);
  }
  return [...weights].sort(([, a], [, b]) => b - a).map(([noun]) => noun);
}

/** An English plural as one of them; anything else as it is. */
export function singular(word: string): string {
  if (/^[a-z]{2,}ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/^[a-z]{2,}(?:ss|sh|ch|x)es$/.test(word)) return word.slice(0, -2);
  return /^[a-z]{2,}[^siu]s$/.test(word) ? word.slice(0, -1) : word;
}

/** Several of a noun given as one. */
export function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|sh|ch|x)$/.test(word) ? `${word}es` : `${word}s`;
}
