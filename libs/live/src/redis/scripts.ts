/**
 * The scripts that own a channel's log. All take the same two keys, which share one hash tag, and call `open` first:
 *
 * KEYS[1] head, a hash: `epoch`, `seq` (newest number), `fact` (newest fact), `history` (Redis' replication id when the
 *         epoch began), `ended` (1 after the run's end), `d:{document}` (1 after the document's end),
 *         `f:{document}/{section}` (fence: `attempt:state:length`, state o = open, y = gave way, f = final; length in
 *         UTF-16 units), `t:{document}/{section}` (text so far while open)
 * KEYS[2] log, a stream: ids `{seq}-0`; field `e` is the event as JSON without channel, epoch and seq, field `c` the
 *         content of a chunk
 * ARGV[1] epoch to begin with where there is no log, one of its two keys is gone, or it is of another history
 * ARGV[2] how long an idle log lives, in ms
 *
 * A Redis that comes back with an older state (a restart from disk, a failover to a replica that lagged) would give out
 * numbers again under the same epoch, and whoever has them would be told nothing of what they mean now. Redis names
 * each history of its data with a replication id, which is another one after every start and every promotion; so a log
 * goes on only in the history it began in. Its `run_id` would not do: a server that leads for the second time, with
 * what another one had in between, has kept it. The id also changes when a first replica joins, or an hour after the
 * last one left; an epoch that ends for nothing costs its followers a re-read.
 *
 * The script asks by itself, which adds 14 µs to some 100: the id may change while a client stays connected, and what
 * it learned may be of another server than the one that runs the script. Clients that disagree would end each other's
 * epochs without end. Where INFO is not allowed, epochs live on as they are.
 */
const PRELUDE = `
local head, log = KEYS[1], KEYS[2]
local idle = ARGV[2]

local function currentHistory()
  local info = redis.pcall('INFO', 'replication')
  return type(info) == 'string' and string.match(info, 'master_replid:(%x+)') or ''
end

local function begin(history)
  redis.call('DEL', head, log)
  redis.call('HSET', head, 'epoch', ARGV[1], 'seq', '0', 'fact', '0', 'history', history)
  redis.call('PEXPIRE', head, idle)
  return ARGV[1], 0, 0
end

local function open()
  local history = currentHistory()
  local h = redis.call('HMGET', head, 'epoch', 'seq', 'fact', 'history')
  local isWhole = h[1] and h[2] and h[3] and (h[2] == '0' or redis.call('EXISTS', log) == 1)
  if isWhole and (history == '' or h[4] == history) then return h[1], tonumber(h[2]), tonumber(h[3]) end
  return begin(history)
end

local function fence(key)
  local value = redis.call('HGET', head, 'f:' .. key)
  if not value then return 0, '', 0 end
  local attempt, state, length = string.match(value, '^(%d+):(%a):(%d+)$')
  return tonumber(attempt), state, tonumber(length)
end

local function setFence(key, attempt, state, length)
  redis.call('HSET', head, 'f:' .. key, string.format('%d:%s:%d', attempt, state, length))
end

local function dropTexts(prefix)
  for _, field in ipairs(redis.call('HKEYS', head)) do
    if string.sub(field, 1, #prefix) == prefix then redis.call('HDEL', head, field) end
  end
end

local function add(seq, keep, entry, content)
  local id = string.format('%.0f-0', seq)
  if content then
    redis.call('XADD', log, id, 'e', entry, 'c', content)
  else
    redis.call('XADD', log, id, 'e', entry)
  end
  if keep > 0 then redis.call('XTRIM', log, 'MAXLEN', keep) end
end

local function live(ms)
  redis.call('PEXPIRE', head, ms)
  redis.call('PEXPIRE', log, ms)
end
`;

/**
 * Appends facts in order.
 *
 * ARGV[3] wake-up channel; ARGV[4] entries to keep, 0 = all; ARGV[5] life after the run's end, in ms;
 * ARGV[6] 1 = replace the log by a new one first; then for each fact: n, entry, settlement (final, yield, document, run
 * or empty), its key, its attempt
 *
 * Returns {1 = ok or 0 = gap, newest fact, epoch, newest number}
 *
 * Writes log and head, moves fences, drops texts of what is settled, sets the life of both keys, publishes a wake-up.
 */
export const APPEND_FACTS = `${PRELUDE}
local epoch, seq, last
if ARGV[6] == '1' then epoch, seq, last = begin(currentHistory()) else epoch, seq, last = open() end
local wake, keep, ended = ARGV[3], tonumber(ARGV[4]), ARGV[5]
local before = seq

local first = last
for i = 7, #ARGV, 5 do
  local n = tonumber(ARGV[i])
  if n > first + 1 then return {0, last, epoch, seq} end
  if n > first then first = n end
end

for i = 7, #ARGV, 5 do
  local n, entry, kind, key, attempt = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], tonumber(ARGV[i + 4])
  if n == last + 1 then
    last = n
    seq = seq + 1
    add(seq, keep, entry)
    if kind == 'final' or kind == 'yield' then
      local current, state = fence(key)
      if kind == 'final' then
        setFence(key, math.max(current, attempt), 'f', 0)
        redis.call('HDEL', head, 't:' .. key)
      elseif state ~= 'f' and (attempt == 0 or attempt >= current) then
        setFence(key, math.max(current, attempt), 'y', 0)
        redis.call('HDEL', head, 't:' .. key)
      end
    elseif kind == 'document' then
      redis.call('HSET', head, 'd:' .. key, '1')
      dropTexts('t:' .. key .. '/')
    elseif kind == 'run' then
      redis.call('HSET', head, 'ended', '1')
      dropTexts('t:')
    end
  end
end

if seq > before then
  redis.call('HSET', head, 'seq', string.format('%.0f', seq), 'fact', string.format('%.0f', last))
  if redis.call('HEXISTS', head, 'ended') == 1 then live(ended) else live(idle) end
  redis.call('PUBLISH', wake, string.format('%.0f', seq))
end
return {1, last, epoch, seq}
`;

