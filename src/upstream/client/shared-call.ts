import { setMaxListeners } from 'node:events';
import type { CallScope } from './call.js';

/** Why somebody stopped waiting for a call: its deadline, its client left, or the upstream client was closed. */
export type LeaveReason = 'deadline' | 'aborted' | 'closed';

/** Rejection of those who leave a call before it has ended; also the reason by which an abandoned call is aborted. */
export class Left extends Error {
  readonly reason: LeaveReason;

  constructor(reason: LeaveReason) {
    super(reason);
    this.reason = reason;
  }
}

/** What a call under way knows of those who wait for it. */
export interface Course {
  /** Aborted, with a `Left` as its reason, when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Milliseconds until the last of those who wait gives up. */
  remainingMs(): number;
}

/**
 * One call under way and everybody who waits for its answer. Each has a deadline and an abort signal of its own; the call has
 * none: it goes on while anybody waits and is aborted when the last one has left.
 * `onEnd` runs once, before anybody learns how the call ended: from then on nobody may board.
 */
export class Flight<T> {
  readonly #passengers = new Set<{ readonly deadline: number }>();
  readonly #abandoned = new AbortController();
  readonly #onEnd: () => void;
  readonly #result: Promise<T>;
  #ended = false;

  /** `run` starts in the next microtask, when the first passenger has boarded. */
  constructor(run: (course: Course) => Promise<T>, onEnd: () => void = () => {}) {
    this.#onEnd = onEnd;
    this.#result = this.#run(run);
    // A call whose last passenger has left rejects, and nobody is there to hear it.
    this.#result.catch(() => {});
  }

  /**
   * Waits for the answer, until `deadline` (on the clock of `performance.now()`) or the signal aborts: rejects with `Left` then,
   * at once, whatever the call is doing. The clock is ours because undici's timeouts rest while a request is queued.
   */
  board(deadline: number, signal?: CallScope['signal']): Promise<T> {
    const passenger = { deadline };
    this.#passengers.add(passenger);
    return new Promise<T>((resolve, reject) => {
      const depart = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#passengers.delete(passenger);
      };
      const leave = (reason: LeaveReason): void => {
        depart();
        reject(new Left(reason));
        if (this.#passengers.size === 0) this.#abandon(reason);
      };
      const onAbort = (): void => leave('aborted');
      const timer = setTimeout(() => leave('deadline'), Math.max(0, deadline - performance.now()));
      this.#result.then(
        (answer) => {
          depart();
          resolve(answer);
        },
        (error: unknown) => {
          depart();
          reject(error);
        },
      );
      if (signal?.aborted) leave('aborted');
      else if (deadline <= performance.now()) leave('deadline');
      else if (signal) listen(signal, onAbort);
    });
  }

  /** Ends the call for everybody. Those who wait get the rejection that the call makes of the abort. */
  cancel(): void {
    this.#abandon('closed');
  }

  async #run(run: (course: Course) => Promise<T>): Promise<T> {
    await undefined;
    try {
      return await run({ signal: this.#abandoned.signal, remainingMs: () => this.#remainingMs() });
    } finally {
      this.#end();
    }
  }

  #remainingMs(): number {
    const deadlines = [...this.#passengers].map(({ deadline }) => deadline);
    return Math.max(0, ...deadlines.map((deadline) => deadline - performance.now()));
  }

  #abandon(reason: LeaveReason): void {
    if (this.#ended) return;
    this.#end();
    this.#abandoned.abort(new Left(reason));
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
  }
}

/** One operation's signal is listened to by each of its calls in flight: more than the ten that Node takes for a leak. */
function listen(signal: AbortSignal, onAbort: () => void): void {
  setMaxListeners(0, signal);
  signal.addEventListener('abort', onAbort, { once: true });
}
