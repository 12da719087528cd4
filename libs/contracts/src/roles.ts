import { z } from 'zod';

/** What a key or a token may do, from the least to the most; each role includes those before it. */
export const ROLES = ['viewer', 'editor', 'admin'] as const;
/**
 * - `viewer` reads everything of its workspace and follows it live.
 * - `editor` writes as well: projects, runs, documents, tasks, features.
 * - `admin` also manages keys, webhooks and the workspace, and reads the audit log.
 */
export type Role = (typeof ROLES)[number];
export const role = z.enum(ROLES, { error: `must be one of ${ROLES.join(', ')}` });

/** Whether `held` includes everything of `needed`. */
export function includesRole(held: Role, needed: Role): boolean {
  return ROLES.indexOf(held) >= ROLES.indexOf(needed);
}

/** The strongest of these that is a role; null where none is. */
export function strongestRole(scopes: readonly string[]): Role | null {
  return ROLES.findLast((one) => scopes.includes(one)) ?? null;
}
