import type { Schemas } from '@planwright/client';

export type ApiKey = Schemas['ApiKey'];

export type KeyState = 'good' | 'expired' | 'revoked';

/** Whether a key is taken at present. */
export function keyState(
  { revoked_at, expires_at }: Pick<ApiKey, 'revoked_at' | 'expires_at'>,
  nowMs: number,
): KeyState {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && Date.parse(expires_at) <= nowMs ? 'expired' : 'good';
}

/** Roles with what they may, the weakest first. */
export const ROLES = [
  { role: 'viewer', title: 'Viewer', may: 'reads everything and follows it live' },
  { role: 'editor', title: 'Editor', may: 'writes as well: projects, runs, documents, cards' },
  { role: 'admin', title: 'Admin', may: 'also manages keys, webhooks and the workspace' },
] as const;
export type Role = (typeof ROLES)[number]['role'];

/** How long a new key is good; `date`: until a day that is named. */
export const LIFETIMES = [
  { id: 'never', title: 'Does not expire', days: null },
  { id: '30', title: '30 days', days: 30 },
  { id: '90', title: '90 days', days: 90 },
  { id: '365', title: 'A year', days: 365 },
  { id: 'date', title: 'Until a date', days: null },
] as const;
export type Lifetime = (typeof LIFETIMES)[number]['id'];

const DAY_MS = 86_400_000;

/** The instant a new key ends; null: never. A date is good to its end, UTC. Undefined where no date was given yet. */
export function endOf(lifetime: Lifetime, date: string, nowMs: number): string | null | undefined {
  if (lifetime === 'date') return date === '' ? undefined : `${date}T23:59:59.999Z`;
  const days = LIFETIMES.find(({ id }) => id === lifetime)?.days ?? null;
  return days === null ? null : new Date(nowMs + days * DAY_MS).toISOString();
}

/** How long the secret of before goes on after a rotation. */
export const GRACES = [
  { seconds: 86_400, title: 'For a day, so that nothing stops meanwhile' },
  { seconds: 604_800, title: 'For a week' },
  { seconds: 0, title: 'Not at all: it ends at once' },
] as const;
