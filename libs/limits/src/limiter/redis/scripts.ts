import type { ScriptClock } from './prelude.js';
import { prelude, withRules } from './prelude.js';

/**
 * Reserves all of what a call needs, or nothing.
 *
 * ARGV[1] the ask without its terms, JSON; ARGV[2] the limiter's name; ARGV[3] the terms, JSON
 *
 * Returns the answer, JSON. Writes the state, and the lease or the place in line.
 */
const RESERVE = `
local ask = cjson.decode(ARGV[1])
local count_replicas = replicas(ARGV[2])
local function answer(fields)
  fields.replicas = count_replicas
  return cjson.encode(fields)
end

if redis.call('HEXISTS', KEYS[3], ask.id) == 1 then
  redis.call('ZADD', KEYS[2], now + rules.reservationTtlMs, ask.id)
  return answer({kind = 'granted', isProbe = gate.probe == ask.id})
end
s.terms, terms = ARGV[3], cjson.decode(ARGV[3])
reap()
local standings = standingsNow()
local known
local function refuse(fields)
  if known then keepAccount(ask.workspaceId, known) end
  leaveLine({ask.stepId})
  save(ask.bucket)
  return cjson.encode(fields)
end
for _, name in ipairs(resources) do
  local asked, standing = ask.amounts[name] or 0, standings[name]
  if standing and asked > standing.limit then
    return refuse({kind = 'too_large', resource = name, asked = asked, limit = standing.limit})
  end
end
local isShort = false
if ask.budget then
  known = account(ask.workspaceId, ask.budget)
  if known.spent + ask.cost > ask.budget.limit then
    return refuse({kind = 'over_budget', asked = ask.cost, limit = ask.budget.limit, spent = known.spent})
  end
  isShort = known.spent + known.reserved + ask.cost > ask.budget.limit
end
if isPaused() and (gate.code == 'auth' or gate.code == 'billing') then
  return refuse({kind = 'shut', code = gate.code, waitMs = gate.till - now})
end

-- The place in line. Where nobody else waits, it is written only if the step has to.
local ticket = ticketOf(ask.stepId)
local isAlone = not ticket and redis.call('ZCARD', KEYS[4]) == 0
local weight = weightOf(ask.amounts)
local start
local function queue()
  redis.call('HSET', KEYS[6], ask.workspaceId, text(start + weight))
  redis.call('ZADD', KEYS[4], text(ticket.tag), ask.stepId)
end
if not ticket then
  local isFirst = ask.isInteractive and s.credit >= weight
  start = math.max(s.time, tonumber(redis.call('HGET', KEYS[6], ask.workspaceId) or '0'))
  if isFirst then s.credit = s.credit - weight end
  ticket = {workspaceId = ask.workspaceId, tag = isFirst and s.time - 0.5 or start, weight = weight, namedAt = 0, toldAt = 0, isOwn = false, isFirst = isFirst}
  if not isAlone then queue() end
end
ticket.amounts = ask.amounts

-- What stands in the way, worst first.
local whole = perMinute(standings)
local rank = isAlone and 0 or redis.call('ZRANK', KEYS[4], ask.stepId)
if not rank then
  redis.call('ZADD', KEYS[4], text(ticket.tag), ask.stepId)
  rank = redis.call('ZRANK', KEYS[4], ask.stepId)
end
local before, own, counted, overdue = {}, 0, 0, {}
if rank > 0 then
  local steps = redis.call('ZRANGE', KEYS[4], 0, math.min(rank, rules.counted) - 1)
  local tickets = redis.call('HMGET', KEYS[5], unpack(steps))
  for i, step in ipairs(steps) do
    local other = tickets[i] and unpacked(tickets[i])
    if not isKept(other) then
      overdue[#overdue + 1] = step
    elseif not other.isOwn or other.workspaceId == ask.workspaceId then
      counted = counted + 1
      for name, amount in pairs(other.amounts) do before[name] = (before[name] or 0) + amount end
      if other.workspaceId == ask.workspaceId then own = own + weightOf(other.amounts) end
    end
  end
end
if #overdue > 0 then
  keepTicket(ask.stepId, ticket)
  leaveLine(overdue)
  ticket.tag = tonumber(redis.call('ZSCORE', KEYS[4], ask.stepId))
end
local more = math.max(0, rank - rules.counted)
local scale = counted > 0 and 1 + more / counted or 1
local waitMs, reason, isOwn = 0, 'quota', false
local function consider(ms, why)
  if ms > waitMs then waitMs, reason = ms, why end
end
for _, name in ipairs(resources) do
  local amount, standing = ask.amounts[name], standings[name]
  if amount and standing then
    local needed = amount + (before[name] or 0) * scale
    local missing = needed + keptBack(ticket, standing, whole) - standing.level
    if missing > rules.rounding * (1 + standing.rate) then consider(standing.at - now + missing / standing.rate, 'quota') end
    if needed > standing.left + rules.rounding then consider(standing.leftForMs, 'quota') end
  end
end
local concurrency = terms.concurrency
if concurrency then
  local over = redis.call('ZCARD', KEYS[2]) + counted + more + 1 - concurrency
  if over > 0 then
    consider(math.max(rules.minWaitMs, over * (s.meanCallMs or rules.concurrencyWaitMs) / concurrency), 'concurrency')
  end
end
local share
if terms.workspaceShare < 1 and whole > 0 then
  local capacity = math.max(whole * terms.workspaceShare * terms.otherBurst, weight)
  local rate = whole * terms.workspaceShare * terms.margin / 60000
  local known = redis.call('HGET', KEYS[7], ask.workspaceId)
  known = known and unpacked(known)
  share = known and math.min(capacity, known.level + (now - known.at) * rate) or capacity
  local missing = ticket.weight + own * scale - share
  if missing > rules.rounding * (1 + rate) then consider(missing / rate, 'workspace_share') end
  isOwn = reason == 'workspace_share'
end
if isShort then consider(rules.budgetWaitMs, 'budget') end
if reason == 'budget' then isOwn = true end
if gate.code then
  local held = isPaused() and gate.till - now or (isProbing() and gate.probe and rules.probeWaitMs or nil)
  if held then
    if held >= waitMs then waitMs, isOwn = held, false end
    reason = gate.code
  end
end

if waitMs > 0 then
  if isAlone then queue() end
  if known then keepAccount(ask.workspaceId, known) end
  ticket.namedAt = now + math.max(rules.minWaitMs, math.ceil(waitMs - rules.rounding))
  ticket.toldAt = 0
  ticket.isOwn = isOwn
  keepTicket(ask.stepId, ticket)
  for name, amount in pairs(ask.amounts) do
    local level, standing = levelOf(name), standings[name]
    if standing then level.need = math.max(level.need, amount + keptBack(ticket, standing, whole)) end
  end
  save(ask.bucket)
  return answer({kind = 'wait', waitMs = ticket.namedAt - now, reason = reason, position = counted + more + 1})
end

for name, amount in pairs(ask.amounts) do
  local level = levelOf(name)
  if level.level then level.level = level.level - amount end
  if level.left then level.left = level.left - amount end
end
if share then redis.call('HSET', KEYS[7], ask.workspaceId, packed({level = share - ticket.weight, at = now})) end
if not isAlone then dropTicket(ask.stepId) end
s.time = math.max(s.time, ticket.tag)
s.credit = math.min(rules.interactiveShare * whole, s.credit + rules.interactiveShare * ticket.weight)
if isAlone or redis.call('ZCARD', KEYS[4]) == 0 then
  s.time = 0
  redis.call('DEL', KEYS[6])
  for _, level in pairs(s.levels) do level.need = 0 end
end
if known then reserveBudget(ask, known) end
if isProbing() then gate.probe = ask.id end
hold(ask.id, {workspaceId = ask.workspaceId, amounts = ask.amounts, deferred = ask.deferred, cost = ask.cost, hasBudget = ask.budget ~= nil, grantedAt = now, isObserved = false})
save(ask.bucket)
return answer({kind = 'granted', isProbe = gate.probe == ask.id})
`;

