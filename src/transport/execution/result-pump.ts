import type { ExecutionResult } from 'graphql';

type Step = IteratorResult<ExecutionResult>;

/**
 * Takes the results of a subscription one by one: the next is asked for when `deliver` has settled, so whoever reads slowly
 * slows its source down. Unless the source ended by itself, its `return` is called exactly once. A class that is told to stop,
 * not a listener on a signal for each step: thousands of them wait at a time.
 */
export class ResultPump {
  readonly #results: AsyncIterator<ExecutionResult>;
  #wake: ((step: undefined) => void) | undefined;
  #isOver = false;

  constructor(source: AsyncIterable<ExecutionResult>) {
    this.#results = source[Symbol.asyncIterator]();
  }

  /** Resolves after the last result, after one that ends the subscription (see `endsSubscription`), and when it is stopped. */
  async run(deliver: (result: ExecutionResult) => Promise<void>): Promise<void> {
    try {
      while (!this.#isOver) {
        const step = await this.#next();
        if (step?.done) this.#isOver = true;
        else if (step) await deliver(step.value);
        if (step && !step.done && endsSubscription(step.value)) break;
      }
    } finally {
      this.stop();
    }
  }

  /** Leaves the source, even while it is silent or `deliver` waits for a client that does not read. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    leave(this.#results);
    this.#wake?.(undefined);
  }

  /** Undefined when stopped. Not a race with one long-lived promise, which would keep every step that it lost. */
  #next(): Promise<Step | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = resolve;
      this.#results.next().then(resolve, reject);
    });
  }
}

/** Pumps until `signal` is aborted at the latest; then it resolves at once, unless `deliver` has still to settle. */
export async function pumpResults(
  source: AsyncIterable<ExecutionResult>,
  signal: AbortSignal,
  deliver: (result: ExecutionResult) => Promise<void>,
): Promise<void> {
  const pump = new ResultPump(source);
  const stop = () => pump.stop();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  await pump.run(deliver).finally(() => signal.removeEventListener('abort', stop));
}

/** A result without `data` is no event but the reason why there will be none any more. */
export function endsSubscription(result: ExecutionResult): boolean {
  return !('data' in result);
}

/** What the source does with being left is its own affair: there is nobody to tell. */
function leave(iterator: AsyncIterator<unknown>): void {
  iterator.return?.().catch(() => undefined);
}
