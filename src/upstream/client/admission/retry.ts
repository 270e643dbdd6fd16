import type { Exchanged } from '../exchange.js';
import { single } from '../headers.js';
import { parseRetryAfter } from './retry-after.js';

export interface RetryOptions {
  /** Attempts after the first. */
  readonly maxRetries: number;
  /** Longest wait before the first retry; it doubles for the next. */
  readonly backoffMs: number;
  /** A `Retry-After` beyond this is the client's to wait for. */
  readonly maxRetryAfterMs: number;
  /** Retries that each first attempt pays for: 0.15 keeps retries at 15 % of the calls. */
  readonly budgetRatio: number;
  /** Retries a second that are allowed whatever the traffic. */
  readonly budgetFloorPerSecond: number;
  /** Most retries that can be saved up. */
  readonly budgetMax: number;
  /** 0 up to 1; `Math.random` unless told. */
  readonly random?: () => number;
  /** Milliseconds; `performance.now` unless told. */
  readonly now?: () => number;
}

export const DEFAULT_RETRY: RetryOptions = {
  maxRetries: 2,
  backoffMs: 100,
  maxRetryAfterMs: 2_000,
  budgetRatio: 0.15,
  budgetFloorPerSecond: 1,
  budgetMax: 10,
};

const RETRIED_STATUS = new Set([502, 503, 504]);

/** Decides whether and when a read is tried again. One for each upstream: the budget is shared by all its callers. */
export class RetryPolicy {
  readonly #options: RetryOptions;
  readonly #random: () => number;
  readonly #now: () => number;
  #tokens: number;
  #refilledAt: number;

  constructor(options: RetryOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#now = options.now ?? (() => performance.now());
    this.#tokens = options.budgetMax;
    this.#refilledAt = this.#now();
  }

  /** Each call, when it begins, pays its share into the budget. */
  countCall(): void {
    this.#add(this.#options.budgetRatio);
  }

  /**
   * Milliseconds to wait before a read is tried again, or undefined where it is not: the failure would come again, `retries`
   * are used up, the wait would outlast `remainingMs`, or too many calls are being retried already.
   * The wait is full jitter: anything from nothing to the backoff. A connection that was reset before any answer is replaced
   * at once the first time: nearly always the upstream closed it, idle, just as it was used again.
   */
  waitMs(outcome: Exchanged, retries: number, remainingMs: number): number | undefined {
    if (retries >= this.#options.maxRetries) return undefined;
    const leastMs = this.#leastWaitMs(outcome);
    if (leastMs === undefined || leastMs > this.#options.maxRetryAfterMs) return undefined;
    const isStaleConnection = outcome.kind === 'cut' && outcome.status === undefined && retries === 0;
    const waitMs = isStaleConnection ? 0 : leastMs + this.#random() * this.#options.backoffMs * 2 ** retries;
    return waitMs < remainingMs && this.#spend() ? waitMs : undefined;
  }

  /** What the upstream asks for; undefined where another try would not help. 429 without a time is no invitation. */
  #leastWaitMs(outcome: Exchanged): number | undefined {
    if (outcome.kind === 'malformed') return undefined;
    if (outcome.kind !== 'answered') return 0;
    const seconds = parseRetryAfter(single(outcome.headers, 'retry-after'));
    if (outcome.status === 429) return seconds === undefined ? undefined : seconds * 1000;
    return RETRIED_STATUS.has(outcome.status) ? (seconds ?? 0) * 1000 : undefined;
  }

  #spend(): boolean {
    const now = this.#now();
    this.#add(((now - this.#refilledAt) / 1000) * this.#options.budgetFloorPerSecond);
    this.#refilledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  #add(tokens: number): void {
    this.#tokens = Math.min(this.#options.budgetMax, this.#tokens + tokens);
  }
}
