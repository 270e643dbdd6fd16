import type { ExecutionResult } from 'graphql';

/**
 * Takes the results of a subscription one by one: the next is asked for when `deliver` has settled, so whoever reads slowly
 * slows its source down. Resolves after the last one, and after one that ends the subscription (see `endsSubscription`).
 * When `signal` is aborted it resolves at once, even if the source is silent. Unless the source ended by itself, its
 * `return` is called exactly once.
 */
export async function pumpResults(
  source: AsyncIterable<ExecutionResult>,
  signal: AbortSignal,
  deliver: (result: ExecutionResult) => Promise<void>,
): Promise<void> {
  const results = source[Symbol.asyncIterator]();
  const close = once(() => leave(results));
  // Not only after the loop: `deliver` may be waiting for a client that does not read.
  signal.addEventListener('abort', close, { once: true });
  try {
    while (!signal.aborted) {
      const step = await nextUnlessAborted(results, signal);
      if (step?.done) return signal.removeEventListener('abort', close);
      if (step) await deliver(step.value);
      if (step && endsSubscription(step.value)) break;
    }
  } finally {
    signal.removeEventListener('abort', close);
  }
  close();
}

/** A result without `data` is no event but the reason why there will be none any more. */
export function endsSubscription(result: ExecutionResult): boolean {
  return !('data' in result);
}

/** Undefined when aborted. Not a race with one long-lived promise, which would keep every step that it lost. */
function nextUnlessAborted<Value>(
  iterator: AsyncIterator<Value>,
  signal: AbortSignal,
): Promise<IteratorResult<Value> | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}

/** What the source does with being left is its own affair: there is nobody to tell. */
function leave(iterator: AsyncIterator<unknown>): void {
  iterator.return?.().catch(() => undefined);
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
