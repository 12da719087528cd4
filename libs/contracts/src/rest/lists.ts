import { z } from 'zod';
import { queryNumber } from './query-number.js';

/** One page of a list; `next_cursor` is opaque and null on the last page. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** `?limit=` 1–100, default 50; `?cursor=` from the page before. */
export const pageQuery = z.strictObject({
  limit: queryNumber(1, 100).default(50),
  cursor: z.string().min(1).max(400).optional(),
});
export type PageQuery = z.infer<typeof pageQuery>;
