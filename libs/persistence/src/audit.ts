import { newId } from '@planwright/runtime';
import type { Database } from './database.js';
import { rows } from './sql.js';
import type { Tx } from './tx.js';

/** Something that a person did past the API. */
export interface AuditEntry {
  workspaceId: string;
  /** Who: `ops:` and the name of the user of the operating system. */
  actor: string;
  /** What, as `subject.verb`. */
  action: string;
  /** What it was done to, by its id. */
  subject: string;
  /** sha256 of what it was before and after; null where there is nothing. */
  beforeHash: string | null;
  afterHash: string | null;
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
    `INSERT INTO audit_log (id, workspace_id, actor, action, subject, before_hash, after_hash)
     SELECT e.id, w.id, e.actor, e.action, e.subject, e."beforeHash", e."afterHash"
     FROM jsonb_to_recordset($1::jsonb) AS e (
       id uuid, "workspaceId" uuid, actor text, action text, subject text, "beforeHash" text, "afterHash" text
     )
     JOIN workspaces w ON w.id = e."workspaceId"
     RETURNING id`,
    [JSON.stringify(named)],
  );
  const ids = new Set(kept.map(({ id }) => id));
  return named.filter(({ id }) => !ids.has(id)).map(({ id: _, ...entry }) => entry);
}
