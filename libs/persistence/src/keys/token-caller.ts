import type { Role } from '@planwright/contracts';
import { role, uuid } from '@planwright/contracts';
import type { TokenBearer } from '@planwright/runtime';
import { AccessRefused } from '@planwright/runtime';

const WORKSPACE_CLAIM = 'planwright_workspace';
const ROLE_CLAIM = 'planwright_role';

/** Which workspace a token is for, and what it may do there. Throws `AccessRefused` that names the claim at fault. */
export function claimsOf({ claims }: Pick<TokenBearer, 'claims'>): { workspaceId: string; role: Role } {
  const workspace = uuid.safeParse(claims[WORKSPACE_CLAIM]);
  if (!workspace.success) {
    throw new AccessRefused('forbidden', `The token's claim ${WORKSPACE_CLAIM} must be the id of a workspace.`);
  }
  const held = role.safeParse(claims[ROLE_CLAIM]);
  if (!held.success) {
    throw new AccessRefused('forbidden', `The token's claim ${ROLE_CLAIM} must be viewer, editor or admin.`);
  }
  return { workspaceId: workspace.data, role: held.data };
}

/** For a workspace that is not there. */
export function unknownWorkspace(): AccessRefused {
  return new AccessRefused('forbidden', `The token's claim ${WORKSPACE_CLAIM} names no workspace that exists here.`);
}
