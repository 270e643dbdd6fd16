import { LRUCache } from 'lru-cache';
import type { Caller } from '../call.js';

export interface CallBudgetOptions {
  /** Calls of one account in any `windowMs`. */
  readonly maxCalls: number;
  readonly windowMs: number;
  /** The account that a call of this caller counts for. */
  readonly accountOf: (caller: Caller) => string;
  /** Accounts that are remembered. One that is forgotten has its whole budget again. */
  readonly maxAccounts: number;
}

interface SentCall {
  readonly identity: string;
  readonly at: number;
}

/**
 * The calls that each account may send in a time, for an upstream that refuses further ones. Accounts do not take from each other.
 * The last quarter of a budget is kept for callers that have not used their share of it: one that sends much cannot lock out the
 * others of its account. Counts what this process sends.
 */
export class CallBudget {
  readonly #options: CallBudgetOptions;
  readonly #sent: LRUCache<string, SentCall[]>;

  constructor(options: CallBudgetOptions) {
    this.#options = options;
    this.#sent = new LRUCache({ max: options.maxAccounts });
  }

  /** Counts a call that is sent now. If there is no room for it, it is not counted, and the seconds until there is are returned. */
  take(caller: Caller): number | undefined {
    const { accountOf, maxCalls, windowMs } = this.#options;
    const account = accountOf(caller);
    const now = performance.now();
    const sent = this.#recent(account, now);
    const { identity } = caller;
    const first = sent[0];
    if (first && (sent.length >= maxCalls || (sent.length >= maxCalls * 0.75 && this.#hasItsShare(identity, sent)))) {
      return Math.ceil((first.at + windowMs - now) / 1000);
    }
    sent.push({ identity, at: now });
    this.#sent.set(account, sent);
    return undefined;
  }

  /** How much of its budget the account has used that used most: 0 to 1. */
  get used(): number {
    const now = performance.now();
    let most = 0;
    for (const account of this.#sent.keys()) most = Math.max(most, this.#recent(account, now).length);
    return most / this.#options.maxCalls;
  }

  /** Whether a caller has used as much as it may if all callers of the account, itself included, use the same. False if it is alone. */
  #hasItsShare(identity: string, sent: readonly SentCall[]): boolean {
    const callers = new Set(sent.map((call) => call.identity));
    if (callers.size === 1 && callers.has(identity)) return false;
    const own = sent.filter((call) => call.identity === identity).length;
    return own >= this.#options.maxCalls / callers.add(identity).size;
  }

  /** The calls of an account in the current window, oldest first. */
  #recent(account: string, now: number): SentCall[] {
    const sent = this.#sent.peek(account) ?? [];
    const start = now - this.#options.windowMs;
    const firstRecent = sent.findIndex(({ at }) => at > start);
    if (firstRecent !== 0) sent.splice(0, firstRecent < 0 ? sent.length : firstRecent);
    return sent;
  }
}
