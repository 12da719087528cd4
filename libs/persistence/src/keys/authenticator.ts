import { createHash } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import type { Database } from '../database.js';

/** Who asks: everything a request reads or changes is limited to this workspace. */
export interface Caller {
  workspaceId: string;
  /** Shown as `triggered_by` on runs. */
  name: string;
}

/** Finds the caller behind an `Authorization` header; null for none, another scheme, or a key nobody has. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller | null>;

const LOCAL_ADMIN: Caller = { workspaceId: DEFAULT_WORKSPACE_ID, name: 'local' };

/** `off`: everybody is admin of the default workspace. `required`: an API key as bearer token. */
export function createAuthenticator(database: Database, mode: 'off' | 'required'): Authenticate {
  if (mode === 'off') return async () => LOCAL_ADMIN;
  return async (authorization) => {
    const key = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1];
    return key === undefined ? null : database.read.apiKey(hashKey(key));
  };
}

/** Adds an API key unless it is there already; a key that was revoked stays revoked. */
export async function ensureKey(database: Database, key: string, owner: Caller): Promise<void> {
  await database.transaction((tx) =>
    tx.apiKeys.ensure({ ...owner, id: newId(), hash: hashKey(key), scopes: ['admin'] }),
  );
}

/** Makes the key of the configuration the first key of the default workspace. Starting again changes nothing. */
export async function ensureBootstrapKey(database: Database, key: string | undefined): Promise<void> {
  if (key !== undefined) await ensureKey(database, key, { workspaceId: DEFAULT_WORKSPACE_ID, name: 'bootstrap' });
}

/** Keys are kept as SHA-256: they are long and random, so a slow hash would protect nothing more. */
function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
