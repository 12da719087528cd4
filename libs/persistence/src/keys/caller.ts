import type { Role } from '@planwright/contracts';
import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';

/** Who asks: everything a request reads or changes is limited to this workspace, and to what the role includes. */
export interface Caller {
  workspaceId: string;
  /** Shown as `triggered_by` on runs. */
  name: string;
  role: Role;
  /** `key:{id}`, `jwt:{sub}`, or `local` where no keys are asked for: for the audit log, and for limits by caller. */
  actor: string;
  /** What the caller came with, to ask again later whether it still holds. Null: nothing, as where no keys are asked for. */
  credential: Credential | null;
  /** Of the HTTP request it makes. */
  requestId?: string | undefined;
}

export type Credential = { kind: 'key'; hash: string } | { kind: 'token'; expiresAtMs: number };

/** Whoever made a change, as the audit log notes it. */
export interface Actor {
  workspaceId: string;
  /** As on `Caller`; `ops:{user}` at the server's terminal. */
  actor: string;
  /** Of the HTTP request; left out for what is done past the API. */
  requestId?: string | undefined;
}

export const LOCAL_ADMIN: Caller = {
  workspaceId: DEFAULT_WORKSPACE_ID,
  name: 'local',
  role: 'admin',
  actor: 'local',
  credential: null,
};
