import { LIMITED_RESOURCES } from '@planwright/contracts';
import { RULES } from '../limiter.js';

/** Where the scripts take the time from: the clock of Redis, and in simulations a key that holds it. */
export type ScriptClock = 'redis' | { key: string };

/** A script with the numbers of the rules in the place of their names. */
export function withRules(script: string): string {
  return script.replaceAll(/\brules\.(\w+)/g, (_, name: keyof typeof RULES) => String(RULES[name]));
}

/**
 * What every script about a bucket begins with. Its keys, all with one hash tag, so on one node of a cluster:
 *
 * KEYS[1] state: a map with `terms` (JSON, as they were asked with), `levels` (by resource: learned, level, at, need, left, leftUntil), `uncounted` (by resource), `gate`,
 * `caution`, `time` and `credit` of the line, `meanCallMs`, `seen` (limiters by last use), `keptAt` and
 * `listedAt` (when keys were last told to stay, and the bucket was last listed)
 * KEYS[2] leases: a sorted set, reservation by the end of its lease; KEYS[3] what is reserved: a hash, a map by reservation
 * KEYS[4] line: a sorted set, step by start tag; KEYS[5] tickets: a hash, a map by step
 * KEYS[6] ends: a hash, end of the last step by workspace; KEYS[7] shares: a hash, a map by workspace
 * KEYS[8] budgets: a hash, a map by workspace, of all buckets; KEYS[9] buckets: a sorted set, name by last use
 *
 * The functions follow those of \`in-process/\` one by one, where they are explained.
 */
