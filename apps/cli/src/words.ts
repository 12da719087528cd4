import type { Cost } from '@planwright/contracts';
import { MICRO_UNITS } from '@planwright/contracts';

const DOCUMENTS: Readonly<Record<string, string>> = { prd: 'PRD', tech_spec: 'Tech spec', task_set: 'Tasks' };

/** What people call a document; one of a team's own by its title, where that is known. */
export function documentName(kind: string, title?: string): string {
  return DOCUMENTS[kind] ?? title ?? sentenceCase(kind);
}

/** `goals_objectives` as `Goals objectives`: for what has no title yet. */
export function sentenceCase(id: string): string {
  const words = id.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `48 s`, `2 min 10 s`, `1 h 5 min`: coarser the longer it is. */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return joined(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.ceil(whole / 60);
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joined(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** `about 0.0123 USD`, as exactly as it is of interest; null where nothing was called or nobody is paid. */
export function costText(cost: Cost | null): string | null {
  if (cost === null || (cost.amount === 0 && cost.unpriced_calls === 0)) return null;
  if (cost.amount === null) return 'unpriced';
  const amount = cost.amount / MICRO_UNITS;
  const money = amount < 0.0001 ? 'less than 0.0001' : `about ${amount.toFixed(amount >= 1 ? 2 : 4)}`;
  const more = cost.unpriced_calls === 0 ? '' : ', and calls without a price';
  return `${money} ${cost.currency}${more}`;
}
