import { plural } from './english.js';
import { distinct } from './phrases.js';
import { FOREIGN_PEOPLE, PEOPLE, STOP_WORDS } from './vocabulary.js';

/** Words before a noun for people that are rather part of the name than a verb ("help", "share"). */
const ADJECTIVES =
  /(?:al|ic|ive|ful|ous|ble|ent|ant|ior|ern|ner|young|old|small|large|local|busy|home|school|family|team|hobby|shop|store|office|night|solo|amateur|senior|tennis|charge)$/u;
/** Nouns for one person; other singulars ("group", "host") are as often something else. */
const ONE_PERSON = /(?:er|or|ist|ent|ant|ian|nurse|parent|chef)$/u;

/** People the text names, in the plural, each with the word before it if that one says something ("small bakeries"). */
export function usersOf(plain: string): string[] {
  const words = plain.slice(0, 20_000).split(/[^\p{L}\p{N}'’-]+/u);
  const named = (of: (word: string) => string | null) =>
    words.flatMap((word, i) => {
      const several = of(word.toLowerCase());
      if (several === null) return [];
      const before = (words[i - 1] ?? '').toLowerCase();
      const says = /^[a-z]{3,14}$/u.test(before) && !STOP_WORDS.has(before) && !PEOPLE.has(before);
      return [says && ADJECTIVES.test(before) ? `${before} ${several}` : several];
    });
  const foreign = [...FOREIGN_PEOPLE]
    .filter(([word]) => plain.toLowerCase().includes(word))
    .map(([, several]) => several);
  const many = [
    ...named((word) => (PEOPLE.has(word) ? word : null)),
    ...(/[^\x00-\x7F]|\b(?:und|et|con|der)\b/.test(plain) ? foreign : []),
  ];
  // One of them is often only talked about ("each patient has a checklist"): it counts where nobody else is named.
  const singles = named((word) => (ONE_PERSON.test(word) && PEOPLE.has(plural(word)) ? plural(word) : null));
  const heads = new Set<string>();
  const headOf = (user: string) => user.split(' ').at(-1) ?? user;
  // "hospital nurses" and "nurses" are the same people.
  return distinct(many.length > 0 ? many : singles)
    .filter((user) => !heads.has(headOf(user)) && heads.add(headOf(user)))
    .slice(0, 4);
}

/** Words of software that are in every idea, whatever it is about. */
const COMMON =
  /^(?:app|apps|anwendung|webseite|plattform|système|application|aplicación|アプリ|サービス|システム|ツール|ユーザー|機能|自分|時間|簡単|可能|必要|近所|状況|一緒)$/iu;

/** Nouns of another language as far as its writing tells them: capitals inside a sentence, runs of kanji or katakana, else long words. */
export function foreignNouns(plain: string): string[] {
  const text = plain.slice(0, 20_000);
  const counts = new Map<string, number>();
  const add = (word: string, weight: number) => {
    if (!COMMON.test(word) && !FOREIGN_PEOPLE.has(word.toLowerCase()) && word.length <= 24)
      counts.set(word, (counts.get(word) ?? 0) + weight);
  };
  for (const [word] of text.matchAll(/[\p{Script=Katakana}ー]{2,24}|\p{Script=Han}{2,6}/gu))
    add(word, /^\p{Script=Han}/u.test(word) ? 3 : 4);
  for (const [word] of text.matchAll(/(?<=\p{Ll}[,;]?\s)\p{Lu}[\p{Ll}\p{M}-]{2,}/gu)) add(word, 3);
  if (counts.size < 3) {
    for (const [word] of text.matchAll(/[\p{L}][\p{L}\p{M}'’-]{4,}/gu)) {
      if (!/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)) add(word, 1);
    }
  }
  const found = [...counts].sort(([, m], [, n]) => n - m).map(([word]) => word);
  // "Werkzeug" and "Werkzeuge" are the same thing.
  return found.filter(
    (word, i) => !found.slice(0, i).some((other) => other.slice(0, 5) === word.slice(0, 5) && word.length > 4),
  );
}
