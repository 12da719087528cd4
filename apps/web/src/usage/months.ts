/** A calendar month, UTC, as the ledger counts. */
export interface Month {
  /** `2026-11` */
  id: string;
  /** `November 2026` */
  title: string;
  /** Its first day, and that of the next month. */
  from: string;
  to: string;
}

const names = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const day = (year: number, month: number): Date => new Date(Date.UTC(year, month));
const idOf = (date: Date): string => date.toISOString().slice(0, 7);

/** This month and those before it, the newest first. */
export function lastMonths(nowMs: number, count: number): Month[] {
  const now = new Date(nowMs);
  return Array.from({ length: count }, (_, back) => {
    const first = day(now.getUTCFullYear(), now.getUTCMonth() - back);
    const next = day(now.getUTCFullYear(), now.getUTCMonth() - back + 1);
    return { id: idOf(first), title: names.format(first), from: `${idOf(first)}-01`, to: `${idOf(next)}-01` };
  });
}

/** Whether an instant is in the month. */
export const isIn = ({ from, to }: Pick<Month, 'from' | 'to'>, instant: string): boolean =>
  instant >= from && instant < to;
