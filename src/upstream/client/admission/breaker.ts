import { diagnose, type Outcome, type Verdict } from './outcomes.js';

export type BreakerState = 'closed' | 'half-open' | 'open';

export interface BreakerOptions {
  /** Only attempts of the last `windowMs` are judged. */
  readonly windowMs: number;
  /** Of these, the latest `maxOutcomes` at most. */
  readonly maxOutcomes: number;
  /** The breaker stays closed while the window has fewer attempts than this. */
  readonly minAttempts: number;
  /** How long calls are refused before a trial is let through; also how long a trial that hangs blocks the next one. */
  readonly openMs: number;
  readonly onChange?: (state: BreakerState) => void;
  /** Milliseconds; `performance.now` by default. */
  readonly now?: () => number;
}

/** Reports how an attempt ended. Must be called once for each attempt that was let through. */
export type Report = (verdict: Verdict) => void;

/** While the breaker is not closed: who is refused, and until when. */
interface Refusal {
  /** The caller that alone is refused, because no other was seen; undefined if all are. */
  readonly identity: string | undefined;
  /** When a trial may start, on the breaker's clock. */
  readonly until: number;
}

/**
 * Circuit breaker of one upstream. `diagnose` says when it opens. Open, it refuses attempts; after `openMs` it lets one trial
 * through (half-open), which closes it or opens it again.
 *
 * If all failures are those of one caller, the requests of that caller may be the cause. So only that caller is refused, and
 * the first attempt of another caller is a trial at once. If that one fails too, all are refused.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #now: () => number;
  #outcomes: Outcome[] = [];
  #state: BreakerState = 'closed';
  #refusal: Refusal = { identity: undefined, until: 0 };
  /** Number of the latest trial. Reports of earlier ones are ignored. */
  #trial = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Whole seconds until a trial may start, at least 1. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((this.#refusal.until - this.#now()) / 1000));
  }

  /** Lets an attempt of this caller through, or refuses it (undefined). */
  admit(identity: string): Report | undefined {
    if (this.#state === 'closed') return (verdict) => this.#record(identity, verdict);
    return this.refuses(identity) ? undefined : this.#startTrial(identity);
  }

  /** Whether `admit` would refuse this caller now. Starts no trial. */
  refuses(identity: string): boolean {
    if (this.#state === 'closed' || this.#now() >= this.#refusal.until) return false;
    return this.#refusal.identity === undefined || this.#refusal.identity === identity;
  }

  #startTrial(identity: string): Report {
    const trial = ++this.#trial;
    // While the refused caller tries, others may too; while another caller tries, no one else may.
    const refused = this.#refusal.identity === identity ? identity : undefined;
    this.#refuse(refused, this.#options.openMs);
    this.#become('half-open');
    return (verdict) => {
      if (this.#state !== 'half-open' || trial !== this.#trial) return;
      if (verdict === 'alive') this.#close();
      else if (verdict === 'none') this.#refuse(refused, 0);
      else this.#open(refused);
    };
  }

  #record(identity: string, verdict: Verdict): void {
    if (this.#state !== 'closed' || verdict === 'none') return;
    this.#outcomes.push({ at: this.#now(), identity, verdict });
    if (this.#outcomes.length > this.#options.maxOutcomes) this.#outcomes.shift();
    if (verdict !== 'alive') this.#openUnlessHealthy();
  }

  #openUnlessHealthy(): void {
    const since = this.#now() - this.#options.windowMs;
    this.#outcomes = this.#outcomes.filter(({ at }) => at >= since);
    if (this.#outcomes.length < this.#options.minAttempts) return;
    const diagnosis = diagnose(this.#outcomes);
    if (diagnosis.kind !== 'healthy') this.#open(diagnosis.kind === 'only-caller' ? diagnosis.identity : undefined);
  }

  #open(identity: string | undefined): void {
    this.#outcomes = [];
    this.#refuse(identity, this.#options.openMs);
    this.#become('open');
  }

  #close(): void {
    this.#outcomes = [];
    this.#become('closed');
  }

  #refuse(identity: string | undefined, forMs: number): void {
    this.#refusal = { identity, until: this.#now() + forMs };
  }

  #become(state: BreakerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onChange?.(state);
  }
}
