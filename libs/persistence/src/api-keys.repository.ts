import type { Role } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, rows } from './sql.js';

/** A key to be stored; the key itself is not. */
export interface NewApiKey {
  id: string;
  workspaceId: string;
  name: string;
  /** SHA-256 of the key, lower-case hex. */
  hash: string;
  role: Role;
  publicId: string;
  createdBy: string;
  expiresAt: string | null;
}

export class ApiKeysRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Adds a key unless one with this hash is there already; a key that was revoked stays revoked. */
  async ensure(key: { id: string; workspaceId: string; name: string; hash: string; scopes: string[] }): Promise<void> {
    await rows(
      this.manager,
      `INSERT INTO api_keys (id, workspace_id, name, hash, scopes) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (hash) DO NOTHING`,
      [key.id, key.workspaceId, key.name, key.hash, key.scopes],
    );
  }

  async insert(key: NewApiKey): Promise<void> {
    await rows(
      this.manager,
      `INSERT INTO api_keys (id, workspace_id, name, hash, scopes, public_id, created_by, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [key.id, key.workspaceId, key.name, key.hash, [key.role], key.publicId, key.createdBy, key.expiresAt],
    );
  }

  /** Locks the key's row against rotation and revocation until the transaction ends. Null when there is none. */
  lock(workspaceId: string, id: string): Promise<{ publicId: string | null; hasEnded: boolean } | null> {
    return firstRow(
      this.manager,
      `SELECT public_id AS "publicId", (revoked_at IS NOT NULL OR expires_at <= now()) IS TRUE AS "hasEnded"
       FROM api_keys WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [workspaceId, id],
    );
  }

  /** Lock it first. What was the secret before the one of now is forgotten. */
  async rotate(
    workspaceId: string,
    id: string,
    { hash, graceSeconds }: { hash: string; graceSeconds: number },
  ): Promise<void> {
    await rows(
      this.manager,
      `UPDATE api_keys SET previous_hash = hash, previous_expires_at = now() + make_interval(secs => $4::integer),
         hash = $3, rotated_at = now()
       WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id, hash, graceSeconds],
    );
  }

  /** False when it was revoked before. */
  async revoke(workspaceId: string, id: string): Promise<boolean> {
    const sql = `UPDATE api_keys SET revoked_at = now() WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING 1`;
    return (await rows(this.manager, sql, [workspaceId, id])).length === 1;
  }

  /** Notes that the key was used, once a minute at most, whoever else does so at the same time. */
  async used(workspaceId: string, id: string): Promise<void> {
    await rows(
      this.manager,
      `UPDATE api_keys SET last_used_at = now()
       WHERE workspace_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at <= now() - interval '1 minute')`,
      [workspaceId, id],
    );
  }
}
