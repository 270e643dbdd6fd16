/**
 * Takes the lease, or renews one's own. KEYS: lease, number. ARGV: instance, time to live in ms. Gives 1 where this instance has
 * it, else 0, and the lease's number. Numbers rise, also over a restart of an empty Redis: they are its clock in ms, and one
 * more than the last where that is ahead.
 */
export const ACQUIRE = `
local held = redis.call('GET', KEYS[1])
if not held then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local last = tonumber(redis.call('GET', KEYS[2]) or '0')
  local number = string.format('%.0f', math.max(last + 1, now))
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. number, 'PX', ARGV[2])
  redis.call('SET', KEYS[2], number, 'PX', 86400000)
  return {1, number}
end
local instance, number = string.match(held, '^(%S+) (%d+)$')
if instance ~= ARGV[1] then return {0, number} end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1, number}
`;

/** Gives one's own lease back and tells the others. KEYS: lease. ARGV: instance, channel, message. */
export const RELEASE = `
local held = redis.call('GET', KEYS[1])
if held and string.match(held, '^%S+') == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
`;
