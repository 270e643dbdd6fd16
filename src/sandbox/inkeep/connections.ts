import type { MiddlewareHandler } from 'hono';
import type { InkeepEnv } from './env.js';

/**
 * The upstream's pool of database connections. A request holds one from its permission check to its answer, MCP probes
 * included. If all are in use it waits, and fails with a 500 after `waitMs` milliseconds. (observed)
 */
export class Connections {
  #free: number;
  readonly #waitMs: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number, waitMs: number) {
    this.#free = size;
    this.#waitMs = waitMs;
  }

  /** Rejects if no connection becomes free in time, or if the client leaves first. */
  async acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free === 0) return this.#wait(signal);
    this.#free--;
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (reason: Error) => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(reason);
      };
      const onAbort = () => {
        clearTimeout(timer);
        leave(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', onAbort);
        leave(new Error('timeout exceeded when trying to connect'));
      }, this.#waitMs);
      const go = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.push(go);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

/** Holds a connection for the duration of each request. */
export function withConnection(connections: Connections): MiddlewareHandler<InkeepEnv> {
  return async (c, next) => {
    await connections.acquire(c.get('signal'));
    try {
      await next();
    } finally {
      connections.release();
    }
  };
}
