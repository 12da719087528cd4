import type { LedgerCall } from '@planwright/testing';
import type { Evidence } from '../evidence.js';
import type { FaultRecord } from '../faults.js';
import type { Order } from '../customers.js';
import type { Late } from '../quiet.js';

/** Everything that is compared at the end. */
export interface Books {
  orders: readonly Order[];
  calls: readonly LedgerCall[];
  faults: readonly FaultRecord[];
  evidence: Evidence;
  stuck: readonly Late[];
}

/** Something that must not be. */
export interface Finding {
  /** Which promise is broken; the report counts findings by it. */
  rule: string;
  /** One sentence with the ids and numbers. */
  detail: string;
}

export const finding = (rule: string, detail: string): Finding => ({ rule, detail });

/** Rows by a key of theirs, in their order. */
export function groupBy<T>(rows: Iterable<T>, keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}
