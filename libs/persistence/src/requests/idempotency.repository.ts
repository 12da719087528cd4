import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';

/** A change that its sender gave a name. */
export interface KeyedRequest {
  workspaceId: string;
  /** Method and path: a key means something on one route only. */
  route: string;
  key: string;
  /** The same body gives the same hash. */
  bodyHash: string;
}

/** A 2xx answer as it went out. */
export interface KeptAnswer {
  status: number;
  /** JSON text, byte for byte. */
  body: string;
  location: string | null;
}

export type Claim =
  /** Nobody has asked for this in the last 24 hours: do it, and `keep` the answer in the same transaction. */
  | { kind: 'first' }
  | { kind: 'answered'; answer: KeptAnswer }
  /** Whoever has it is still at work, and has been for as long as this one could wait. The transaction is of no more use. */
  | { kind: 'at_work' }
  /** The key came with another body before. */
  | { kind: 'reused' };

/** How long an answer is replayed; one that is older counts as not there. */
const KEPT = `interval '24 hours'`;
/** How long a claim waits for the transaction that has the key. */
const PATIENCE = '2s';
/** PostgreSQL's code for a lock that was not to be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';
/** Rows deleted in one statement: a retention job shall not lock the whole table. */
const BATCH = 10_000;

/** First answers to requests that carry a key. */
export class IdempotencyRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Takes the key for this transaction, or tells what became of the one that had it. Whoever comes second waits here
   * until the first one's transaction ends: then there is its answer, or nothing, and it is the first. It waits for two
   * seconds at most.
   */
  async claim(request: KeyedRequest): Promise<Claim> {
    await rows(this.manager, `SET LOCAL lock_timeout = '${PATIENCE}'`);
    try {
      const claim = await this.take(request);
      await rows(this.manager, 'SET LOCAL lock_timeout TO DEFAULT');
      return claim;
    } catch (error) {
      const { driverError } = (error ?? {}) as { driverError?: { code?: string } };
      if (driverError?.code === LOCK_NOT_AVAILABLE) return { kind: 'at_work' };
      throw error;
    }
  }

  private async take({ workspaceId, route, key, bodyHash }: KeyedRequest): Promise<Claim> {
    for (let round = 0; round < 3; round++) {
      const taken = await rows(
        this.manager,
        `INSERT INTO idempotency_keys AS kept (workspace_id, route, key, body_hash, status, response, created_at)
         VALUES ($1, $2, $3, $4, 200, 'null', clock_timestamp())
         ON CONFLICT (workspace_id, route, key)
         DO UPDATE SET body_hash = excluded.body_hash, status = 200, response = 'null', created_at = excluded.created_at
         WHERE kept.created_at <= clock_timestamp() - ${KEPT}
         RETURNING 1`,
        [workspaceId, route, key, bodyHash],
      );
      if (taken.length === 1) return { kind: 'first' };
      const kept = await firstRow<{ bodyHash: string; status: number; response: Omit<KeptAnswer, 'status'> }>(
        this.manager,
        `SELECT body_hash AS "bodyHash", status, response FROM idempotency_keys
         WHERE workspace_id = $1 AND route = $2 AND key = $3`,
        [workspaceId, route, key],
      );
      if (kept?.bodyHash === bodyHash) return { kind: 'answered', answer: { status: kept.status, ...kept.response } };
      if (kept) return { kind: 'reused' };
      // Forgotten between the two statements.
    }
    throw new Error(`key ${key} of ${route} comes and goes too fast`);
  }

  /** Completes a claim. The text is kept as a JSON string, as PostgreSQL would write an object in its own spelling. */
  async keep({ workspaceId, route, key }: KeyedRequest, { status, body, location }: KeptAnswer): Promise<void> {
    await rows(
      this.manager,
      `UPDATE idempotency_keys SET status = $4, response = $5 WHERE workspace_id = $1 AND route = $2 AND key = $3`,
      [workspaceId, route, key, status, JSON.stringify({ body, location })],
    );
  }

  /** Deletes what is older than 24 hours, the oldest 10,000 at most; answers how many. Rows in use are left. */
  async forget(): Promise<number> {
    const gone = await rows(
      this.manager,
      `DELETE FROM idempotency_keys WHERE (workspace_id, route, key) IN (
         SELECT workspace_id, route, key FROM idempotency_keys WHERE created_at <= clock_timestamp() - ${KEPT}
         ORDER BY created_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
       ) RETURNING 1`,
    );
    return gone.length;
  }
}
