import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose rows a `WorkspaceDatabase` sees. */
export interface Acting {
  workspaceId: string | null;
  /** SHA-256 of an API key, in hex: whoever shows it sees the row of that key, in whatever workspace. */
  keyHash: string | null;
}

const NOBODY: Acting = { workspaceId: null, keyHash: null };
const acting = new AsyncLocalStorage<Acting>();

/**
 * Everything that `work` asks of a `WorkspaceDatabase`, however late, is asked for this workspace. Outside of it, it sees
 * no rows at all: what was forgotten fails closed. A plain `Database` takes no notice.
 */
export function onBehalfOf<T>(workspaceId: string, work: () => T): T {
  return acting.run({ workspaceId, keyHash: null }, work);
}

/** As `onBehalfOf`, for the one question that comes before the workspace is known: whose key is this? */
export function showingKey<T>(keyHash: string, work: () => T): T {
  return acting.run({ workspaceId: null, keyHash }, work);
}

function currentlyActing(): Acting {
  return acting.getStore() ?? NOBODY;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * What begins a transaction under row-level security, as one message without parameters: it goes out together with the
 * first statement and costs no round trip. All of it ends with the transaction, so a pooler may share the session.
 */
export function beginsAs({ workspaceId, keyHash }: Acting = currentlyActing()): string {
  return (
    'SET LOCAL ROLE planwright_app; ' +
    `SET LOCAL planwright.workspace = '${checked(workspaceId, UUID, 'id of a workspace')}'; ` +
    `SET LOCAL planwright.key_hash = '${checked(keyHash, SHA256, 'hash of a key')}'`
  );
}

/** The statement has no place for parameters: what is no id or hash goes nowhere near it. */
function checked(value: string | null, form: RegExp, what: string): string {
  if (value !== null && !form.test(value)) throw new Error(`this is no ${what}`);
  return value ?? '';
}
