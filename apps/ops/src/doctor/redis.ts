import { createRedisPresence } from '@planwright/presence';
import type { Slots } from '@planwright/presence';
import { withoutCredentials } from '@planwright/runtime';
import { Redis } from 'ioredis';
import { bad, note, ok } from './check.js';
import type { Check } from './check.js';

const CONNECT_TIMEOUT_MS = 5_000;
const OLDEST_MAJOR = 7;

/** Redis: there, new enough, and what it does when its memory is full; and the slots that generators announce in it. */
export async function checkRedis(url: string, prefix: string): Promise<Check[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: CONNECT_TIMEOUT_MS,
    connectionName: 'planwright-ops',
    retryStrategy: () => null,
  });
  let reason: Error | null = null;
  redis.on('error', (error) => (reason = error));
  try {
    await redis.connect();
    await redis.ping();
    const check = infoCheck(await redis.info(), withoutCredentials(url).replace(/^.*\/\//, ''));
    return [check, slotsCheck(await announcedSlots(url, prefix))];
  } catch (error) {
    // Of a connection that was refused, ioredis says no more than that it is closed.
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}

/** What `INFO` says. Persistence is told and not asked for: everything in Redis can be lost. */
export function infoCheck(info: string, place: string): Check {
  const fields = new Map(info.split(/\r?\n/).map((line) => splitAt(line, ':')));
  const version = fields.get('redis_version') ?? 'unknown';
  const policy = fields.get('maxmemory_policy') ?? 'unknown';
  const isBounded = (fields.get('maxmemory') ?? '0') !== '0';
  const persistence = fields.get('aof_enabled') === '1' ? 'append-only file' : 'no append-only file';
  const detail = `version ${version}, maxmemory-policy ${policy}${isBounded ? '' : ' (no maxmemory)'}, ${persistence}, at ${place}`;
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    return bad('redis', detail, `Redis ${OLDEST_MAJOR} or newer is needed.`);
  }
  if (!isBounded || policy === 'noeviction') return ok('redis', detail);
  const advice =
    'When its memory is full, live text and leases go before their time: they come back, but set noeviction to be told.';
  return note('redis', detail, advice);
}

/** How many steps can be written at a time. */
export function slotsCheck(slots: Slots | null): Check {
  const advice = 'Start a generator (npm run start:generator), or add what is missing to its GENERATOR_QUEUES.';
  if (slots === null) return bad('slots', 'no generator has announced any', advice);
  const classes = Object.entries(slots);
  const detail = classes.map(([name, count]) => `${name} ${count}`).join(', ');
  return classes.some(([, count]) => count === 0) ? bad('slots', detail, advice) : ok('slots', detail);
}

async function announcedSlots(url: string, prefix: string): Promise<Slots | null> {
  const presence = createRedisPresence({ url, prefix: `${prefix}:`, log: { warn: () => undefined } });
  try {
    return await presence.slots();
  } finally {
    await presence.close();
  }
}

function splitAt(line: string, separator: string): [string, string] {
  const at = line.indexOf(separator);
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}
