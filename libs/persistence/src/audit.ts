import { newId } from '@planwright/runtime';
import type { Database } from './database.js';
import type { Actor } from './keys/caller.js';
import { rows } from './sql.js';
import type { Tx } from './tx.js';

/** Something that somebody did. */
export interface AuditEntry {
  workspaceId: string;
  /** Who: as on `Caller`, or `ops:` and the name of the user of the operating system. */
  actor: string;
  /** What, as `subject.verb`. */
  action: string;
  /** What it was done to, by its id. */
  subject: string;
  /** sha256 of what it was before and after; null where there is nothing. */
  beforeHash: string | null;
  afterHash: string | null;
  /** Of the HTTP request; left out for what is done past the API. */
  requestId?: string | undefined;
}

/** Everything that is noted of requests, as `subject.verb`. */
export type AuditAction =
  | 'api_key.create'
  | 'api_key.rotate'
  | 'api_key.revoke'
  | 'project.delete'
  | 'project.import'
  | 'task.delete'
  | 'version.activate'
  | 'document.archive'
  | 'columns.replace'
  | 'webhook.create'
  | 'webhook.update'
  | 'webhook.delete'
  | 'webhook.rotate'
  | 'webhook.replay'
  | 'webhook.test';

/**
 * Notes what a caller does, in the transaction that does it: what can't be noted is not done. Throws where the workspace is
 * not there.
 */
export async function noteAudit(
  tx: Tx,
  { workspaceId, actor, requestId }: Actor,
  { action, subject }: { action: AuditAction; subject: string },
): Promise<void> {
  const entry = { workspaceId, actor, requestId, action, subject, beforeHash: null, afterHash: null };
  const lost = await appendAuditIn(tx, [entry]);
  if (lost.length > 0) throw new Error(`workspace ${workspaceId} is gone`);
}

/** Writes entries to the audit log; those of workspaces that are not there can't be kept, and come back. */
export function appendAudit(database: Database, entries: readonly AuditEntry[]): Promise<AuditEntry[]> {
  return database.transaction((tx) => appendAuditIn(tx, entries));
}

/** As `appendAudit`, in the transaction of what is noted. */
export async function appendAuditIn({ manager }: Tx, entries: readonly AuditEntry[]): Promise<AuditEntry[]> {
  const named = entries.map((entry) => ({ ...entry, id: newId() }));
  const kept = await rows<{ id: string }>(
    manager,
    `INSERT INTO audit_log (id, workspace_id, actor, action, subject, before_hash, after_hash, request_id)
     SELECT e.id, w.id, e.actor, e.action, e.subject, e."beforeHash", e."afterHash", e."requestId"
     FROM jsonb_to_recordset($1::jsonb) AS e (
       id uuid, "workspaceId" uuid, actor text, action text, subject text, "beforeHash" text, "afterHash" text, "requestId" text
     )
     JOIN workspaces w ON w.id = e."workspaceId"
     RETURNING id`,
    [JSON.stringify(named)],
  );
  const ids = new Set(kept.map(({ id }) => id));
  return named.filter(({ id }) => !ids.has(id)).map(({ id: _, ...entry }) => entry);
}