/**
 * What the provider's answer said of its limits.
 *
 * ARGV[1] bucket; ARGV[2] reservation; ARGV[3] a JSON list of {resource, limit, remaining, windowEndsInMs}
 *
 * Returns nothing. Writes the state.
 */
const OBSERVE = `
local id = ARGV[2]
local kept = redis.call('HGET', KEYS[3], id)
if kept then
  local lease = unpacked(kept)
  if not lease.isObserved then
    count(lease, -1)
    lease.isObserved = true
    redis.call('HSET', KEYS[3], id, packed(lease))
    count(lease, 1)
  end
end
for _, seen in ipairs(cjson.decode(ARGV[3])) do
  local level = levelOf(seen.resource)
  level.learned = seen.limit
  level.left = seen.remaining - (s.uncounted[seen.resource] or 0)
  level.leftUntil = seen.windowEndsInMs and now + seen.windowEndsInMs or 0
  local standing = terms and refill(seen.resource)
  if standing and not seen.windowEndsInMs then level.level = math.min(standing.level, level.left) end
end
if gate.probe == id then open() end
save(ARGV[1])
`;

/**
 * Ends a reservation.
 *
 * ARGV[1] bucket; ARGV[2] reservation; ARGV[3] the settlement, JSON
 *
 * Returns nothing. Writes the state.
 */
