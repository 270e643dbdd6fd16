interface Joinable<T> {
  readonly call: T;
  /** On the clock of `performance.now()`. */
  readonly until: number;
}

/**
 * Calls in flight that an identical call may join. Nothing is kept after a call has ended.
 * Calls are filed by the caller's turn: two refs may name one branch, so a write under one ref ends joining under all.
 */
export class JoinableCalls<T> {
  readonly #byTurn = new Map<string, Map<string, Joinable<T>>>();

  /**
   * The call in flight under this key, or a new one. `start` gets what it has to run when its call ends.
   * A call is joined during its first `joinableMs` only: one that is stuck would otherwise hold everybody who asks again.
   * The key must name whose credential the call carries.
   */
  join(turn: string, key: string, joinableMs: number, start: (onEnd: () => void) => T): { call: T; joined: boolean } {
    const now = performance.now();
    const known = this.#byTurn.get(turn)?.get(key);
    if (known && now < known.until) return { call: known.call, joined: true };

    let entry: Joinable<T> | undefined;
    const call = start(() => entry && this.#forget(turn, key, entry));
    entry = { call, until: now + joinableMs };
    this.#file(turn, key, entry);
    return { call, joined: false };
  }

  /** Calls of this turn that are in flight now go on for those who wait, and take nobody on any more. */
  endJoining(turn: string): void {
    this.#byTurn.delete(turn);
  }

  /** Calls that can be joined now. */
  get size(): number {
    return [...this.#byTurn.values()].reduce((sum, calls) => sum + calls.size, 0);
  }

  #file(turn: string, key: string, entry: Joinable<T>): void {
    const calls = this.#byTurn.get(turn);
    if (calls) calls.set(key, entry);
    else this.#byTurn.set(turn, new Map([[key, entry]]));
  }

  #forget(turn: string, key: string, entry: Joinable<T>): void {
    const calls = this.#byTurn.get(turn);
    if (calls?.get(key) !== entry) return;
    calls.delete(key);
    if (calls.size === 0) this.#byTurn.delete(turn);
  }
}
