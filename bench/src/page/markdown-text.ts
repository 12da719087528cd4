import type { Random } from '@planwright/e2e/random';
import { seededRandom } from '@planwright/e2e/random';
import { countWords } from '@planwright/lint';

/** Of no more words than this is a block. */
const LONGEST_BLOCK = 80;

/**
 * A section as a model writes one: headings, prose with marks and links, lists in lists, tables, code and quotes, of at least
 * so many words and few more. The same seed gives the same text.
 */
export function markdownText(seed: string, words: number): string {
  const random = seededRandom(seed);
  const blocks = [paragraph(random)];
  let count = countWords(blocks.join());
  while (count < words - LONGEST_BLOCK) {
    const block = FORMS[blocks.length % FORMS.length]?.(random) ?? '';
    blocks.push(block);
    count += countWords(block);
  }
  const end: string[] = [];
  while (count + countWords(end.join(' ')) < words) end.push(sentence(random));
  return [...blocks, end.join(' ')].join('\n\n').trim();
}

/** One after another, again and again. */
const FORMS: readonly ((random: Random) => string)[] = [
  paragraph,
  bullets,
  heading,
  paragraph,
  table,
  paragraph,
  numbered,
  heading,
  quote,
  code,
  paragraph,
  bullets,
  heading,
];

function heading(random: Random): string {
  return `### ${capital(random.pick(THINGS))} and ${random.pick(THINGS)}`;
}

function paragraph(random: Random): string {
  return Array.from({ length: random.between(3, 5) }, () => sentence(random)).join(' ');
}

function bullets(random: Random): string {
  return Array.from({ length: random.between(2, 3) }, () => {
    const name = `- **${capital(random.pick(THINGS))}** (must): ${sentence(random)}`;
    return `${name}\n  - Done when: ${sentence(random)}`;
  }).join('\n');
}

function numbered(random: Random): string {
  return Array.from({ length: random.between(3, 5) }, (_, i) => `${i + 1}. ${sentence(random)}`).join('\n');
}

function table(random: Random): string {
  const rows = Array.from({ length: random.between(3, 5) }, () => {
    const cells = [random.pick(THINGS), random.pick(ACTS), `${random.between(2, 90)} days`, random.pick(TIMES)];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| What | Who acts | Limit | When |', '| --- | --- | ---: | --- |', ...rows].join('\n');
}

function quote(random: Random): string {
  return `> ${sentence(random)} ${sentence(random)}`;
}

function code(random: Random): string {
  const name = () => random.pick(THINGS).replaceAll(' ', '_');
  const fields = Array.from({ length: random.between(3, 5) }, () => `  "${name()}": ${random.between(1, 400)},`);
  return ['```json', '{', ...fields, '  "kept": true', '}', '```'].join('\n');
}

function sentence(random: Random): string {
  const [what, other] = [random.pick(THINGS), marked(random, random.pick(THINGS))];
  const said = `The ${what} ${random.pick(ACTS)} the ${other} ${random.pick(TIMES)}`;
  return random.chance(0.4) ? `${said}, and ${random.pick(ACTS)} the ${random.pick(THINGS)} as well.` : `${said}.`;
}

function marked(random: Random, words: string): string {
  if (!random.chance(0.3)) return words;
  const address = `https://example.org/${words.replaceAll(' ', '-')}`;
  return random.pick([`**${words}**`, `*${words}*`, `\`${words.replaceAll(' ', '_')}\``, `[${words}](${address})`]);
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

const THINGS = [
  ...['borrower', 'volunteer', 'household', 'caretaker', 'shelf', 'locker', 'drill', 'ladder', 'tent', 'tool card'],
  ...['access code', 'deposit', 'return date', 'reminder', 'waiting list', 'inventory', 'damage report', 'calendar'],
  ...['overdue notice', 'phone number', 'reservation', 'opening hour', 'repair order', 'photo of the tool', 'report'],
] as [string, ...string[]];
const ACTS = [
  ...['opens', 'confirms', 'extends', 'cancels', 'checks', 'records', 'returns', 'moves', 'shows', 'closes'],
  ...['counts', 'assigns', 'renews', 'locks', 'reads', 'keeps'],
] as [string, ...string[]];
const TIMES = [
  ...['before the code expires', 'within two minutes', 'while another person waits', 'when the shelf is empty'],
  ...['on the day after', 'at most three times a week', 'without a call', 'as soon as the tool is back'],
  ...['if nobody has paid', 'until the evening', 'on every phone', 'once a month'],
] as [string, ...string[]];
