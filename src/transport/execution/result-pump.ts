import type { ExecutionResult } from 'graphql';
import type { AbortLike } from '../../light-abort.js';
import type { ResultPart } from './result-parts.js';

/** A result, or a part of one, before its errors are masked. */
export interface RawResult
  extends Omit<ExecutionResult, 'errors'>,
    Partial<Pick<ResultPart, 'incremental' | 'hasNext'>> {
  readonly errors?: readonly unknown[];
}

type Step = IteratorResult<RawResult>;
type Deliver = (result: ExecutionResult) => Promise<void>;

/**
 * Delivers the results of a subscription, or the parts of a result, one at a time: it requests the next one when `deliver` has settled, so a client that
 * reads slowly slows its source down. `finish` makes each result fit for clients. Unless the source ended by itself, its
 * `return` is called exactly once. There is a `stop` method and no listener on a signal for each step, because thousands of
 * subscriptions wait at the same time.
 */
export class ResultPump {
  readonly #results: AsyncIterator<RawResult>;
  readonly #finish: (result: RawResult) => ExecutionResult;
  readonly #onEnd: () => void;
  #wake: ((step: undefined) => void) | undefined;
  #isOver = false;

  /** `onEnd` is called once, when `run` ends. Every pump must be run. */
  constructor(source: AsyncIterable<RawResult>, finish: (result: RawResult) => ExecutionResult, onEnd: () => void) {
    this.#results = source[Symbol.asyncIterator]();
    this.#finish = finish;
    this.#onEnd = onEnd;
  }

  /** Resolves after the last result, after one that ends the subscription (see `endsSubscription`), and when it is stopped. */
  async run(deliver: Deliver): Promise<void> {
    try {
      while (!this.#isOver) {
        let step: Step | undefined;
        try {
          step = await this.#next();
        } catch (error) {
          // The results reject only if a plugin does.
          step = { done: false, value: { errors: [error] } };
        }
        if (step?.done) this.#isOver = true;
        else if (step) await this.#deliver(step.value, deliver);
      }
    } finally {
      this.stop();
      this.#onEnd();
    }
  }

  /** Runs until `signal` is aborted at the latest; then it resolves at once, unless `deliver` has not settled yet. */
  async runUntil(signal: AbortLike, deliver: Deliver): Promise<void> {
    const stop = () => this.stop();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    await this.run(deliver).finally(() => signal.removeEventListener('abort', stop));
  }

  /** Closes the source, even if it is silent or `deliver` waits for a client that does not read. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    close(this.#results);
    this.#wake?.(undefined);
  }

  async #deliver(raw: RawResult, deliver: Deliver): Promise<void> {
    const result = this.#finish(raw);
    await deliver(result);
    if (endsSubscription(result)) this.stop();
  }

  /** Undefined if stopped. Not a race with one long-lived promise, which would keep every step that lost the race. */
  #next(): Promise<Step | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = resolve;
      this.#results.next().then(resolve, reject);
    });
  }
}

/** A result without `data` is not an event: it says why there are no more events. Parts of a result have `hasNext`. */
export function endsSubscription(result: ExecutionResult): boolean {
  return !('data' in result) && !('hasNext' in result);
}

/** A source that fails to close is ignored: no result can be delivered any more. */
function close(results: AsyncIterator<unknown>): void {
  results.return?.().catch(() => undefined);
}
