import { randomUUID } from 'node:crypto';
import { Redis, type RedisOptions } from 'ioredis';
import { adviceFor } from './advice.js';
import { RELEASE } from './lease-script.js';

const ANSWER_MS = 2_000;

const ONE_TRY: RedisOptions = {
  lazyConnect: true,
  connectTimeout: ANSWER_MS,
  commandTimeout: ANSWER_MS,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
};

/**
 * Whether watches can be shared through a Redis: connects twice, as `RedisSharing` does, and subscribes, writes, runs a script
 * and publishes under names of its own. Gives what is wrong with what to do, without the address; undefined if all of it works.
 * Takes 4 s at most, and leaves nothing behind.
 */
export async function findRedisProblem(url: string): Promise<string | undefined> {
  const commands = new Redis(url, ONE_TRY);
  const listener = new Redis(url, ONE_TRY);
  let cause: unknown;
  // The promise of a failed connect only says that there is no connection; the event says why.
  for (const client of [commands, listener]) client.on('error', (error) => (cause ??= error));
  try {
    await Promise.all([commands.connect(), listener.connect()]);
    await tryOut(commands, listener);
    return undefined;
  } catch (error) {
    return adviceFor(cause ?? error) ?? 'REDIS_URL ends the connection at once.';
  } finally {
    commands.disconnect();
    listener.disconnect();
  }
}

async function tryOut(commands: Redis, listener: Redis): Promise<void> {
  const instance = randomUUID();
  const name = `agent-tools:doctor:${instance}`;
  await listener.subscribe(name);
  await commands.set(name, `${instance} 0`, 'PX', ANSWER_MS);
  await commands.eval(RELEASE, 1, name, instance, name, 'free');
}
