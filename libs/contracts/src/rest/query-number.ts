import { z } from 'zod';

/** A whole number in a query, where it arrives as text, and as a list when it is named twice. One message for all faults. */
export function queryNumber(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const to = max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`;
  const error = `must be a whole number from ${min}${to}`;
  return z.coerce.number({ error }).int({ error, abort: true }).min(min, { error }).max(max, { error });
}
