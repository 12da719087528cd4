import type { Database } from '@planwright/persistence';
import type { Publisher } from './publisher.js';

const BATCH = 200;
/** Rows younger than this are being sent by whoever committed them. */
export const RELAY_GRACE_MS = 1_000;

/**
 * The net under publishing: sends rows that their committer did not, because it died or the broker was away, until none is
 * left. Rows are claimed with SKIP LOCKED, so any number of relays run side by side.
 */
export async function relay(database: Database, publisher: Publisher): Promise<void> {
  let claimed: number;
  do {
    claimed = await database.outbox.claim({ limit: BATCH, olderThanMs: RELAY_GRACE_MS }, (rows) =>
      publisher.publish(rows),
    );
  } while (claimed === BATCH);
}
