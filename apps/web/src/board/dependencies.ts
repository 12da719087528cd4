import type { BoardColumn } from '@planwright/client/react';
import { PlanwrightError } from '@planwright/client';

/** Cards a card waits for: on the board, and in no column of things that are done. By id of the card. */
export function blockersOf(columns: readonly BoardColumn[]): ReadonlyMap<string, readonly string[]> {
  const open = new Map<string, string>();
  for (const { category, tasks } of columns) {
    if (category !== 'done') for (const { id, key } of tasks) open.set(id, key);
  }
  const blockers = new Map<string, readonly string[]>();
  for (const { category, tasks } of columns) {
    if (category === 'done') continue;
    for (const { id, dependencies } of tasks) {
      const keys = dependencies.flatMap((one) => open.get(one) ?? []);
      if (keys.length > 0) blockers.set(id, keys);
    }
  }
  return blockers;
}

/** What the server says is wrong with one field of a card, whichever entry of it is meant. */
export function cardFieldError(error: unknown, field: string): string | null {
  if (!(error instanceof PlanwrightError)) return null;
  const found = error.problem.errors?.find(
    ({ pointer }) => pointer === `/${field}` || pointer.startsWith(`/${field}/`),
  );
  if (!found) return null;
  if (field === 'title') return 'Give the card a title of 1 to 200 characters.';
  if (found.code === 'dependency_cycle') return `This ${found.message}. Take one of them away.`;
  return `It ${found.message}.`;
}
