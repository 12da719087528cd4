import type { Prompt } from '@planwright/contracts';
import type { Capability } from './capabilities.js';
import { capabilitiesOf } from './capabilities.js';
import { isEnglish, nounsOf, plural } from './english.js';
import { nameOf } from './name.js';
import { an, clip, distinct, plainText, sentencesOf, trimEnds, upperFirst } from './phrases.js';
import { requirementIds, requirementsOf } from './requirements.js';
import { foreignNouns, usersOf } from './people-and-things.js';

/** What the offline writer understands of a prompt: short phrases, mostly in the author's own words. */
export interface Brief {
  /** It is one feature of a product that is there already. */
  isFeature: boolean;
  /** What is to be built, as a title. */
  name: string;
  /** The same inside a sentence: with its article where it has one. */
  product: string;
  /** The idea's opening, one or two sentences. */
  pitch: string;
  /** Who uses it, in the plural; at least two. */
  users: string[];
  /** What it is for; at least six. */
  capabilities: Capability[];
  /** What it deals in, as one and as many of it; at least three. */
  things: { one: string; many: string }[];
  /** Conditions set by the author; may be empty. */
  constraints: string[];
  /** Titles from earlier sections and documents, apart for what is done and how well; may be empty. */
  requirements: { functional: string[]; quality: string[] };
  /** Ids of requirements that tasks may refer to, by title in lower case; may be empty. */
  ids: ReadonlyMap<string, string>;
  /** Wishes of a person for this text; may be empty. */
  wishes: string[];
}

/** Data of a prompt that is not an earlier text. */
const NOT_EARLIER = new Set([
  'idea',
  'constraints',
  'project_name',
  'instructions',
  'feature_description',
  'requirements',
]);

const USUAL_THINGS = ['account', 'notification', 'comment'];

/** What people do with the things of any product, for ideas that say little. */
const usualDeeds = (product: string, one: string, many: string) => [
  `see all ${many} at a glance`,
  `be told when ${an(one)} changes`,
  `search and filter ${many}`,
  `correct ${an(one)} and undo the change`,
  `share ${an(one)} with others`,
  `export all ${many} at any time`,
  `get started with ${product} without help`,
];

/** Reads the fenced values of a prompt. The same prompt gives the same brief; any text gives a usable one. */
export function readBrief(prompt: Prompt): Brief {
  const data = new Map<string, string>();
  for (const part of [...prompt.system, ...prompt.user]) {
    if (part.data !== undefined) data.set(part.data, part.text);
  }
  const subject = data.get('feature_description') ?? data.get('idea') ?? '';
  const plain = wordsOf(plainText(subject));
  const body = wordsOf(plainText(subject.replace(/^#{1,6}[ \t][^\n]*$/gm, '\n'))) || plain;
  const english = isEnglish(plain);
  const sentences = sentencesOf(body);
  const users = usersOf(body);
  const found = capabilitiesOf(sentences, users, english);
  const given = data.has('feature_description') ? '' : plainText(data.get('project_name') ?? '');
  const heading = /^\s*#{1,6}[ \t]+(\S[^\n]*)/.exec(subject)?.[1] ?? '';
  const named = nameOf({ given, heading: plainText(heading), plain, english, found });
  const nouns = english
    ? nounsOf(
        body,
        found.map(({ deed }) => deed),
      )
    : foreignNouns(body);
  // A word or two are a name, not things to deal in.
  const about = english && body.split(' ').length < 3 ? [] : nouns;
  const things = filled(about.length > 0 ? about : ['entry'], USUAL_THINGS, 3);
  const [thing = ''] = things;
  const deeds = usualDeeds(named.product, thing, manyOf(thing));
  const usual = (found.length === 0 ? [...deeds.slice(-1), ...deeds.slice(0, -1)] : deeds).map((deed): Capability => ({
    deed,
    title: upperFirst(deed),
    user: null,
  }));
  const earlier = [...data].filter(([key]) => !NOT_EARLIER.has(key)).map(([, text]) => text);
  return {
    ...named,
    isFeature: data.has('feature_description'),
    pitch: clip(sentences.slice(0, 2).join('. ') || named.name, 45, 280),
    users: filled(users, usualUsers(users.length, plain), 2),
    capabilities: [...found, ...usual].slice(0, Math.min(8, Math.max(6, found.length))),
    things: things.slice(0, 8).map((one) => ({ one, many: manyOf(one) })),
    constraints: itemsOf(data.get('constraints') ?? ''),
    requirements: requirementsOf(earlier),
    ids: requirementIds(data.get('requirements') ?? ''),
    wishes: itemsOf(data.get('instructions') ?? '').slice(0, 3),
  };
}

/** Without emoji, unless there is nothing else. */
function wordsOf(plain: string): string {
  const bare = plain
    .replace(/[\p{Extended_Pictographic}\p{Emoji_Modifier}\u200D\uFE0F]+/gu, ' ')
    .replace(/[^\S\n]+/gu, ' ')
    .trim();
  return /[\p{L}\p{N}]/u.test(bare) ? bare : plain;
}

function usualUsers(found: number, plain: string): string[] {
  const technical = /\b(?:repositor(?:y|ies)|cli|command[- ]line|pull requests?|sdk|source code|compiler)\b/i.test(
    plain,
  );
  return [...(found > 0 ? [] : [technical ? 'developers' : 'users']), technical ? 'maintainers' : 'administrators'];
}

function manyOf(one: string): string {
  return /^[a-z'-]+$/.test(one) ? plural(one) : one;
}

function itemsOf(text: string): string[] {
  const sentences = sentencesOf(plainText(text)).flatMap((sentence) => sentence.split(/;\s+/u));
  return distinct(sentences.map((sentence) => clip(trimEnds(sentence), 24, 150))).slice(0, 10);
}

/** The items, made up to `least` with usual ones. */
function filled(items: readonly string[], usual: readonly string[], least: number): string[] {
  return items.length >= least ? [...items] : distinct([...items, ...usual]).slice(0, Math.max(least, items.length));
}
