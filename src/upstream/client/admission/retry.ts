import type { Exchanged } from '../exchange.js';
import { single } from '../headers.js';
import { parseRetryAfter } from './retry-after.js';

export interface RetryOptions {
  /** Attempts after the first. */
  readonly maxRetries: number;
  /** Longest wait before the first retry, in milliseconds; it doubles with each retry. */
  readonly backoffMs: number;
  /** A read is not retried if `Retry-After` is longer than this: the client gets the error, and can wait itself. */
  readonly maxRetryAfterMs: number;
  /** Retries that each call adds to the budget: 0.15 limits retries to 15 % of the calls. */
  readonly budgetRatio: number;
  /** Retries that each second adds to the budget, whatever the traffic. */
  readonly budgetFloorPerSecond: number;
  /** Most retries that the budget can hold. */
  readonly budgetMax: number;
  /** From 0 up to 1; `Math.random` by default. */
  readonly random?: () => number;
  /** Milliseconds; `performance.now` by default. */
  readonly now?: () => number;
}

const RETRIED_STATUS = new Set([502, 503, 504]);

/** Decides whether and when a read is retried. There is one for each upstream: all callers share its budget. */
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

  /** Adds the share of one call to the budget. Called once when a call starts. */
  countCall(): void {
    this.#add(this.#options.budgetRatio);
  }

  /**
   * Milliseconds to wait before a read is retried. Undefined if it is not: a retry would fail too, `retries` has reached its
   * maximum, the wait is longer than `remainingMs`, or the budget is spent.
   * The wait has full jitter (a random time from 0 to the backoff). If a connection was reset before any answer, the first retry
   * starts at once: nearly always the upstream had just closed an idle connection.
   */
  waitMs(outcome: Exchanged, retries: number, remainingMs: number): number | undefined {
    if (retries >= this.#options.maxRetries) return undefined;
    const leastMs = this.#leastWaitMs(outcome);
    if (leastMs === undefined || leastMs > this.#options.maxRetryAfterMs) return undefined;
    const isStaleConnection = outcome.kind === 'cut' && outcome.status === undefined && retries === 0;
    const waitMs = isStaleConnection ? 0 : leastMs + this.#random() * this.#options.backoffMs * 2 ** retries;
    return waitMs < remainingMs && this.#spend() ? waitMs : undefined;
  }

  /** The wait that the upstream asks for, in milliseconds; undefined if a retry would not help, as for a 429 without a time. */
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
