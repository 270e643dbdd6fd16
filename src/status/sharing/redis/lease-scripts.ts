/**
 * Takes the lease, or renews one that this instance holds. KEYS: lease, number. ARGV: instance, how long the lease and its number are kept, in ms. Returns 1 if this instance holds
 * the lease, otherwise 0, and the number of the lease. Numbers rise even if Redis restarts empty: each is the clock of Redis in
 * ms, or the last number plus one if that is higher.
 */
export const ACQUIRE = `
local held = redis.call('GET', KEYS[1])
if not held then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local last = tonumber(redis.call('GET', KEYS[2]) or '0')
  local number = string.format('%.0f', math.max(last + 1, now))
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. number, 'PX', ARGV[2])
  redis.call('SET', KEYS[2], number, 'PX', ARGV[3])
  return {1, number}
end
local instance, number = string.match(held, '^(%S+) (%d+)$')
if instance ~= ARGV[1] then return {0, number} end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1, number}
`;

/** Releases a lease that this instance holds, and notifies the others. KEYS: lease. ARGV: instance, channel, message. */
export const RELEASE = `
local held = redis.call('GET', KEYS[1])
if held and string.match(held, '^%S+') == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
`;
