import { baseVerb, singular, verbPhrase } from './english.js';
import { trimEnds } from './phrases.js';

const LEAD =
  /^(?:and|or|but|also|then|so|with|including|like|such as|by|it|they|we|i|you|users?|people|everyone|everybody|anyone|should|must|can|could|will|would|may|needs? to|has to|have to|wants? to|be able to|able to|to|the ability to|that|which|who|where|helps?|lets?|allows?|enables?|makes? it easy|easily|quickly|automatically|simply|then|them|him|her|us)\s+/iu;
const JOINT = /[,;:()，、；：（）]|\s[–—-]\s|\sbecause\s|\sso that\s/iu;
const RELATIVE =
  /(?<!\b(?:see|know|say|show|decide|track|check|tell|choose|ask|learn|out|so|sign|confirm|explain|ensure|find)s?)\s(?:that|which|who|where)\s/iu;
const AND = /\s(and|or|but)\s/iu;
const KIND =
  /\b(app|application|tool|cli|platform|website|service|program|bot|library|extension|plugin|system|product) to (?=[a-z])/iu;
/** The parts of an English sentence that may each say one deed; of the opening without what the thing is. */
export function clausesOf(sentence: string, opening: boolean, users: readonly string[]): string[] {
  // "a tool for nurses to hand over shifts", "an app to book courts", "a service for renting bikes"
  const told = opening
    ? users
        .reduce((text, user) => text.replace(new RegExp(`\\b${user} to `, 'iu'), `${user} that ${user} `), sentence)
        .replace(KIND, '$1 that ')
        .replace(/ for (?=[a-z]{2,}ing )/iu, ' that ')
    : sentence;
  const parts = told
    .split(JOINT)
    .flatMap((part) => splitAnd(part, users))
    .flatMap((part) => splitRelative(part, users));
  // The opening's first clause is what the thing is, not what it does; "Booking courts" alone is both.
  return opening && (parts.length > 1 || verbPhrase(parts[0] ?? '') === null) ? parts.slice(1) : parts;
}

/** Cut at an "and" only where a new deed begins: "order bread and cakes" stays one. */
function splitAnd(clause: string, users: readonly string[]): string[] {
  const pieces = clause.split(AND);
  const parts = [pieces[0] ?? ''];
  for (let i = 1; i < pieces.length; i += 2) {
    const [joint = 'and', part = ''] = pieces.slice(i, i + 2);
    const last = parts.at(-1) ?? '';
    const begins = verbPhrase(part) !== null || LEAD.test(part) || withoutLead(part, users).user !== null;
    // "buy and sell books": the first verb has no object of its own.
    const alone = baseVerb(last.split(' ').at(-1) ?? '') !== null && verbPhrase(part) !== null;
    if (begins && !alone) parts.push(part);
    else parts[parts.length - 1] = `${last} ${joint} ${part}`;
  }
  return parts;
}

/** Cut at a "that" after what a thing is; after a deed it belongs to the deed's object. */
function splitRelative(clause: string, users: readonly string[]): string[] {
  const at = RELATIVE.exec(clause);
  if (!at || verbPhrase(withoutLead(trimEnds(clause), users).phrase) !== null) return [clause];
  return [clause.slice(0, at.index), ...splitRelative(clause.slice(at.index + at[0].length), users)];
}

/** A clause without "they should be able to" and without who does it. */
export function withoutLead(clause: string, users: readonly string[]): { phrase: string; user: string | null } {
  let phrase = clause;
  let user: string | null = null;
  for (let before = ''; before !== phrase;) {
    before = phrase;
    phrase = phrase.replace(LEAD, '');
    const found = subjectOf(phrase, users);
    if (!found) continue;
    user = found.user;
    phrase = phrase.slice(found.length);
  }
  return { phrase, user };
}

/** "players …", "the next nurse …": somebody the idea names, at the beginning. */
function subjectOf(phrase: string, users: readonly string[]): { user: string; length: number } | null {
  const article = /^(?:(?:the|an?|each|every|next|other|all|any) ){0,2}/i.exec(phrase)?.[0].length ?? 0;
  const rest = phrase.slice(article).toLowerCase();
  for (const user of users) {
    const head = user.split(' ').at(-1) ?? user;
    const name = [user, head, singular(head)].find((one) => rest.startsWith(`${one} `));
    if (name) return { user, length: article + name.length + 1 };
  }
  return null;
}

/** Sentences that are short enough stay whole: their grammar is not known here. */
export function foreignClauses(sentence: string, opening: boolean): string[] {
  if (!opening && sentence.length <= 64) return [sentence];
  const parts = sentence.split(JOINT);
  const spaced = /\s/u.test(sentence.trim());
  return (opening && spaced && parts.length > 1 ? parts.slice(1) : parts).map((part) =>
    trimEnds(part)
      .replace(/^(?:(?:mit|in|bei|für|auf) (?:der|dem|denen)|die|der|das|qui|que|wo|où|donde)\s+/iu, '')
      .replace(/(?:できる|する)?(?:アプリ|ツール|サービス|システム)$/u, (end) =>
        end.replace(/アプリ|ツール|サービス|システム/u, ''),
      ),
  );
}
