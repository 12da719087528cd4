import type { Finding } from '../finding.js';
import { readBlocks, withoutCode } from '../lines.js';
import { countWords } from '../words.js';
import { AGREEING, CLOSING, PRESENTING, REFUSING, SELF } from './chat-phrases.js';
import { isPreamble } from './preamble.js';

/** A longer text that quotes a refusal is about something; a shorter one is a refusal with an explanation. */
const SHORT_WORDS = 90;

/** An answer that talks to whoever asked, before the text, behind it or of itself. */
export function chat(text: string, sectionTitle: string): Finding[] {
  const blocks = readBlocks(withoutCode(text));
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (!first || !last) return [];
  const found: Finding[] = [];
  const say = (message: string, at: number) => found.push({ rule: 'chat', severity: 'error', message, at });
  const [line = ''] = first.text.split('\n');
  if (isPreamble(line, sectionTitle) || isPreamble(leadOf(line), sectionTitle) || agrees(line)) {
    say(`The text begins by talking to somebody ("${line.trim().slice(0, 60)}")`, first.at);
  }
  for (const block of new Set([first, last])) {
    const self = SELF.map((phrase) => phrase.exec(block.text)).find((match) => match !== null);
    if (self) say(`The text speaks of itself as a machine ("${self[0]}")`, block.at + self.index);
  }
  const closing = CLOSING.map((phrase) => phrase.exec(last.text)).find((match) => match !== null);
  // Quoted, it is what somebody says in the product.
  if (closing && !/["“„«「]/u.test(last.text.slice(Math.max(0, closing.index - 40), closing.index))) {
    say(`The text ends by talking to somebody ("${closing[0]} …")`, last.at + closing.index);
  }
  return found;
}

/** The model declined, and said so where the text should be. */
export function refusal(text: string): Finding[] {
  const plain = withoutCode(text);
  const [first] = readBlocks(plain);
  if (!first) return [];
  const beginning = countWords(plain) < SHORT_WORDS ? plain : first.text;
  const match = REFUSING.map((phrase) => phrase.exec(beginning)).find((found) => found !== null);
  if (!match || isQuoted(beginning.slice(0, match.index))) return [];
  const at = beginning === plain ? match.index : first.at + match.index;
  return [
    { rule: 'refusal', severity: 'error', message: `The model declined to write this ("${match[0].trim()}")`, at },
  ];
}

/** What comes next stands in a quotation that was opened on this line. */
function isQuoted(before: string): boolean {
  const closed = Math.max(...['"', '”', '“', '»', '」', '\n'].map((mark) => before.lastIndexOf(mark)));
  return /["“„«「]/u.test(before.slice(Math.max(0, closed)));
}

/** "Sure! Players …": the first sentence, where it does not have a line of its own. */
function leadOf(line: string): string {
  return /^.{0,160}?[:：](?=\s|$)/u.exec(line)?.[0] ?? '';
}

/** A word of agreement with its exclamation mark, whatever follows; or one that presents something right behind it. */
function agrees(line: string): boolean {
  const said = line.trim().toLowerCase();
  const opener = AGREEING.find((word) => said.startsWith(word) && /^\s?[!！,，.。]/u.test(said.slice(word.length)));
  if (opener === undefined) return false;
  const rest = said.slice(opener.length);
  return /^\s?[!！]/u.test(rest) || PRESENTING.some((word) => rest.replace(/^[\s,，.。]+/u, '').startsWith(word));
}
