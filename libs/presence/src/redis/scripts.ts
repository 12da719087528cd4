/**
 * The scripts about steps. Their keys have one form, a hash per step:
 *
 * `stopped` (highest attempt that was given up), `{attempt}` (`settled`, or the instant its lease ends, ms since 1970 by
 * the clock of Redis; 0 = given back)
 *
 * A lease lives inside its hash, so one key answers everything about a step at once, and an attempt whose lease is over
 * is still known to have been begun. The hash lives for an hour after the last change.
 */
const PRELUDE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function put(key, field, value, remember)
  redis.call('HSET', key, field, value)
  redis.call('PEXPIRE', key, remember)
end

local function state(key, attempt)
  local known = redis.call('HMGET', key, attempt, 'stopped')
  return known[1], known[2] and tonumber(known[2]) >= tonumber(attempt)
end

local function lease(key, attempt, ttl, remember)
  put(key, attempt, string.format('%.0f', now + ttl), remember)
end
`;

/**
 * Takes the lease of an attempt that nobody has begun.
 *
 * KEYS[1] step; ARGV[1] attempt; ARGV[2] life of a lease, ms; ARGV[3] life of the hash, ms
 *
 * Returns settled, stopped, held, lapsed or claimed. Writes the hash where the answer is claimed.
 */
export const CLAIM = `${PRELUDE}
local known, stopped = state(KEYS[1], ARGV[1])
if known == 'settled' then return 'settled' end
if stopped then return 'stopped' end
if known then return tonumber(known) > now and 'held' or 'lapsed' end
lease(KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3])
return 'claimed'
`;

/**
 * Extends leases, also those that lapsed or are not known.
 *
 * KEYS steps; ARGV[1] life of a lease, ms; ARGV[2] life of the hash, ms; then an attempt for each key
 *
 * Returns the places, from 1, of those that are stopped. Writes the hashes of the others, except of settled ones.
 */
export const RENEW = `${PRELUDE}
local over = {}
for i, key in ipairs(KEYS) do
  local attempt = ARGV[i + 2]
  local known, stopped = state(key, attempt)
  if stopped then
    over[#over + 1] = i
  elseif known ~= 'settled' then
    lease(key, attempt, tonumber(ARGV[1]), ARGV[2])
  end
end
return over
`;

/**
 * Ends a lease: with a result, or without one where there is none yet.
 *
 * KEYS[1] step; ARGV[1] attempt; ARGV[2] settled or 0; ARGV[3] life of the hash, ms
 *
 * Returns nothing. Writes the hash, unless the attempt is settled.
 */
export const END = `${PRELUDE}
if state(KEYS[1], ARGV[1]) ~= 'settled' then put(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) end
`;

/**
 * Gives attempts up, with the older ones of their steps.
 *
 * KEYS steps; ARGV[1] life of the hash, ms; then an attempt for each key
 *
 * Returns nothing. Writes the hashes.
 */
export const STOP = `${PRELUDE}
for i, key in ipairs(KEYS) do
  local known = tonumber(redis.call('HGET', key, 'stopped') or '0')
  put(key, 'stopped', string.format('%d', math.max(known, tonumber(ARGV[i + 1]))), ARGV[1])
end
`;

/**
 * Looks at attempts.
 *
 * KEYS steps; ARGV an attempt for each key
 *
 * Returns for each: alive, settled or unknown. Writes nothing.
 */
export const LOOK = `${PRELUDE}
local seen = {}
for i, key in ipairs(KEYS) do
  local known = redis.call('HGET', key, ARGV[i])
  if known == 'settled' then
    seen[i] = 'settled'
  else
    seen[i] = known and tonumber(known) > now and 'alive' or 'unknown'
  end
end
return seen
`;

/**
 * Announces slots.
 *
 * KEYS[1] announcements, a hash: by announcer `{interactive} {background} {features} {end, ms since 1970}`; ARGV[1]
 * announcer; ARGV[2] the three numbers; ARGV[3] life of the announcement, ms
 *
 * Returns nothing. Writes the hash and its life.
 */
export const ANNOUNCE = `${PRELUDE}
put(KEYS[1], ARGV[1], string.format('%s %.0f', ARGV[2], now + tonumber(ARGV[3])), ARGV[3])
`;

/**
 * Adds up what is announced.
 *
 * KEYS[1] announcements
 *
 * Returns {how many announce, interactive, background, features}. Deletes announcements whose time is over.
 */
export const SLOTS = `${PRELUDE}
local sums = {0, 0, 0, 0}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local interactive, background, features, ends = string.match(all[i + 1], '^(%d+) (%d+) (%d+) (%d+)$')
  if tonumber(ends) > now then
    sums = {sums[1] + 1, sums[2] + interactive, sums[3] + background, sums[4] + features}
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return sums
`;
