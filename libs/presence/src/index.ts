export { createInProcessPresence } from './in-process-presence.js';
export type { InProcessPresenceOptions } from './in-process-presence.js';
export { createRedisPresence } from './redis/redis-presence.js';
export type { RedisPresenceOptions } from './redis/redis-presence.js';
export { ANNOUNCE_EVERY_MS, ANNOUNCE_TTL_MS, LEASE_TTL_MS, REMEMBER_MS, RENEW_EVERY_MS } from './presence.js';
export type { Claim, Fence, Presence, Slots } from './presence.js';
