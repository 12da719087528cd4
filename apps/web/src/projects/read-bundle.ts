import { PlanwrightError } from '@planwright/client';
import type { Body } from '@planwright/client';
import { messageOf } from '../session/messages.js';

type Bundle = Body<'importProject'>;

/** A larger file is refused by the server. */
export const LARGEST_BUNDLE_BYTES = 8 * 1024 * 1024;

/** A backup as it was read, or a sentence saying why it can't be one. */
export type ReadBundle = { ok: true; bundle: Bundle } | { ok: false; why: string };

/** Looks at a file's text only as far as needed to say that it is something else; the server checks the rest. */
export function readBundle(text: string): ReadBundle {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, why: 'This file is not JSON. Choose one that was exported as “Backup (JSON)”.' };
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : null;
  if (typeof schema !== 'string' || !schema.startsWith('planwright.bundle/')) {
    return { ok: false, why: 'This file is not a backup of a plan. Choose one that was exported as “Backup (JSON)”.' };
  }
  return { ok: true, bundle: value as Bundle };
}

/** Why nothing was imported, for people: of a long list of faults the first one, and how many more there are. */
export function importFailure(error: unknown): string {
  const [first, ...more] = (error instanceof PlanwrightError && error.problem.errors) || [];
  if (!first) return messageOf(error);
  const others =
    more.length === 0 ? '' : more.length === 1 ? ', and one more fault' : `, and ${more.length} more faults`;
  return `The backup is damaged or from another release: at ${first.pointer}, ${first.message}${others}.`;
}
