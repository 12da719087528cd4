import { lazily } from './lazily.js';

const whole = lazily(() => new Intl.NumberFormat('en'));
const short = lazily(() => new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }));

/** `12,345` */
export const formatNumber = (count: number): string => whole().format(count);

/** `12.3K` */
export const formatShort = (count: number): string => short().format(count);

/** US dollars, with as many digits as a small amount needs; a null price is not known. */
export function formatCost(dollars: number | null | undefined): string {
  if (dollars == null) return 'price unknown';
  if (dollars === 0) return '$0';
  const digits = dollars < 0.01 ? 4 : dollars < 10 ? 2 : 0;
  return `$${dollars.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** `1 card`, `2 cards` */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`;
