import type { EntityManager } from 'typeorm';
import { rows } from './sql.js';

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
}
