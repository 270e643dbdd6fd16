/** How often a watch looks. Times in milliseconds. */
export interface PaceOptions {
  readonly intervalMs: number;
  /** 0 to 1; tests give their own. */
  readonly random?: () => number;
}

/** Longest pause while the upstream cannot be asked, unless it asks for a longer one itself. */
const MAX_BACKOFF_MS = 60_000;

/** Looks are spread by a tenth of the interval, so that watches begun together do not stay together. */
const JITTER = 0.1;

/** When the next look is due. A look that takes longer than the interval is followed by the next one at once. */
export class Pace {
  readonly #intervalMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor({ intervalMs, random = Math.random }: PaceOptions) {
    this.#intervalMs = intervalMs;
    this.#random = random;
  }

  /** The pause after a look that took `tookMs` and told something. */
  afterSuccess(tookMs: number): number {
    this.#failures = 0;
    return Math.max(0, this.#jittered(this.#intervalMs) - tookMs);
  }

  /** The pause after a look that failed: twice as long each time, and never before `retryAfter` seconds. */
  afterFailure(retryAfter = 0): number {
    const backoff = backoffMs(this.#intervalMs, this.#failures);
    this.#failures += 1;
    return Math.max(retryAfter * 1000, this.#jittered(backoff));
  }

  #jittered(ms: number): number {
    return ms * (1 - JITTER + 2 * JITTER * this.#random());
  }
}

/** The pause after so many failures before this one: an interval, then twice as long each time, a minute at the most. */
export function backoffMs(intervalMs: number, failuresBefore: number): number {
  return Math.max(intervalMs, Math.min(MAX_BACKOFF_MS, intervalMs * 2 ** failuresBefore));
}
