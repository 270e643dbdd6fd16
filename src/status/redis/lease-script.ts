/**
 * Takes the lease, or renews one's own. KEYS: lease, number. ARGV: instance, time to live in ms. Gives the lease's number when
 * it was taken, "0" when it was renewed, nothing when another instance has it. Numbers rise, also over a restart of an empty
 * Redis: they are its clock in ms, and one more than the last where that is ahead.
 */
export const ACQUIRE = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local last = tonumber(redis.call('GET', KEYS[2]) or '0')
  local number = string.format('%.0f', math.max(last + 1, now))
  redis.call('SET', KEYS[2], number, 'PX', 86400000)
  return number
end
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return '0'
end
return false
`;

/** Gives one's own lease back and tells the others. KEYS: lease. ARGV: instance, channel, message. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
`;
