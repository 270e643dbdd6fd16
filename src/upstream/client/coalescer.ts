interface Entry<T> {
  /** Undefined when it has ended: a replaced table of the Map may hold the entry for long (see `LinkedSet`), but not the call. */
  call: T | undefined;
  /** On the clock of `performance.now()`. */
  readonly until: number;
}

/**
 * Calls in flight with which an identical call can be coalesced. A call is removed when it ends.
 * Calls are grouped by the caller's identity, not by its fingerprint: two refs may name one branch, so a write under one ref
 * stops coalescing under all refs.
 */
export class Coalescer<T> {
  readonly #byIdentity = new Map<string, Map<string, Entry<T>>>();

  /**
   * Returns the call in flight under this key, or starts one. `start` receives a function to run when its call ends.
   * A call accepts waiters for its first `maxAgeMs` only, so that a call that hangs does not hold all later callers.
   * The key must include the credential of the call.
   */
  startOrCoalesce(
    identity: string,
    key: string,
    maxAgeMs: number,
    start: (onEnd: () => void) => T,
  ): { call: T; coalesced: boolean } {
    const now = performance.now();
    const known = this.#byIdentity.get(identity)?.get(key);
    if (known?.call && now < known.until) return { call: known.call, coalesced: true };

    const entry: Entry<T> = { call: undefined, until: now + maxAgeMs };
    const call = start(() => this.#remove(identity, key, entry));
    entry.call = call;
    this.#add(identity, key, entry);
    return { call, coalesced: false };
  }

  /** The calls of this identity that are in flight now accept no further waiters. They continue for the waiters they have. */
  stopCoalescing(identity: string): void {
    this.#byIdentity.delete(identity);
  }

  /** Number of calls that still accept waiters. */
  get size(): number {
    return [...this.#byIdentity.values()].reduce((sum, calls) => sum + calls.size, 0);
  }

  #add(identity: string, key: string, entry: Entry<T>): void {
    const calls = this.#byIdentity.get(identity);
    if (calls) calls.set(key, entry);
    else this.#byIdentity.set(identity, new Map([[key, entry]]));
  }

  #remove(identity: string, key: string, entry: Entry<T>): void {
    entry.call = undefined;
    const calls = this.#byIdentity.get(identity);
    if (calls?.get(key) !== entry) return;
    calls.delete(key);
    if (calls.size === 0) this.#byIdentity.delete(identity);
  }
}
