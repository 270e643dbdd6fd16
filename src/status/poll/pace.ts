import { STATUS_LIMITS, type StatusLimits } from '../limits.js';

/** How often a watch polls, in milliseconds. */
export interface PaceOptions {
  readonly intervalMs: number;
  readonly limits?: StatusLimits;
  /** Returns 0 to 1. Default: Math.random. */
  readonly random?: () => number;
}

/** Computes the pause until the next poll. A poll that takes longer than the interval is followed by the next one at once. */
export class Pace {
  readonly #intervalMs: number;
  readonly #limits: StatusLimits;
  readonly #random: () => number;
  #failures = 0;

  constructor({ intervalMs, limits = STATUS_LIMITS, random = Math.random }: PaceOptions) {
    this.#intervalMs = intervalMs;
    this.#limits = limits;
    this.#random = random;
  }

  /** The pause after a poll that succeeded and took `tookMs`. */
  afterSuccess(tookMs: number): number {
    this.#failures = 0;
    return Math.max(0, this.#jittered(this.#intervalMs) - tookMs);
  }

  /** The pause after a poll that failed: doubles with each failure, and is at least `retryAfter` seconds. */
  afterFailure(retryAfter = 0): number {
    const backoff = backoffMs(this.#intervalMs, this.#failures, this.#limits.maxBackoffMs);
    this.#failures += 1;
    return Math.max(retryAfter * 1000, this.#jittered(backoff));
  }

  #jittered(ms: number): number {
    const { jitter } = this.#limits;
    return ms * (1 - jitter + 2 * jitter * this.#random());
  }
}

/** The pause after a failure: one interval, doubled for each failure before it, at most `maxBackoffMs`. */
export function backoffMs(intervalMs: number, failuresBefore: number, maxBackoffMs: number): number {
  return Math.max(intervalMs, Math.min(maxBackoffMs, intervalMs * 2 ** failuresBefore));
}
