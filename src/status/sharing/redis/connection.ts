import type { RedisOptions } from 'ioredis';
import type { Logger } from '../../../log.js';
import type { RedisLimits } from '../../limits.js';
import { adviceFor } from './advice.js';
import { createClient } from './create-client.js';

export interface ConnectOptions {
  readonly url: string;
  /** A command without an answer after this time has failed. */
  readonly answerMs: number;
  readonly limits: RedisLimits;
  readonly log: Logger;
  /** Called with true when both connections are ready, and with false when one has closed. */
  onChange(isUp: boolean): void;
}

/** The commands that sharing uses, as `ioredis` has them. */
interface RedisCommands {
  /** `ready` while commands can be sent. */
  readonly status: string;
  info(section: string): Promise<string>;
  set(key: string, value: string, unit: 'PX', ms: number): Promise<unknown>;
  eval(script: string, keys: number, ...values: (string | number)[]): Promise<unknown>;
  publish(channel: string, text: string): Promise<unknown>;
}

interface RedisListener {
  readonly status: string;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  /** Rejects if the connection is dead. */
  ping(): Promise<unknown>;
  on(event: 'message', receive: (channel: string, text: string) => void): unknown;
}

/** Two connections to one Redis: one for commands, one for subscriptions. */
export interface RedisConnection {
  readonly commands: RedisCommands;
  readonly listener: RedisListener;
  /** Redis works: the next failure is logged even if the last one was of the same kind. */
  onUsable(): void;
  /** Logs a warning, once for consecutive failures of the same kind. */
  onFailure(error: unknown): void;
  /** Sends pending commands, then closes both connections. */
  close(): Promise<void>;
}

export type ConnectRedis = (options: ConnectOptions) => RedisConnection;

/** Connects in the background, and reconnects for ever. Failures are logged with advice, never with the address. */
export function connectRedis({ url, answerMs, limits, log, onChange }: ConnectOptions): RedisConnection {
  const options = optionsFor(answerMs, limits);
  const commands = createClient(url, options);
  const listener = createClient(url, { ...options, autoResubscribe: false });
  let lastAdvice: string | undefined;
  let isClosing = false;
  const onFailure = (error: unknown): void => {
    const advice = adviceFor(error);
    if (isClosing || advice === undefined || advice === lastAdvice) return;
    lastAdvice = advice;
    log.warn({ redis: advice }, 'Redis cannot be used; this instance polls by itself');
  };
  for (const client of [commands, listener]) {
    client.on('ready', () => {
      if (commands.status === 'ready' && listener.status === 'ready') onChange(true);
    });
    client.on('close', () => onChange(false));
    client.on('error', onFailure);
    client.connect().catch(() => {
      // The error event reports it; the client keeps trying.
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

function optionsFor(answerMs: number, { connectMs, silenceFactor, minRetryMs, maxRetryMs }: RedisLimits): RedisOptions {
  return {
    lazyConnect: true,
    connectTimeout: connectMs,
    commandTimeout: answerMs,
    socketTimeout: silenceFactor * answerMs,
    // A command that cannot be sent now is useless later: the sender decides again.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    enableAutoPipelining: true,
    retryStrategy: (attempt) => Math.min(maxRetryMs, minRetryMs * 2 ** (attempt - 1)),
  };
}
