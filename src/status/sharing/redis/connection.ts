import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../../../log.js';
import { adviceFor } from './advice.js';

/** The longest pause between two tries to connect. */
const MAX_RETRY_MS = 2_000;
const CONNECT_MS = 2_000;
/** A connection on which a command has no answer for so many times the usual is given up and made anew. */
const SILENCE_FACTOR = 3;

export interface ConnectOptions {
  readonly url: string;
  /** A command that has no answer for so long has failed. */
  readonly answerMs: number;
  readonly log: Logger;
  /** Hears when both connections are there, and when one has ended. */
  onChange(isUp: boolean): void;
}

/** Two connections to one Redis: one that commands, one that only listens. */
export interface RedisConnection {
  readonly commands: Redis;
  readonly listener: Redis;
  /** Redis was of use: what goes wrong after this is told anew. */
  onUsable(): void;
  /** Warns of what went wrong, once for all failures of one kind in a row. */
  onFailure(error: unknown): void;
  /** Lets commands on their way go out, for a moment. */
  close(): Promise<void>;
}

/** Connects in the background, again and again. Failures are logged with what to do, never with the address. */
export function connectRedis({ url, answerMs, log, onChange }: ConnectOptions): RedisConnection {
  const options = optionsFor(answerMs);
  const commands = new Redis(url, options);
  const listener = new Redis(url, { ...options, autoResubscribe: false });
  let lastAdvice: string | undefined;
  let isClosing = false;
  const onFailure = (error: unknown): void => {
    const advice = adviceFor(error);
    if (isClosing || advice === undefined || advice === lastAdvice) return;
    lastAdvice = advice;
    log.warn({ redis: advice }, 'Redis cannot be used; this instance looks for itself');
  };
  for (const client of [commands, listener]) {
    client.on('ready', () => {
      if (commands.status === 'ready' && listener.status === 'ready') onChange(true);
    });
    client.on('close', () => onChange(false));
    client.on('error', onFailure);
    client.connect().catch(() => {
      // Told by the error event; the client goes on trying.
    });
  }
  return {
    commands,
    listener,
    onUsable() {
      lastAdvice = undefined;
    },
    onFailure,
    async close() {
      isClosing = true;
      if (commands.status === 'ready') await commands.quit().catch(() => {});
      commands.disconnect();
      listener.disconnect();
    },
  };
}

function optionsFor(answerMs: number): RedisOptions {
  return {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    commandTimeout: answerMs,
    socketTimeout: SILENCE_FACTOR * answerMs,
    // A command that cannot be sent now is no use later: whoever sent it decides anew.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    enableAutoPipelining: true,
    retryStrategy: (attempt) => Math.min(MAX_RETRY_MS, 100 * 2 ** Math.min(attempt, 5)),
  };
}