const SETTLE = `
local id = ARGV[2]
local settlement = cjson.decode(ARGV[3])
local lease = take(id)
if lease then
  giveBack(lease, function(name, amount) return amount - (settlement.charged[name] or amount) end)
  local used = {}
  for name, amount in pairs(lease.amounts) do used[name] = amount end
  for name, amount in pairs(settlement.charged) do used[name] = amount end
  correct(lease.workspaceId, weightOf(used) - weightOf(lease.amounts))
  settleBudget(lease, settlement.cost)
  local tookMs = now - lease.grantedAt
  s.meanCallMs = s.meanCallMs and s.meanCallMs * 0.9 + tookMs * 0.1 or tookMs
end
local wasPaused = isPaused()
judge(id, settlement)
local asked = settlement.pause
if asked then
  local isLonger = pause(asked.code, asked.ms)
  if asked.code == 'rate_limited' then
    if isLonger and terms then
      for name, level in pairs(s.levels) do
        local limit = limitOf(name)
        if limit then
          level.level = math.min(level.level or 0, rules.start * burstOf(limit, name))
          level.at = math.max(now, gate.till)
        end
      end
    end
    if not wasPaused and asked.isRamp then
      caution.ramp = math.max(rules.minRamp, rampNow() / 2)
      caution.rampAt = now
    elseif not wasPaused then
      caution.burst = math.max(rules.minBurst, burstFactor() / 2)
      caution.burstAt = now
    end
  end
end
save(ARGV[1])
`;

/**
 * Keeps reservations; those that are not known any more are held anew.
 *
 * ARGV[1] bucket; ARGV[2] the limiter's name; ARGV[3] the asks, a JSON list of {rest, terms}
 *
 * Returns nothing. Writes leases and state.
 */
const RENEW = `
replicas(ARGV[2])
for _, kept in ipairs(cjson.decode(ARGV[3])) do
  local ask = kept.rest
  s.terms = s.terms or cjson.encode(kept.terms)
  if redis.call('HEXISTS', KEYS[3], ask.id) == 1 then
    redis.call('ZADD', KEYS[2], now + rules.reservationTtlMs, ask.id)
  else
    hold(ask.id, {workspaceId = ask.workspaceId, amounts = ask.amounts, deferred = ask.deferred, cost = ask.cost, hasBudget = ask.budget ~= nil, grantedAt = now, isObserved = true})
    if ask.budget then reserveBudget(ask, account(ask.workspaceId, ask.budget)) end
  end
end
save(ARGV[1])
`;

