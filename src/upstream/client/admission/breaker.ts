/**
 * What an attempt says about the upstream's health. `alive`: it answered below 500, 4xx and 429 included. `unreachable`: no
 * connection, which no request can be the cause of. `failing`: 5xx, timeout, or a connection lost. `none`: nothing was learnt.
 */
export type Verdict = 'alive' | 'unreachable' | 'failing' | 'none';

export type BreakerState = 'closed' | 'half-open' | 'open';

export interface BreakerOptions {
  /** Only attempts of this last time count. */
  readonly windowMs: number;
  /** Fewer attempts than this in the window prove nothing. */
  readonly minAttempts: number;
  /** How long calls are refused before one is tried; also how long that one keeps others from being tried. */
  readonly openMs: number;
  readonly onChange?: (state: BreakerState) => void;
  /** Milliseconds; `performance.now` unless told. */
  readonly now?: () => number;
}

/** Tells the breaker how the attempt went. Exactly once for each attempt that was let through. */
export type Report = (verdict: Verdict) => void;

interface Outcome {
  readonly at: number;
  readonly identity: string;
  readonly verdict: Exclude<Verdict, 'none'>;
}

/** Busy gateways are judged by their latest attempts: judging looks at each of them. */
const MAX_OUTCOMES = 200;

/**
 * Circuit breaker of one upstream. It opens when at least half of the attempts in the window failed, and that is not one
 * caller's own doing:
 * - most of the attempts found no connection, whoever made them; or
 * - at least two callers, and at least half of those seen, fail more often than not; or
 * - nobody else is there: then it also stays open for that caller alone, and the first other caller is the trial.
 * Open, it refuses. After `openMs` one attempt is let through (half-open): it closes the breaker or opens it again.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #now: () => number;
  #outcomes: Outcome[] = [];
  #state: BreakerState = 'closed';
  /** When the next attempt may be tried, while not closed. */
  #nextTrialAt = 0;
  /** The one caller whose failures opened the breaker, where it was only one. */
  #culprit: string | undefined;
  #trial = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whole seconds until a call may be let through, at least 1. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((this.#nextTrialAt - this.#now()) / 1000));
  }

  /** Lets an attempt of this identity through, or refuses it (undefined). */
  admit(identity: string): Report | undefined {
    if (this.#state === 'closed') return (verdict) => this.#record(identity, verdict);
    return this.#mayTry(identity) ? this.#startTrial(identity) : undefined;
  }

  /** Whether `admit` would refuse now. Asked before queueing, where no attempt follows at once. */
  refuses(identity: string): boolean {
    return this.#state !== 'closed' && !this.#mayTry(identity);
  }

  #mayTry(identity: string): boolean {
    return this.#now() >= this.#nextTrialAt || (this.#culprit !== undefined && this.#culprit !== identity);
  }

  #startTrial(identity: string): Report {
    const trial = ++this.#trial;
    if (identity !== this.#culprit) this.#culprit = undefined;
    this.#nextTrialAt = this.#now() + this.#options.openMs;
    this.#become('half-open');
    return (verdict) => {
      // A trial that took too long, or was one caller's alone, may have been followed by another.
      if (this.#state !== 'half-open' || trial !== this.#trial) return;
      if (verdict === 'alive') this.#close();
      else if (verdict === 'none') this.#nextTrialAt = this.#now();
      else this.#open(this.#culprit);
    };
  }

  #record(identity: string, verdict: Verdict): void {
    if (this.#state !== 'closed' || verdict === 'none') return;
    this.#outcomes.push({ at: this.#now(), identity, verdict });
    if (this.#outcomes.length > MAX_OUTCOMES) this.#outcomes.shift();
    if (verdict !== 'alive') this.#judge();
  }

  #judge(): void {
    const since = this.#now() - this.#options.windowMs;
    this.#outcomes = this.#outcomes.filter(({ at }) => at >= since);
    const failures = this.#outcomes.filter(({ verdict }) => verdict !== 'alive');
    const unreachable = failures.filter(({ verdict }) => verdict === 'unreachable');
    const isHalf = (count: number): boolean => count * 2 >= this.#outcomes.length;
    if (this.#outcomes.length < this.#options.minAttempts || !isHalf(failures.length)) return;

    const attempts = countByTurn(this.#outcomes);
    const failing = [...countByTurn(failures)].filter(
      ([identity, failed]) => failed * 2 >= (attempts.get(identity) ?? 0),
    );
    const [onlyTurn] = attempts.keys();
    if (isHalf(unreachable.length)) this.#open(undefined);
    else if (attempts.size === 1) this.#open(onlyTurn);
    else if (failing.length >= 2 && failing.length * 2 >= attempts.size) this.#open(undefined);
  }

  #open(culprit: string | undefined): void {
    this.#culprit = culprit;
    this.#outcomes = [];
    this.#nextTrialAt = this.#now() + this.#options.openMs;
    this.#become('open');
  }

  #close(): void {
    this.#culprit = undefined;
    this.#outcomes = [];
    this.#become('closed');
  }

  #become(state: BreakerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onChange?.(state);
  }
}

function countByTurn(outcomes: readonly Outcome[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { identity } of outcomes) counts.set(identity, (counts.get(identity) ?? 0) + 1);
  return counts;
}
