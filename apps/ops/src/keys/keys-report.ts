import type { ApiKeyResource, IssuedApiKey } from '@planwright/contracts';
import { oneLine, table } from '../text.js';

const day = (instant: string | null): string => instant?.slice(0, 16).replace('T', ' ') ?? '–';

/** How a key stands at an instant, in milliseconds since 1970. */
function state({ revoked_at, expires_at, previous_expires_at }: ApiKeyResource, nowMs: number): string {
  if (revoked_at !== null) return `revoked ${day(revoked_at)}`;
  if (expires_at !== null && Date.parse(expires_at) <= nowMs) return `expired ${day(expires_at)}`;
  const grace = previous_expires_at !== null && Date.parse(previous_expires_at) > nowMs;
  return grace ? `good, the secret of before until ${day(previous_expires_at)}` : 'good';
}

/** A line for each key; instants in UTC. */
export function keysReport(keys: readonly ApiKeyResource[], nowMs: number): string {
  if (keys.length === 0) return 'The workspace has no keys.\n';
  const head = ['id', 'begins with', 'name', 'role', 'last used', 'expires', 'state'];
  const lines = keys.map((key) => [
    key.id,
    key.prefix ?? '– (configuration)',
    oneLine(key.name, 40),
    key.role,
    day(key.last_used_at),
    day(key.expires_at),
    state(key, nowMs),
  ]);
  return `${table([head, ...lines]).join('\n')}\n`;
}

/** The key itself, this once. */
export function issuedReport({ id, name, role, expires_at, previous_expires_at, key }: IssuedApiKey): string {
  const lines = table([
    ['key', key],
    ['id', id],
    ['name', oneLine(name, 100)],
    ['role', role],
    ['expires', day(expires_at)],
    ...(previous_expires_at === null ? [] : [['old secret', `good until ${day(previous_expires_at)} UTC`]]),
  ]);
  return `${lines.join('\n')}\n\nThe key is shown this once and kept nowhere.\n`;
}
