import { DEFAULT_WORKSPACE_ID, strongestRole } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import type { VerifyToken } from '@planwright/runtime';
import type { Database } from '../database.js';
import { onBehalfOf } from '../tenancy/acting-for.js';
import { askedTogether } from './asked-together.js';
import { LOCAL_ADMIN } from './caller.js';
import type { Caller, Credential } from './caller.js';
import { hashKey, isMistyped } from './key-format.js';
import { claimsOf, unknownWorkspace } from './token-caller.js';

/**
 * Finds the caller behind an `Authorization` header; null for none, another scheme, or a key nobody has (any more). Throws
 * `AccessRefused` for a token that can't be taken.
 */
export type Authenticate = (authorization: string | undefined) => Promise<Caller | null>;

/** `last_used_at` is to the minute: a write for every request would cost more than the request. */
const USED_EVERY_MS = 60_000;

/** `off`: everybody is admin of the default workspace. `required`: an API key as bearer token, or a JWT if they are set up. */
export function createAuthenticator(database: Database, mode: 'off' | 'required', verify?: VerifyToken): Authenticate {
  if (mode === 'off') return async () => LOCAL_ADMIN;
  const callerOfKey = askedTogether((hash) => keyCaller(database, hash));
  return async (authorization) => {
    const bearer = /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(authorization ?? '')?.[1];
    if (bearer === undefined) return null;
    if (verify && isToken(bearer)) return tokenCaller(database, verify, bearer);
    return bearer.length > 512 || isMistyped(bearer) ? null : callerOfKey(hashKey(bearer));
  };
}

/** Whether what a caller came with still lets it in: neither expired nor revoked. */
export async function stillHolds(database: Database, credential: Credential | null): Promise<boolean> {
  if (credential === null) return true;
  if (credential.kind === 'token') return Date.now() < credential.expiresAtMs;
  return (await database.read.apiKey(credential.hash)) !== null;
}

/** Three parts, the first of which begins as every header of a JWT does in base64url: `{"`. */
const isToken = (bearer: string): boolean => /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(bearer);

async function tokenCaller(database: Database, verify: VerifyToken, token: string): Promise<Caller> {
  const bearer = await verify(token);
  const claims = claimsOf(bearer);
  const { workspaceId } = claims;
  if (!(await onBehalfOf(workspaceId, () => database.read.workspace(workspaceId)))) throw unknownWorkspace();
  const { subject, expiresAtMs } = bearer;
  return { ...claims, name: subject, actor: `jwt:${subject}`, credential: { kind: 'token', expiresAtMs } };
}

async function keyCaller(database: Database, hash: string): Promise<Caller | null> {
  const key = await database.read.apiKey(hash);
  const role = key && strongestRole(key.scopes);
  if (!key || !role) return null;
  const { id, workspaceId, name, lastUsedAt } = key;
  if (lastUsedAt === null || Date.now() - lastUsedAt.getTime() >= USED_EVERY_MS) {
    // A key opens the door also while that can't be noted.
    await onBehalfOf(workspaceId, () => database.transaction((tx) => tx.apiKeys.used(workspaceId, id))).catch(
      () => undefined,
    );
  }
  return { workspaceId, name, role, actor: `key:${id}`, credential: { kind: 'key', hash } };
}

/** Adds an API key unless it is there already; a key that was revoked stays revoked. */
export async function ensureKey(
  database: Database,
  key: string,
  owner: Pick<Caller, 'workspaceId' | 'name'> & Partial<Pick<Caller, 'role'>>,
): Promise<void> {
  const { workspaceId, name, role = 'admin' } = owner;
  const made = { workspaceId, name, id: newId(), hash: hashKey(key), scopes: [role] };
  await onBehalfOf(workspaceId, () => database.transaction((tx) => tx.apiKeys.ensure(made)));
}

/** Makes the key of the configuration the first key of the default workspace. Starting again changes nothing. */
export async function ensureBootstrapKey(database: Database, key: string | undefined): Promise<void> {
  if (key !== undefined) await ensureKey(database, key, { workspaceId: DEFAULT_WORKSPACE_ID, name: 'bootstrap' });
}
