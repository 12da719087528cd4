import { readLines } from '../lines.js';

/** A requirement as it stands in a section's text. */
export interface FoundRequirement {
  /** Byte for byte what the section says: the list item or paragraph without its mark and without what hangs below it. */
  quote: string;
  /** Where `quote` begins in the section, in UTF-16 units. */
  at: number;
}

/** More than this in one section is a list of something else; the rest is left alone. */
const MOST = 200;

/** `**Name** (must): …`, whatever the language of the word in brackets. */
const RANKED = /^(?:\*\*|__)[^*_\n]+(?:\*\*|__)\s*[(（][^)）\n]{2,20}[)）]/u;
const NAMED = /^(?:\*\*|__)[^*_\n]+(?:\*\*|__)/u;

/**
 * The requirements of a section that has them. They are list items of the first level: those with a name and a rank as
 * writers are asked to write them, else those with a name, else all; where there is no list, the paragraphs. So an aside
 * in a list of requirements ("Deliberately modest: …") is none of them.
 */
export function readRequirements(text: string): FoundRequirement[] {
  const items = firstLevelItems(text);
  const found = [
    items.filter(({ quote }) => RANKED.test(quote)),
    items.filter(({ quote }) => NAMED.test(quote)),
    items,
    paragraphs(text),
  ].find((candidates) => candidates.length > 0);
  return (found ?? []).slice(0, MOST);
}

const MARK = /^(\s*)(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?/;

/** Each with the lines that go on with it; what is indented below as a list of its own does not. */
function firstLevelItems(text: string): FoundRequirement[] {
  const { all } = readLines(text);
  const items = all.filter(({ kind }) => kind === 'item');
  const first = items.reduce(
    (least, { text: line }) => Math.min(least, line.length - line.trimStart().length),
    Infinity,
  );
  const found: FoundRequirement[] = [];
  let isOpen = false;
  for (const line of all) {
    const [mark = '', indent = ''] = (line.kind === 'item' && MARK.exec(line.text)) || [];
    if (line.kind === 'item' && mark !== '' && indent.length <= first + 1) {
      const quote = line.text.slice(mark.length).trimEnd();
      isOpen = quote !== '';
      if (isOpen) found.push({ quote, at: line.at + mark.length });
    } else if (isOpen && line.kind === 'text') {
      const one = found.at(-1);
      if (one) one.quote = text.slice(one.at, line.at + line.text.trimEnd().length);
    } else isOpen = false;
  }
  return found.filter(({ quote }) => /\p{L}/u.test(quote));
}

function paragraphs(text: string): FoundRequirement[] {
  const found: FoundRequirement[] = [];
  let isOpen = false;
  for (const { kind, text: line, at } of readLines(text).all) {
    const one = found.at(-1);
    if (kind !== 'text') isOpen = false;
    else if (isOpen && one) one.quote = text.slice(one.at, at + line.trimEnd().length);
    else {
      found.push({ quote: line.trim(), at: at + line.length - line.trimStart().length });
      isOpen = true;
    }
  }
  // Emphasis over a whole paragraph is a note about the text.
  return found.filter(({ quote }) => /\p{L}/u.test(quote) && !/^[_*][^_*].*[_*]$/su.test(quote));
}
