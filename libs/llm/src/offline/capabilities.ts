import { clausesOf, foreignClauses, withoutLead } from './clauses.js';
import { baseVerb, objectOf, participleVerb, plural, singular, verbPhrase } from './english.js';
import { clip, distinct, quoted, trimEnds, upperFirst } from './phrases.js';
import { DEED_NOUNS, PEOPLE, STOP_WORDS } from './vocabulary.js';

/** One thing the product is for. */
export interface Capability {
  /** What people do, after "to", "can" or "let them": `find a free court`, `use “…”` where the phrase is not English. */
  deed: string;
  /** The same as a title. */
  title: string;
  /** Who does it, where the idea says so; else null. */
  user: string | null;
}

/** What the product does to somebody, told from their side. */
const TOLD: ReadonlyMap<string, string> = new Map([
  ['remind', 'be reminded'],
  ['notify', 'be notified'],
  ['alert', 'be alerted'],
  ['warn', 'be warned'],
  ['tell', 'be told'],
  ['show', 'see'],
  ['give', 'get'],
  ['send', 'get'],
  ['offer', 'get'],
]);

/** What the product does by itself, told from the side of those who use it. */
const SEEN: ReadonlyMap<string, string> = new Map([
  ['show', 'see'],
  ['display', 'see'],
  ['explain', 'understand'],
]);

/** What the sentences of an idea say that the product does, in the order they say it, deeds before things. */
export function capabilitiesOf(sentences: readonly string[], users: readonly string[], english: boolean): Capability[] {
  const read = sentences.slice(0, 80).map((sentence) => sentence.slice(0, 4000));
  if (!english) return unlike(read.flatMap((sentence, i) => foreignClauses(sentence, i === 0)).flatMap(foreign));
  const capabilities = read.flatMap((sentence, i) => {
    // "it" and "they" are looked for in their own sentence.
    let object: string | null = null;
    return clausesOf(sentence, i === 0, users).flatMap((clause) => {
      const capability = englishDeed(clause, users, object);
      object = capability?.object ?? object;
      return capability ? [capability] : [];
    });
  });
  const deeds = capabilities.filter(({ kind }) => kind === 'deed');
  const things = capabilities.filter(({ kind }) => kind === 'thing');
  return unlike([...deeds, ...things].map(({ deed, user }) => ({ deed, title: upperFirst(deed), user })));
}

function englishDeed(
  clause: string,
  users: readonly string[],
  object: string | null,
): { deed: string; user: string | null; kind: 'deed' | 'thing'; object: string | null } | null {
  const trimmed = trimEnds(clause).replace(/\s+/g, ' ');
  const listed = /^(?:with|including|like|such as)\s/iu.test(trimmed);
  const { phrase, user } = withoutLead(trimmed, users);
  const verbal = verbPhrase(activePhrase(phrase));
  if (verbal === null) {
    const deed = thing(phrase, listed);
    return deed ? { deed, user, kind: 'thing', object: null } : null;
  }
  const [verb = '', next = ''] = verbal.split(' ');
  const toldTo =
    users.find((one) => verbal.startsWith(`${verb} ${one} `)) ?? (/^(?:them|you|us)$/.test(next) ? next : null);
  const told = TOLD.get(verb);
  const seen = user === null ? SEEN.get(verb) : undefined;
  if (told && toldTo) {
    const rest = verbal.slice(verb.length + toldTo.length + 2);
    const deed = tidy(`${told} ${rest}`);
    return deed ? { deed, user: users.includes(toldTo) ? toldTo : user, kind: 'deed', object: null } : null;
  }
  const from = seen && !toldTo ? `${seen}${verbal.slice(verb.length)}` : verbal;
  const deed = tidy(object ? referring(from, object) : from);
  if (!deed || /^\S+ (?:it|them)\b/.test(deed) || deed.split(' ').length < 2) return null;
  return { deed, user, kind: 'deed', object: nounAfter(deed) };
}

/** With what "it" and "they" mean. */
function referring(deed: string, object: string): string {
  const many = object.endsWith('s');
  const named = deed.replace(many ? / them(?= |$)/ : / it(?= |$)/, ` the ${object}`);
  return (many ? named.replace(/ they(?= )/, ` the ${object}`) : named).replace(/ s?he has(?= )/, ' they have');
}

/** "open tasks are flagged" → "flag open tasks"; "each patient has a checklist" → "keep a checklist for each patient". */
function activePhrase(phrase: string): string {
  const passive = /^((?:[\w'-]+ ){1,4})(?:is|are|gets?) (\w+ed)( .*)?$/i.exec(phrase);
  const verb = participleVerb(passive?.[2] ?? '');
  if (passive && verb) return `${verb} ${passive[1]?.trim()}${passive[3] ?? ''}`;
  const owned = /^((?:each|every) [\w'-]+) (?:has|have) (an? .+)$/i.exec(phrase);
  return owned ? `keep ${owned[2]} for ${owned[1]?.toLowerCase()}` : phrase;
}

/** What a later "it" or "they" means: the last noun in the plural, else the head of the object. */
function nounAfter(deed: string): string | null {
  const words = deed.toLowerCase().split(' ').slice(1);
  const last = words.at(-1) ?? '';
  if (/^[a-z]{3,}[^s]s$/.test(last) && !STOP_WORDS.has(last)) return last;
  return objectOf(deed)?.split(' ').at(-1) ?? null;
}

/** "booking" and "a checklist per patient", as something that is done. */
function thing(phrase: string, listed: boolean): string | null {
  const words = phrase.toLowerCase().split(' ');
  const [head = ''] = words;
  const inner = words.filter(
    (word) => STOP_WORDS.has(word) && !/^(?:a|an|the|of|per|for|and|with|in|on|to|by|from)$/.test(word),
  );
  const startsWell = /^[a-z]{3,}/.test(head) ? !STOP_WORDS.has(head) || head === 'the' : head === 'a' || head === 'an';
  if (!startsWell || inner.length > 0 || words.length > (listed ? 8 : 5) || PEOPLE.has(words.at(-1) ?? '')) return null;
  if (words.length === 1 && !listed) return null;
  const noun = DEED_NOUNS.get(baseVerb(head) ?? '');
  const text = words.length === 1 && noun?.name === head ? plural(singular(head)) : phrase;
  const deed = tidy(`manage ${text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase())}`);
  return deed && deed.split(' ').length > 1 ? deed : null;
}

/** Short enough for a title, and not ending on a word that wants another. */
function tidy(deed: string): string | null {
  const words = clip(trimEnds(deed), 11, 72).split(' ');
  const whole = words.length === trimEnds(deed).split(' ').length;
  const OPEN =
    /^(?:a|an|the|of|for|with|to|in|on|at|by|from|and|or|as|that|which|who|when|if|so|than|per|into|their|its|is|are|be)$/;
  while (words.length > 1 && !whole && OPEN.test(words.at(-1)?.toLowerCase() ?? '')) words.pop();
  const text = words.join(' ');
  return /\p{L}/u.test(text) ? text.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase()) : null;
}

function foreign(clause: string): Capability[] {
  const whole = trimEnds(clause);
  const cut = clip(whole, 10, 64);
  if (cut.length < 2 || !/\p{L}/u.test(cut)) return [];
  const phrase = cut.length < whole.length ? `${cut}…` : cut;
  return [{ deed: `use ${quoted(phrase)}`, title: upperFirst(phrase), user: null }];
}

function unlike(capabilities: readonly Capability[]): Capability[] {
  const titles = new Set(distinct(capabilities.map(({ title }) => title)));
  return capabilities.filter(({ title }) => titles.delete(title));
}
