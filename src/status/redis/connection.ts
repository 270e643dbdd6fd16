import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../../log.js';

/** The longest pause between two tries to connect. */
const MAX_RETRY_MS = 2_000;
const CONNECT_MS = 2_000;
const COMMAND_MS = 2_000;

const OPTIONS: RedisOptions = {
  lazyConnect: true,
  connectTimeout: CONNECT_MS,
  commandTimeout: COMMAND_MS,
  // A command that cannot be sent now is no use later: whoever sent it decides anew.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  enableAutoPipelining: true,
  retryStrategy: (attempt) => Math.min(MAX_RETRY_MS, 100 * 2 ** Math.min(attempt, 5)),
};

/** Two connections to one Redis: one that commands, one that only listens. */
export interface RedisConnection {
  readonly commands: Redis;
  readonly listener: Redis;
  /** Lets commands on their way go out, for a moment. */
  close(): Promise<void>;
}

/** Connects in the background, again and again. `onChange` hears when both are usable, and when they are not. */
export function connectRedis(url: string, log: Logger, onChange: (isUp: boolean) => void): RedisConnection {
  const commands = new Redis(url, OPTIONS);
  const listener = new Redis(url, { ...OPTIONS, commandTimeout: undefined, autoResubscribe: false } as RedisOptions);
  let lastAdvice = '';
  for (const client of [commands, listener]) {
    client.on('ready', () => {
      lastAdvice = '';
      if (commands.status === 'ready' && listener.status === 'ready') onChange(true);
    });
    client.on('close', () => onChange(false));
    client.on('error', (error: Error) => {
      const advice = adviceFor(error);
      if (advice === lastAdvice) return;
      lastAdvice = advice;
      log.warn({ redis: advice }, 'Redis cannot be used; this instance looks for itself');
    });
    client.connect().catch(() => {
      // Told by the error event; the client goes on trying.
    });
  }
  return {
    commands,
    listener,
    async close() {
      if (commands.status === 'ready') await commands.quit().catch(() => {});
      commands.disconnect();
      listener.disconnect();
    },
  };
}

/** What went wrong and what to do about it, without the address, which may hold a password. */
export function adviceFor(error: Error): string {
  const text = error.message;
  if (/WRONGPASS|invalid password|NOAUTH|invalid username/i.test(text)) {
    return 'REDIS_URL has a wrong user or password, or none where one is needed.';
  }
  if (/NOPERM/.test(text))
    return 'The user of REDIS_URL may not run scripts, set keys or publish: grant it ~agent-tools:* &agent-tools:* and these commands.';
  if (/READONLY/.test(text)) return 'REDIS_URL names a read-only replica: name the primary.';
  if (/OOM/.test(text)) return 'Redis is out of memory: raise maxmemory, or set a maxmemory-policy that evicts.';
  if (/MISCONF/.test(text)) return 'Redis refuses writes because it cannot save to disk: see its log.';
  if (/ENOTFOUND|EAI_AGAIN/.test(text)) return 'The host in REDIS_URL is not known: check its name.';
  if (/ECONNREFUSED/.test(text)) return 'Nothing listens at REDIS_URL: is Redis running, and the port right?';
  if (/ETIMEDOUT|timed out/i.test(text)) return 'REDIS_URL does not answer in time: check the address and the network.';
  return 'Redis ended the connection or answered with an error.';
}