/**
 * Steps in line that could be called now.
 *
 * Returns their ids. Writes the state, and the instants of the tickets that are told.
 */
const CALLABLE = `
local told = {}
local function keepState()
  if stored then save() end
end
reap()
if not terms or redis.call('ZCARD', KEYS[4]) == 0 or isPaused() or (isProbing() and gate.probe) then
  keepState()
  return told
end
local standings = standingsNow()
keepState()
local leases = redis.call('ZCARD', KEYS[2])
local used, calls, whole, overdue = {}, leases, perMinute(standings), {}
local function fits(ticket)
  for _, name in ipairs(resources) do
    local standing = standings[name]
    local sum = (used[name] or 0) + (ticket.amounts[name] or 0)
    if standing and sum > standing.left + rules.rounding then return false end
    if standing then
      local level = standing.level + standing.rate * rules.lookaheadMs - keptBack(ticket, standing, whole)
      if sum > level + rules.rounding then return false end
    end
    used[name] = sum
  end
  return true
end
for _, step in ipairs(redis.call('ZRANGE', KEYS[4], 0, rules.counted - 1)) do
  if #told >= rules.maxCallable then break end
  local ticket = ticketOf(step)
  if not isKept(ticket) then
    overdue[#overdue + 1] = step
  elseif not ticket.isOwn then
    if isProbing() and calls > leases then break end
    calls = calls + 1
    if terms.concurrency and calls > terms.concurrency then break end
    if not fits(ticket) then break end
    if ticket.namedAt > now + 2 * rules.lookaheadMs and ticket.toldAt + rules.graceMs < now then
      ticket.toldAt = now
      keepTicket(step, ticket)
      told[#told + 1] = step
    end
  end
end
leaveLine(overdue)
return told
`;

/**
 * Takes steps out of the line.
 *
 * ARGV their ids
 *
 * Returns nothing. Writes the line.
 */
const LEAVE = `
leaveLine(ARGV)
`;

/**
 * A bucket as it stands.
 *
 * Returns JSON {limits, calls, waiting, pause}. Writes nothing.
 */
const VIEW = `
local limits = {}
if terms then
  for _, name in ipairs(resources) do
    local standing = refill(name)
    if standing then limits[name] = {limit = standing.limit, level = standing.level, capacity = standing.capacity} end
  end
end
return cjson.encode({
  limits = limits,
  calls = redis.call('ZCOUNT', KEYS[2], '(' .. now, '+inf'),
  waiting = redis.call('ZCARD', KEYS[4]),
  pause = isPaused() and {code = gate.code, ms = gate.till - now} or cjson.null,
})
`;

const KNOWN_TERMS = `
terms = s.terms and cjson.decode(s.terms)
`;

/** The scripts by the name of their command; `clock` is Redis itself but in simulations. */
export function limiterScripts(clock: ScriptClock): Record<ScriptName, string> {
  const begin = prelude(clock);
  const beginWithTerms = begin + KNOWN_TERMS;
  return {
    pwReserve: withRules(begin + RESERVE),
    pwObserve: withRules(beginWithTerms + OBSERVE),
    pwSettle: withRules(beginWithTerms + SETTLE),
    pwKeep: withRules(begin + RENEW),
    pwCallable: withRules(beginWithTerms + CALLABLE),
    pwLeave: withRules(begin + LEAVE),
    pwView: withRules(beginWithTerms + VIEW),
  };
}
export type ScriptName = 'pwReserve' | 'pwObserve' | 'pwSettle' | 'pwKeep' | 'pwCallable' | 'pwLeave' | 'pwView';
