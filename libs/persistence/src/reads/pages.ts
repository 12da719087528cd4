import type { Page, PageQuery } from '@planwright/contracts';
import { InvalidCursorError } from '../errors.js';

export type PageRequest = Pick<PageQuery, 'limit' | 'cursor'>;

const KEY_TYPES = {
  uuid: (value: unknown) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  integer: (value: unknown) => Number.isSafeInteger(value) && Math.abs(value as number) < 2 ** 31,
  rank: (value: unknown) => typeof value === 'string' && /^[0-9A-Za-z]{1,200}$/.test(value),
};

/** A list with an order that is total and never changes for a row: what makes a cursor mean one place. */
export interface List<Row, Item> {
  /** Names the list inside the cursor, so that a cursor of another list is refused. */
  name: string;
  keys: readonly (keyof typeof KEY_TYPES)[];
  /** The page's rows and one more if there is one; `after` holds the keys of the row before, null for the first page. */
  rows: (after: unknown[] | null, limit: number) => Promise<Row[]>;
  keysOf: (row: Row) => unknown[];
  toItem: (row: Row) => Item;
}

/** Reads one page after a cursor: rows that come or go meanwhile neither repeat nor hide others. */
export async function readPage<Row, Item>(list: List<Row, Item>, { limit, cursor }: PageRequest): Promise<Page<Item>> {
  const after = cursor === undefined ? null : decode(list, cursor);
  const found = await list.rows(after, limit + 1);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(list.toItem),
    next_cursor: found.length > limit && last !== undefined ? encode(list.name, list.keysOf(last)) : null,
  };
}

function encode(name: string, keys: unknown[]): string {
  return Buffer.from(JSON.stringify([name, ...keys])).toString('base64url');
}

/** A cursor comes from outside: every part is checked before it meets a statement. */
function decode({ name, keys }: Pick<List<unknown, unknown>, 'name' | 'keys'>, cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value[0] === name && value.length === keys.length + 1) {
      const given = value.slice(1) as unknown[];
      if (keys.every((type, i) => KEY_TYPES[type](given[i]))) return given;
    }
  } catch {
    // Not JSON: told below like everything else.
  }
  throw new InvalidCursorError('is not a cursor of this list: leave it out to start over');
}
