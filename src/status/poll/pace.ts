/** How often a watch polls, in milliseconds. */
export interface PaceOptions {
  readonly intervalMs: number;
  /** Returns 0 to 1. Default: Math.random. */
  readonly random?: () => number;
}

/** Longest pause while the upstream fails, unless its Retry-After is longer. */
const MAX_BACKOFF_MS = 60_000;

/** Pauses vary by a tenth of the interval, so that watches that started together spread out. */
const JITTER = 0.1;

/** Computes the pause until the next poll. A poll that takes longer than the interval is followed by the next one at once. */
export class Pace {
  readonly #intervalMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor({ intervalMs, random = Math.random }: PaceOptions) {
    this.#intervalMs = intervalMs;
    this.#random = random;
  }

  /** The pause after a poll that succeeded and took `tookMs`. */
  afterSuccess(tookMs: number): number {
    this.#failures = 0;
    return Math.max(0, this.#jittered(this.#intervalMs) - tookMs);
  }

  /** The pause after a poll that failed: doubles with each failure, and is at least `retryAfter` seconds. */
  afterFailure(retryAfter = 0): number {
    const backoff = backoffMs(this.#intervalMs, this.#failures);
    this.#failures += 1;
    return Math.max(retryAfter * 1000, this.#jittered(backoff));
  }

  #jittered(ms: number): number {
    return ms * (1 - JITTER + 2 * JITTER * this.#random());
  }
}

/** The pause after a failure: one interval, doubled for each failure before it, at most a minute. */
export function backoffMs(intervalMs: number, failuresBefore: number): number {
  return Math.max(intervalMs, Math.min(MAX_BACKOFF_MS, intervalMs * 2 ** failuresBefore));
}
