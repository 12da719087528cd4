import type { Database } from '@planwright/persistence';
import type { Publisher } from './publisher.js';

const BATCH = 200;
/** Rows younger than this are being sent by whoever committed them. */
const GRACE_MS = 1_000;
const BUSY_PAUSE_MS = 20;
const IDLE_PAUSE_MS = 500;

/**
 * The net under publishing: sends rows that their committer did not, because it died or the broker was away. Rows are
 * claimed with SKIP LOCKED, so any number of relays run side by side. Answers the pause before the next round.
 */
export async function relayOnce(database: Database, publisher: Publisher): Promise<number> {
  const sent = await database.outbox.claim({ limit: BATCH, olderThanMs: GRACE_MS }, (rows) => publisher.publish(rows));
  return sent > 0 ? BUSY_PAUSE_MS : IDLE_PAUSE_MS;
}
