import { counted, formatCost, formatNumber } from '../format/numbers.js';
import { formatDuration } from '../format/time.js';
import type { Names } from '../project/names.js';
import type { Cost, RunEstimate } from './types.js';

/** `$0.12`; says so where prices are not known. */
export function costWords(cost: Cost | null): string {
  if (cost === null) return 'nothing';
  if (cost.amount === null) return formatCost(null);
  const known = formatCost(cost.amount / 1_000_000);
  return cost.unpriced_calls > 0 ? `${known} and ${counted(cost.unpriced_calls, 'call')} without a known price` : known;
}

/** `about 12,300 tokens, $0.12, 2 min` */
export const amountWords = ({ input_tokens: read, output_tokens: written, cost, seconds }: RunEstimate): string =>
  `about ${formatNumber(read + written)} tokens, ${costWords(cost)}, ${formatDuration(seconds)}`;

/** One document of a preview. */
export interface TouchedDocument {
  kind: string;
  title: string;
  /** Names of the sections that are written; null where that is the whole document. */
  written: readonly string[] | null;
  count: number;
  kept: number;
}

export const touchedBy = ({ documents }: RunEstimate, names: Names): TouchedDocument[] =>
  documents.map(({ kind, sections, carried }) => ({
    kind,
    title: names.document(kind),
    written: carried.length === 0 ? null : sections.map(({ title }) => title),
    count: sections.length,
    kept: carried.length,
  }));

/** What may be outdated afterwards, a line for each document: its sections, none where the document is one. */
export const outdatedBy = ({ affected }: RunEstimate, names: Names): { title: string; sections: string[] }[] =>
  affected.map(({ document, sections }) => {
    const title = names.document(document);
    const named = sections.map(names.section);
    return { title, sections: named.length === 1 && named[0] === title ? [] : named };
  });

/** What becomes of the cards on the board, a sentence for each kind there is. */
export function cardWords(cards: RunEstimate['cards']): string[] {
  if (cards === null) return [];
  const { may_change: changing, kept, untouched } = cards;
  const words = [
    changing > 0 && `${counted(changing, 'card')} may change`,
    kept > 0 && `${counted(kept, 'card')} edited by people kept, with the new text offered beside`,
    untouched > 0 && `${counted(untouched, 'card')} started, done or added by people left untouched`,
  ].filter((one) => one !== false);
  return words.length > 0 ? words : ['New cards come onto the board'];
}
