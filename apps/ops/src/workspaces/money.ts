import { CURRENCY, MICRO_UNITS } from '@planwright/contracts';
import type { Cost } from '@planwright/contracts';
import { count } from '../text.js';

const MOST = 1_000_000_000;

/** `20` or `20.50` as micro-units, exactly; undefined for what is no such amount. */
export function microUnitsOf(text: string): number | undefined {
  const [, whole, part = ''] = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const amount = Number(whole) * MICRO_UNITS + Number(part.padEnd(6, '0'));
  return amount <= MOST * MICRO_UNITS ? amount : undefined;
}

/** To the cent from a dollar on; below it as exactly as a person needs it. */
export function moneyOf(microUnits: number): string {
  const amount = microUnits / MICRO_UNITS;
  if (amount > 0 && amount < 0.0001) return `<0.0001 ${CURRENCY}`;
  return `${amount.toFixed(amount === 0 || amount >= 1 ? 2 : 4)} ${CURRENCY}`;
}

/** What is priced, and how many calls are not. */
export function costText(cost: Cost | null): string {
  if (!cost) return '–';
  const unpriced = cost.unpriced_calls > 0 ? `${count(cost.unpriced_calls, 'call')} without a price` : null;
  return [cost.amount === null ? null : moneyOf(cost.amount), unpriced].filter((part) => part !== null).join(' + ');
}

/** A share in per cent; a dash where there is nothing to have a share of. */
export function shareText(part: number, whole: number | null): string {
  if (!whole) return '–';
  return `${((part / whole) * 100).toFixed(1)} %`;
}
