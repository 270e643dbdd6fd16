import { randomUUID } from 'node:crypto';
import type { Redis, RedisOptions } from 'ioredis';
import type { RedisLimits } from '../../limits.js';
import { adviceFor } from './advice.js';
import { createClient, refuseCluster } from './create-client.js';
import { RELEASE } from './lease-scripts.js';

/**
 * Checks whether watches can be shared through a Redis: connects twice, as `RedisSharing` does, then subscribes, writes, runs a
 * script and publishes, under names of its own. Resolves with what is wrong and how to fix it, without the address; undefined if
 * everything works. Each step may take `connectMs` or `maxAnswerMs`, and nothing is left in Redis.
 */
export async function findRedisProblem(url: string, limits: RedisLimits): Promise<string | undefined> {
  const options = optionsFor(limits);
  const commands = createClient(url, options);
  const listener = createClient(url, options);
  let cause: unknown;
  // The promise of `connect` rejects without the reason; the error event has it.
  for (const client of [commands, listener]) client.on('error', (error) => (cause ??= error));
  try {
    await Promise.all([commands.connect(), listener.connect()]);
    await tryAllCommands(commands, listener, limits.maxAnswerMs);
    return undefined;
  } catch (error) {
    return adviceFor(cause ?? error) ?? 'REDIS_URL ends the connection at once.';
  } finally {
    commands.disconnect();
    listener.disconnect();
  }
}

/** Connects once, without a second attempt. */
function optionsFor({ connectMs, maxAnswerMs }: RedisLimits): RedisOptions {
  return {
    lazyConnect: true,
    connectTimeout: connectMs,
    commandTimeout: maxAnswerMs,
    // By default, ioredis waits two seconds for a connection that does not close.
    disconnectTimeout: maxAnswerMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  };
}

/** The key of the check expires after `keptMs`, if the script does not delete it. */
async function tryAllCommands(commands: Redis, listener: Redis, keptMs: number): Promise<void> {
  const instance = randomUUID();
  const name = `agent-tools:doctor:${instance}`;
  await refuseCluster(commands);
  await listener.subscribe(name);
  await commands.set(name, `${instance} 0`, 'PX', keptMs);
  await commands.eval(RELEASE, 1, name, instance, name, 'released');
}