/**
 * Appends the beginning of an attempt or a piece of its text.
 *
 * ARGV[3] wake-up channel; ARGV[4] entries to keep, 0 = all; ARGV[5] epoch expected, or empty; ARGV[6] document;
 * ARGV[7] section key; ARGV[8] attempt; ARGV[9] entry; for a chunk also ARGV[10] offset, ARGV[11] its length in UTF-16
 * units, ARGV[12] its content
 *
 * Returns {'ok', epoch, number} | {'fenced'} | {'epoch', epoch} | {'offset', expected}
 *
 * Writes log and head, sets the life of both keys, publishes a wake-up; nothing where the answer is not ok, or where
 * the attempt has begun already.
 */
export const APPEND_SECTION = `${PRELUDE}
local epoch, seq = open()
local wake, keep, expect, document, key = ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6], ARGV[7]
local attempt, entry = tonumber(ARGV[8]), ARGV[9]

if expect ~= '' and expect ~= epoch then return {'epoch', epoch} end
if redis.call('HEXISTS', head, 'ended') == 1 or redis.call('HEXISTS', head, 'd:' .. document) == 1 then
  return {'fenced'}
end
local current, state, length = fence(key)
if attempt < current or state == 'f' or (attempt == current and state == 'y') then return {'fenced'} end

if #ARGV == 9 then
  if attempt == current then return {'ok', epoch, seq} end
  setFence(key, attempt, 'o', 0)
  redis.call('HSET', head, 't:' .. key, '')
  add(seq + 1, keep, entry)
else
  if attempt > current then return {'epoch', epoch} end
  if tonumber(ARGV[10]) ~= length then return {'offset', length} end
  setFence(key, attempt, 'o', length + tonumber(ARGV[11]))
  redis.call('HSET', head, 't:' .. key, (redis.call('HGET', head, 't:' .. key) or '') .. ARGV[12])
  add(seq + 1, keep, entry, ARGV[12])
end
seq = seq + 1
redis.call('HSET', head, 'seq', string.format('%.0f', seq))
live(idle)
redis.call('PUBLISH', wake, string.format('%.0f', seq))
return {'ok', epoch, seq}
`;

/**
 * Reads the events after a position.
 *
 * ARGV[3] epoch of the position, or empty; ARGV[4] number to start after; ARGV[5] how many at most;
 * ARGV[6] none after the one with which they have this many bytes, 0 = any
 *
 * Returns {epoch, newest number, oldest number, 1 = reset, entries as XRANGE gives them}
 *
 * Writes nothing where there is a log.
 */
export const READ = `${PRELUDE}
-- Entries read between two looks at the bytes.
local STEP = 50
local epoch, seq = open()
local first = seq - redis.call('XLEN', log) + 1
local after = tonumber(ARGV[4])
local reset = (ARGV[3] ~= '' and ARGV[3] ~= epoch) or after > seq
if after < first - 1 and (after > 0 or ARGV[3] ~= '') then reset = true end
if reset or after < first - 1 then after = first - 1 end
local entries, most, room = {}, tonumber(ARGV[5]), tonumber(ARGV[6])
if room == 0 then room = math.huge end
while after < seq and #entries < most and room > 0 do
  local count = room == math.huge and most or math.min(most - #entries, STEP)
  local some = redis.call('XRANGE', log, string.format('%.0f-0', after + 1), '+', 'COUNT', count)
  if #some == 0 then break end
  for _, entry in ipairs(some) do
    if room <= 0 then break end
    for _, part in ipairs(entry[2]) do room = room - #part end
    entries[#entries + 1] = entry
    after = after + 1
  end
end
return {epoch, seq, first, reset and 1 or 0, entries}
`;

/**
 * Reads position and texts together.
 *
 * Returns {epoch, newest number, newest fact, {section key, attempt, text, section key, …}}
 *
 * Writes nothing where there is a log.
 */
export const SNAPSHOT = `${PRELUDE}
local epoch, seq, fact = open()
local writing = {}
local fields = redis.call('HGETALL', head)
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 2) == 't:' then
    local key = string.sub(fields[i], 3)
    local attempt = fence(key)
    writing[#writing + 1] = key
    writing[#writing + 1] = attempt
    writing[#writing + 1] = fields[i + 1]
  end
end
return {epoch, seq, fact, writing}
`;
