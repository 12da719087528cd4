import type { Capability } from './capabilities.js';
import { objectOf, singular } from './english.js';
import { clip, quoted, sentencesOf, trimEnds, upperFirst } from './phrases.js';
import { DEED_NOUNS } from './vocabulary.js';

const OPENING =
  /^(?:(?:i|we|they)(?:['’]d)?\s+(?:would\s+)?(?:want|need|like|plan|wish|am going|are going)(?:\s+to)?(?:\s+(?:build|make|create|have|develop|write|design))?|(?:please\s+)?(?:build|create|make|develop|design|write)|an?\s+idea(?:\s+(?:for|about))?|idea:?|let['’]?s\s+(?:build|make|create))\s+(?:me\s+|us\s+)?/iu;
const ARTICLE = /^(?:an?|the|some|our|my)\s+/iu;
const FOREIGN_ARTICLE = /^(?:eine?n?|une?|una?|uno|en|ett|een)\s+/iu;
/** "A mobile app that …": the kind is a name only together with what it is about. */
const KIND =
  /^(?:[\w-]+\s+){0,2}?(app|application|tool|cli|platform|website|service|program|bot|library|extension|plugin|system|product)\b/iu;

/** What the thing is called, as a title and inside a sentence. */
export function nameOf(idea: {
  given: string;
  heading: string;
  plain: string;
  english: boolean;
  found: readonly Capability[];
}): { name: string; product: string } {
  const readable = (text: string) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text);
  const proper = [idea.given, idea.heading].map((text) => clip(trimEnds(text), 12, 60)).find(readable);
  if (proper !== undefined) return { name: upperFirst(proper), product: proper };
  const [opening = ''] = sentencesOf(idea.plain);
  const bare = opening.replace(OPENING, '').replace(idea.english ? ARTICLE : FOREIGN_ARTICLE, '');
  const kind = idea.english ? KIND.exec(bare)?.[1]?.toLowerCase() : undefined;
  const subject = kind ? aboutWhat(idea.found[0]) : null;
  const name = upperFirst(
    kind && subject
      ? `${subject} ${kind === 'cli' ? 'CLI' : kind}`
      : ([idea.english ? shortened(bare) : foreignName(bare), clip(idea.plain, 6, 40)].find(readable) ??
          'The unnamed product'),
  );
  if (/^The /.test(name)) return { name, product: `t${name.slice(1)}` };
  if (!idea.english) return { name, product: name.split(/\s+/u).length > 2 || name.length > 12 ? quoted(name) : name };
  const common = name.includes(' ') && /^[A-Z][a-z-]+ (?:[a-z]|CLI)/.test(name);
  return { name, product: common ? `the ${name.charAt(0).toLowerCase()}${name.slice(1)}` : name };
}

/** `tennis court`, `tool sharing`, `shift handover`: from the first thing that is done. */
function aboutWhat(capability: Capability | undefined): string | null {
  if (!capability) return null;
  const object = objectOf(capability.deed);
  if (!object) return null;
  const words = object.split(' ');
  const noun = [...words.slice(0, -1), singular(words.at(-1) ?? '')].join(' ');
  const deed = DEED_NOUNS.get(capability.deed.split(' ')[0] ?? '')?.name;
  return deed ? `${noun} ${deed}` : noun;
}

/** The first clause, with the next where it says nothing but the kind ("Eine App, mit der …"). */
function foreignName(bare: string): string {
  const [clause = ''] = bare.split(/[，；：、（。]|[.;:(]\s/u);
  return clip(clause, 6, 48);
}

function shortened(bare: string): string {
  const [clause = ''] = bare.split(/[,;:(，；：、（]|\s[–—-]\s/u);
  const words = trimEnds(clause).split(/\s+/u);
  if (words.length <= 7) return clip(words.join(' '), 7, 60);
  const joints = new Set([
    'that',
    'which',
    'where',
    'so',
    'and',
    'with',
    'to',
    'by',
    'from',
    'when',
    'because',
    'who',
    'in',
    'on',
    'for',
  ]);
  const isJoint = (word: string | undefined) => joints.has(word?.toLowerCase() ?? '');
  let end = words.slice(0, 8).findLastIndex((word, i) => i >= 2 && isJoint(word));
  if (end < 0) end = 7;
  while (end > 1 && isJoint(words[end - 1])) end--;
  return clip(words.slice(0, end).join(' '), 8, 60);
}