export const prelude = (clock: ScriptClock): string => `
local resources = {${LIMITED_RESOURCES.map((name) => `'${name}'`).join(', ')}}
${
  clock === 'redis'
    ? `local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)`
    : `local now = tonumber(redis.call('GET', '${clock.key}'))`
}
-- What is stored is MessagePack: a third of the time of JSON, and every number as it was.
local packed, unpacked = cmsgpack.pack, cmsgpack.unpack
local stored = redis.call('GET', KEYS[1])
local s = stored and unpacked(stored) or {levels = {}, uncounted = {}, gate = {till = 0, opens = 0, good = 0, bad = 0, healthAt = 0},
  caution = {ramp = 1, rampAt = 0, burst = 1, burstAt = 0}, time = 0, credit = 0}
local gate, caution = s.gate, s.caution
local terms

local function text(number) return string.format('%.17g', number) end

-- A bucket that is used stays in the list; one that is only looked at does not.
local function save(bucket)
  if now - (s.keptAt or 0) > rules.keepMs then
    s.keptAt = now
    for i = 2, 7 do redis.call('PEXPIRE', KEYS[i], rules.forgetMs) end
    redis.call('PEXPIRE', KEYS[8], rules.forgetBudgetMs)
    redis.call('PEXPIRE', KEYS[9], rules.forgetMs)
    redis.call('ZREMRANGEBYSCORE', KEYS[9], '-inf', now - rules.forgetMs)
  end
  if bucket and now - (s.listedAt or 0) > rules.keepMs then
    s.listedAt = now
    redis.call('ZADD', KEYS[9], now, bucket)
  end
  -- A pause outlives the bucket's use.
  redis.call('SET', KEYS[1], packed(s), 'PX', rules.forgetMs + math.max(0, math.ceil(gate.till - now)))
end

-- Limiters that used the bucket lately.
local function replicas(instance)
  s.seen = s.seen or {}
  s.seen[instance] = now
  local count = 0
  for name, at in pairs(s.seen) do
    if now - at > rules.replicaMs then s.seen[name] = nil else count = count + 1 end
  end
  return count
end

local function levelOf(name)
  if not s.levels[name] then s.levels[name] = {need = 0} end
  return s.levels[name]
end

local function weightOf(amounts)
  local tokens = (amounts.tokens or 0) + (amounts.input_tokens or 0) + (amounts.output_tokens or 0)
  return tokens > 0 and tokens or (amounts.requests or 1)
end

local function rampNow()
  return math.min(1, caution.ramp * (1 + rules.slopePerMinute) ^ (math.max(0, now - caution.rampAt) / 60000))
end

local function burstFactor()
  return math.min(1, caution.burst * 2 ^ (math.max(0, now - caution.burstAt) / rules.burstRecoveryMs))
end

local function burstOf(limit, name)
  local given = terms.limits[name]
  return limit * (given and given.burst or terms.otherBurst) * burstFactor()
end

local function limitOf(name)
  local given = terms.limits[name]
  local limit = levelOf(name).learned or (given and given.start)
  if limit and given and given.ceiling then return math.min(limit, given.ceiling) end
  return limit
end

local function refill(name)
  local limit = limitOf(name)
  if not limit then return nil end
  local level = levelOf(name)
  local burst = burstOf(limit, name)
  local capacity = math.max(burst, level.need)
  local rate = limit * terms.margin * rampNow() / 60000
  if not level.at then
    level.level = rules.start * burst
    level.at = now
  else
    level.level = math.min(capacity, level.level + math.max(0, now - level.at) * rate)
    level.at = math.max(level.at, now)
  end
  local leftForMs = math.max(0, (level.leftUntil or 0) - now)
  local left = leftForMs > 0 and level.left or math.huge
  return {limit = limit, level = level.level, rate = rate, capacity = capacity, burst = burst, at = level.at, left = left, leftForMs = leftForMs}
end

local function standingsNow()
  local standings = {}
  for _, name in ipairs(resources) do standings[name] = refill(name) end
  return standings
end

local function perMinute(standings)
  local function limit(name) return standings[name] and standings[name].limit or 0 end
  local tokens = limit('tokens') + limit('input_tokens') + limit('output_tokens')
  return tokens > 0 and tokens or limit('requests')
end

-- What a step has to leave for those somebody watches.
local function keptBack(ticket, standing, whole)
  local cap = rules.interactiveShare * whole
  if ticket.isFirst or cap <= 0 then return 0 end
  return standing.burst * (rules.interactiveShare * (s.credit / cap))
end

-- Budgets

local function account(workspace, budget)
  local known = redis.call('HGET', KEYS[8], workspace)
  known = known and unpacked(known)
  if not budget then return known end
  if known and known.period >= budget.period then
    if known.period == budget.period then known.spent = math.max(known.spent, budget.spent) end
    return known
  end
  return {period = budget.period, spent = budget.spent, reserved = known and known.reserved or 0}
end

local function keepAccount(workspace, kept)
  redis.call('HSET', KEYS[8], workspace, packed(kept))
end

local function settleBudget(lease, cost)
  local kept = lease.hasBudget and account(lease.workspaceId)
  if not kept then return end
  kept.reserved = math.max(0, kept.reserved - lease.cost)
  kept.spent = kept.spent + cost
  keepAccount(lease.workspaceId, kept)
end

local function reserveBudget(ask, known)
  known.reserved = known.reserved + ask.cost
  keepAccount(ask.workspaceId, known)
end

-- The gate

local function isPaused() return gate.till > now end
local function isProbing() return gate.till > 0 and gate.till <= now end

local function pause(code, ms)
  local till = now + ms
  if till <= gate.till then return false end
  gate.till, gate.code, gate.probe = till, code, nil
  return true
end

local function open() gate.till, gate.code, gate.probe = 0, nil, nil end

local function judge(id, settlement)
  local wasProbe = gate.probe == id
  if wasProbe then gate.probe = nil end
  if settlement.health == 'unknown' then return end
  local kept = 0.5 ^ (math.max(0, now - gate.healthAt) / rules.healthHalfLifeMs)
  gate.good = gate.good * kept + (settlement.health == 'good' and 1 or 0)
  gate.bad = gate.bad * kept + (settlement.health == 'bad' and 1 or 0)
  gate.healthAt = now
  if settlement.health == 'good' then
    gate.opens = 0
    if wasProbe then open() end
    return
  end
  local isIll = gate.bad >= rules.minFailures - 0.5 and gate.bad >= rules.failureShare * (gate.good + gate.bad)
  if not (isIll or wasProbe) or isPaused() then return end
  gate.opens = gate.opens + 1
  gate.good, gate.bad = 0, 0
  pause(settlement.code or 'overloaded', math.min(rules.maxBreakerMs, rules.breakerMs * 2 ^ (gate.opens - 1)))
end

-- Leases

local function count(lease, sign)
  for _, name in ipairs(resources) do
    local amount = (lease.isObserved and lease.deferred or lease.amounts)[name]
    if amount then s.uncounted[name] = (s.uncounted[name] or 0) + sign * amount end
  end
end

local function giveBack(lease, backOf)
  if not terms then return end
  for _, name in ipairs(resources) do
    local amount = lease.amounts[name]
    local standing = amount and refill(name)
    if standing then
      s.levels[name].level = math.min(standing.capacity, standing.level + backOf(name, amount))
    end
  end
end

local function take(id)
  local kept = redis.call('HGET', KEYS[3], id)
  redis.call('ZREM', KEYS[2], id)
  if not kept then return nil end
  redis.call('HDEL', KEYS[3], id)
  local lease = unpacked(kept)
  count(lease, -1)
  return lease
end

local function hold(id, lease)
  redis.call('HSET', KEYS[3], id, packed(lease))
  redis.call('ZADD', KEYS[2], now + rules.reservationTtlMs, id)
  count(lease, 1)
end

local function reap()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 100)) do
    local lease = take(id)
    if lease then
      giveBack(lease, function(name) return lease.deferred[name] or 0 end)
      settleBudget(lease, 0)
    end
    if gate.probe == id then gate.probe = nil end
  end
end

-- The line

local function ticketOf(step)
  local kept = redis.call('HGET', KEYS[5], step)
  return kept and unpacked(kept)
end

local function keepTicket(step, ticket) redis.call('HSET', KEYS[5], step, packed(ticket)) end

local function dropTicket(step)
  redis.call('ZREM', KEYS[4], step)
  redis.call('HDEL', KEYS[5], step)
end

local function correct(workspace, by)
  local theEnd = redis.call('HGET', KEYS[6], workspace)
  if theEnd then redis.call('HSET', KEYS[6], workspace, text(tonumber(theEnd) + by)) end
end

local function leaveLine(steps)
  local gone, isAny = {}, false
  for _, step in ipairs(steps) do
    gone[step] = true
    isAny = isAny or redis.call('HEXISTS', KEYS[5], step) == 1
  end
  if not isAny then return end
  local moves = {}
  for _, step in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do
    local ticket = ticketOf(step)
    local by = ticket and moves[ticket.workspaceId] or 0
    if gone[step] then
      dropTicket(step)
      if ticket then moves[ticket.workspaceId] = by + ticket.weight end
    elseif ticket and by > 0 and not ticket.isFirst then
      ticket.tag = ticket.tag - by
      redis.call('ZADD', KEYS[4], text(ticket.tag), step)
      keepTicket(step, ticket)
    end
  end
  for workspace, by in pairs(moves) do correct(workspace, -by) end
end

local function isKept(ticket)
  return ticket and math.max(ticket.namedAt, ticket.toldAt) + rules.graceMs >= now
end
`;
