import type { Finding } from '../finding.js';
import type { Line } from '../lines.js';
import { bare, readBlocks, readLines, withoutCode } from '../lines.js';
import { countWords } from '../words.js';

/** A paragraph of fewer words may be a label or a name. */
const LEAST_WORDS = 4;
/** So many list items that all end a sentence make one that does not stand out. */
const LEAST_ITEMS = 2;

/** Words nothing ends with. */
const DANGLING = new Set(
  [
    'a an the and or but nor of to for from with without by at into onto that which who whose because if when while than as is are was were be been has have must should will can per via between its their our your',
    'und oder aber der die das dem den des ein eine einen einem einer von zu zum zur mit ohne für auf bei durch über unter vor nach zwischen als dass weil wenn sowie ist sind wird werden',
    'et ou mais le la les un une des du de à au aux avec sans pour par dans sur entre vers que qui dont est sont',
    'y o pero el los las una del al con sin para por sobre entre hasta desde en que como es son',
    'e ed ma il lo gli di da nel della dello dei con senza per tra fra che come è sono',
    'i oraz lub ale w z na do dla od po przez przed że jest są',
    'en of maar het een van voor met zonder door tussen naar bij als dat is zijn',
    'och eller men ett en av för med utan mellan från till som att är',
    'и или но в на с из для что как это по от к при без о об между через чтобы если',
    'та або але у з із зі що як від до між через якщо щоб',
    'във със че като към чрез през която който които',
    'και ή αλλά με από για σε στο στη στην στον στα στις στους του της των που ότι ως χωρίς μεταξύ',
  ].flatMap((words) => words.split(' ')),
);
/** In other languages these are words that may end something, too. */
const AMBIGUOUS = new Set([
  'a',
  'i',
  'in',
  'is',
  'die',
  'das',
  'can',
  'will',
  'as',
  'e',
  'o',
  'y',
  'en',
  'of',
  'son',
  'men',
  'but',
]);

/** Ends of a sentence in the scripts of the world, and what may stand behind them. */
const ENDED = /(?:[.!?…。！？｡।։؟۔:;]|\p{Extended_Pictographic}\uFE0F?)["'”’»«)\]*_`“」』）\s]*$/u;
const UNMARKED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;
const MARKS = /\[[A-Z]{4,20}\]\s*\.?$/;

/** The text ends before its end, though its provider said that it was finished. */
export function truncated(text: string): Finding[] {
  const { all, openFence } = readLines(text);
  const say = (message: string, at: number): Finding[] => [{ rule: 'truncated', severity: 'error', message, at }];
  if (openFence) return say('The text ends within a code block', openFence.at);
  const written = all.filter(({ kind }) => kind !== 'blank');
  const last = written.at(-1);
  if (!last) return [];
  if (last.kind === 'heading') return say(`The text ends with the heading "${bare(last.text)}"`, last.at);
  if (last.kind === 'table') {
    const why = openRow(written, last);
    return why ? say(why, last.at) : [];
  }
  if (last.kind !== 'text' && last.kind !== 'item') return [];
  if (bare(last.text) === '' || /^\s*[-*+]$/.test(last.text))
    return say('The text ends with an empty list item', last.at);
  const block = readBlocks(text).at(-1) ?? last;
  const open = openMark(withoutCode(block.text));
  if (open) return say(`The text ends with an open ${open}`, block.at);
  const marked = bare(last.text);
  const end = marked.replace(MARKS, '').trimEnd();
  const lastWord =
    end
      .toLowerCase()
      .match(/\p{L}+|\p{N}+/gu)
      ?.at(-1) ?? '';
  if (/[,:(–—/&+=]\**_*$/u.test(end) || /\s-$/.test(end))
    return say(`The text ends in the middle: "… ${end.slice(-40)}"`, last.at);
  if (ENDED.test(end) || UNMARKED.test(end) || MARKS.test(marked)) return [];
  const isDangling = DANGLING.has(lastWord) && !AMBIGUOUS.has(lastWord) && countWords(end) > 1;
  if (isDangling || (last.kind === 'item' && standsOut(all, last)) || (last.kind === 'text' && isProse(block.text))) {
    return say(`The text ends in the middle of a sentence: "… ${end.slice(-40)}"`, last.at);
  }
  return [];
}

/** A row that is not closed, or has fewer cells than the one above. */
function openRow(written: readonly Line[], last: Line): string | null {
  const table = written.slice(written.findLastIndex(({ kind }) => kind !== 'table') + 1);
  const cells = (line: Line) => line.text.replace(/\\\|/g, '').split('|').length;
  const [head] = table;
  if (!head) return null;
  const closes = (line: Line) => line.text.trimEnd().endsWith('|');
  if (closes(head) && !closes(last)) return 'The text ends within a row of a table';
  if (cells(last) < cells(head)) return 'The text ends with a row of a table that lacks cells';
  return /^[\s|:-]+$/.test(last.text) ? 'The text ends with a table that has no rows' : null;
}

/** A bracket or a mark for bold that was opened and not closed. */
function openMark(block: string): string | null {
  const open: string[] = [];
  for (const sign of block.replace(/(?:^|\s)\(?\p{L}{0,2}\d*\)(?=\s)/gu, ' ')) {
    if (sign === '(' || sign === '[' || sign === '（') open.push(sign);
    else if (sign === ')' || sign === ']' || sign === '）') open.pop();
  }
  if (open.length > 0) return 'bracket';
  if ((block.match(/\*\*/g)?.length ?? 0) % 2 === 1) return 'mark for bold text';
  return (block.replace(/`{3,}/g, '').match(/`/g)?.length ?? 0) % 2 === 1 ? 'mark for code' : null;
}

/** Not a label, a link, or a name in bold. */
function isProse(block: string): boolean {
  const lastRun = block.trimEnd().split(/\s+/).at(-1) ?? '';
  if (/https?:\/\/\S|`$/.test(lastRun) || /^\s*(?:\*\*|__)[^*_]*(?:\*\*|__)\s*$/.test(block)) return false;
  return countWords(block) >= LEAST_WORDS && !/\S\s\|\s\S/.test(block);
}

/** All items of its list end a sentence, and this one does not. */
function standsOut(all: readonly Line[], last: Line): boolean {
  const before = all.slice(0, all.indexOf(last));
  const start = before.findLastIndex(({ kind }) => kind !== 'item' && kind !== 'blank' && kind !== 'text') + 1;
  const indent = (line: Line) => /^\s*/.exec(line.text)?.[0].length ?? 0;
  const items = before.slice(start).filter((line) => line.kind === 'item' && indent(line) === indent(last));
  return items.length >= LEAST_ITEMS && items.every((line) => /[.!?。！？]["'”’»)\]*_`]*$/u.test(line.text.trimEnd()));
}
