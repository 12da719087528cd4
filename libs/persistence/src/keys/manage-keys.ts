import type { ApiKeyResource, CreateApiKey, IssuedApiKey, Role } from '@planwright/contracts';
import { includesRole } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import { noteAudit } from '../audit.js';
import type { Tx } from '../tx.js';
import type { Actor } from './caller.js';
import { hashKey, mintKey } from './key-format.js';

/** Whoever makes a key, and the most it may do. */
interface KeyMaker extends Actor {
  role: Role;
}

type Issued = { ok: true; key: IssuedApiKey } | { ok: false; refused: 'role' | 'expired' };

/** Makes a key and answers it, this once. Nobody gives away more than they have, and nothing that has ended already. */
export async function createKey(tx: Tx, by: KeyMaker, asked: CreateApiKey): Promise<Issued> {
  if (!includesRole(by.role, asked.role)) return { ok: false, refused: 'role' };
  if (asked.expires_at !== null && Date.parse(asked.expires_at) <= Date.now()) return { ok: false, refused: 'expired' };
  const id = newId();
  const { publicId, key } = mintKey();
  await tx.apiKeys.insert({
    id,
    workspaceId: by.workspaceId,
    name: asked.name,
    hash: hashKey(key),
    role: asked.role,
    publicId,
    createdBy: by.actor,
    expiresAt: asked.expires_at,
  });
  await noteAudit(tx, by, { action: 'api_key.create', subject: id });
  return { ok: true, key: { ...(await keyOf(tx, by, id)), key } };
}

type Rotated = { ok: true; key: IssuedApiKey } | { ok: false; refused: 'not_found' | 'ended' | 'configured' };

/**
 * Gives a key a new secret. The one of before goes on for so many seconds; one from a rotation before that ends now. A key
 * of the configuration is changed there: rotated here, it would come back with the next start.
 */
export async function rotateKey(tx: Tx, by: Actor, id: string, graceSeconds: number): Promise<Rotated> {
  const found = await tx.apiKeys.lock(by.workspaceId, id);
  if (!found) return { ok: false, refused: 'not_found' };
  if (found.hasEnded) return { ok: false, refused: 'ended' };
  if (found.publicId === null) return { ok: false, refused: 'configured' };
  const { key } = mintKey(found.publicId);
  await tx.apiKeys.rotate(by.workspaceId, id, { hash: hashKey(key), graceSeconds });
  await noteAudit(tx, by, { action: 'api_key.rotate', subject: id });
  return { ok: true, key: { ...(await keyOf(tx, by, id)), key } };
}

/** Revokes a key for ever; again changes nothing. False when the workspace has no such key. */
export async function revokeKey(tx: Tx, by: Actor, id: string): Promise<boolean> {
  const found = await tx.apiKeys.lock(by.workspaceId, id);
  if (!found) return false;
  if (await tx.apiKeys.revoke(by.workspaceId, id)) await noteAudit(tx, by, { action: 'api_key.revoke', subject: id });
  return true;
}

async function keyOf(tx: Tx, { workspaceId }: Actor, id: string): Promise<ApiKeyResource> {
  const key = await tx.read.apiKeyResource(workspaceId, id);
  if (!key) throw new Error(`key ${id} was written, but is not there`);
  return key;
}
