import { randomUUID } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import { adviceFor } from './advice.js';
import { RELEASE } from './lease-scripts.js';

const ANSWER_MS = 2_000;

const ONE_TRY: RedisOptions = {
  lazyConnect: true,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
};

/**
 * Checks whether watches can be shared through a Redis: connects twice, as `RedisSharing` does, then subscribes, writes, runs a
 * script and publishes, under names of its own. Resolves with what is wrong and how to fix it, without the address; undefined if
 * everything works. Each answer may take `answerMs` (default 2 s), and all take at most twice that. Leaves nothing in Redis.
 */
export async function findRedisProblem(url: string, answerMs = ANSWER_MS): Promise<string | undefined> {
  const options = { ...ONE_TRY, connectTimeout: answerMs, commandTimeout: answerMs, disconnectTimeout: answerMs };
  const commands = new Redis(url, options);
  const listener = new Redis(url, options);
  let cause: unknown;
  // The promise of `connect` rejects without the reason; the error event has it.
  for (const client of [commands, listener]) client.on('error', (error) => (cause ??= error));
  try {
    await Promise.all([commands.connect(), listener.connect()]);
    await tryAllCommands(commands, listener);
    return undefined;
  } catch (error) {
    return adviceFor(cause ?? error) ?? 'REDIS_URL ends the connection at once.';
  } finally {
    commands.disconnect();
    listener.disconnect();
  }
}

async function tryAllCommands(commands: Redis, listener: Redis): Promise<void> {
  const instance = randomUUID();
  const name = `agent-tools:doctor:${instance}`;
  await listener.subscribe(name);
  await commands.set(name, `${instance} 0`, 'PX', ANSWER_MS);
  await commands.eval(RELEASE, 1, name, instance, name, 'released');
}
