import type { MiddlewareHandler } from 'hono';
import type { KatavenEnv } from './auth.js';
import { Failure } from './failures.js';

export interface RateLimits {
  /** Requests per minute and account; 0: no limit. */
  readonly perMinute: number;
  /** Concurrent requests per account. */
  readonly inFlight: number;
}

interface Window {
  readonly endsAt: number;
  count: number;
}

const MINUTE = 60_000;

/** The limits of each account. The minute is a fixed window that starts with its first request. (documented) */
export function limitRate({ perMinute, inFlight }: RateLimits): MiddlewareHandler<KatavenEnv> {
  const windows = new Map<string, Window>();
  const running = new Map<string, number>();
  return async (c, next) => {
    const account = c.get('account');
    if (perMinute > 0) countInWindow(windows, account, perMinute);
    const others = running.get(account) ?? 0;
    if (others >= inFlight) throw new Failure(429, `rate_limited: in-flight (${inFlight}) exceeded`, 1);
    running.set(account, others + 1);
    try {
      await next();
    } finally {
      running.set(account, (running.get(account) ?? 1) - 1);
    }
  };
}

function countInWindow(windows: Map<string, Window>, account: string, perMinute: number): void {
  const now = Date.now();
  const open = windows.get(account);
  const window = open && open.endsAt > now ? open : { endsAt: now + MINUTE, count: 0 };
  windows.set(account, window);
  window.count++;
  if (window.count > perMinute) {
    const seconds = Math.ceil((window.endsAt - now) / 1000);
    throw new Failure(429, `rate_limited: per-minute (${perMinute}) exceeded`, seconds);
  }
}
