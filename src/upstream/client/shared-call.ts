import { setMaxListeners } from 'node:events';
import { type AbortLike, LightAbort } from '../../light-abort.js';
import { type LinkedEntry, LinkedSet } from '../../linked-set.js';
import type { CallScope } from './call.js';

/** Why a waiter stopped waiting: its deadline passed, its client disconnected, or the upstream client was closed. */
export type CancelReason = 'deadline' | 'aborted' | 'closed';

/** The rejection of a waiter that stops waiting before the call ends; also the abort reason of a call that has no waiters left. */
export class Cancelled extends Error {
  readonly reason: CancelReason;

  constructor(reason: CancelReason) {
    super(reason);
    this.reason = reason;
  }
}

/** The scope of all waiters of a call together. */
export interface SharedScope {
  /** Aborted, with a `Cancelled` as its reason, when the last waiter stops waiting. */
  readonly signal: AbortLike;
  /** Milliseconds until the latest deadline of the waiters, at least 0. */
  remainingMs(): number;
}

const START = Promise.resolve();

interface Waiter<T> {
  readonly deadline: number;
  readonly resolve: (answer: T) => void;
  readonly reject: (error: unknown) => void;
  /** Ends its timer and its listener. */
  leave(): void;
}

/**
 * One call in flight and all its waiters. Each waiter has a deadline and an abort signal; the call itself has neither: it
 * continues while it has a waiter and is aborted when the last one stops waiting.
 * `onEnd` runs once, before any waiter receives the result: no one may start to wait after it.
 */
export class SharedCall<T> implements SharedScope {
  readonly #waiters = new LinkedSet<Waiter<T>>();
  readonly #controller = new LightAbort();
  readonly #onEnd: () => void;
  #ended = false;

  /** `run` starts in the next microtask, after the first waiter was added. It must not throw: it returns a rejected promise. */
  constructor(run: (scope: SharedScope) => Promise<T>, onEnd: () => void = () => {}) {
    this.#onEnd = onEnd;
    START.then(() => {
      run(this).then(
        (answer) => this.#settle((waiter) => waiter.resolve(answer)),
        (error: unknown) => this.#settle((waiter) => waiter.reject(error)),
      );
    });
  }

  get signal(): AbortLike {
    return this.#controller;
  }

  remainingMs(): number {
    const deadlines = [...this.#waiters].map(({ deadline }) => deadline);
    return Math.max(0, ...deadlines.map((deadline) => deadline - performance.now()));
  }

  /**
   * Waits for the answer until `deadline` (on the clock of `performance.now()`) or until the signal aborts; then it rejects with
   * `Cancelled` at once. It uses its own timer because undici's timeouts do not run while a request is queued.
   */
  wait(deadline: number, signal?: CallScope['signal']): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const remainingMs = deadline - performance.now();
      const onAbort = (): void => this.#cancelWaiter(entry, 'aborted');
      const timer = setTimeout(() => this.#cancelWaiter(entry, 'deadline'), Math.max(0, remainingMs));
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const entry = this.#waiters.add({ deadline, resolve, reject, leave });
      if (signal?.aborted) this.#cancelWaiter(entry, 'aborted');
      else if (remainingMs <= 0) this.#cancelWaiter(entry, 'deadline');
      else if (signal) listen(signal, onAbort);
    });
  }

  /** Aborts the call for all waiters. They receive the rejection that `run` ends with. */
  cancel(): void {
    this.#abort('closed');
  }

  #settle(tell: (waiter: Waiter<T>) => void): void {
    this.#end();
    for (const waiter of this.#waiters) {
      waiter.leave();
      tell(waiter);
    }
  }

  #cancelWaiter(entry: LinkedEntry<Waiter<T>>, reason: CancelReason): void {
    entry.value.leave();
    this.#waiters.delete(entry);
    entry.value.reject(new Cancelled(reason));
    if (this.#waiters.isEmpty) this.#abort(reason);
  }

  #abort(reason: CancelReason): void {
    if (this.#ended) return;
    this.#end();
    this.#controller.abort(new Cancelled(reason));
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
  }
}

/** Each call in flight of an operation listens to the operation's signal: possibly more than the ten at which Node warns of a leak. */
function listen(signal: AbortLike, onAbort: () => void): void {
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
  signal.addEventListener('abort', onAbort, { once: true });
}
