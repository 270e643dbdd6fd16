import {
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamUnauthenticated,
} from '../../client/errors/upstream-errors.js';

/** Resolves as the promise does, or with undefined if it takes longer than `patienceMs`. Rejects as the promise does. */
export function withPatience<Value>(promise: Promise<Value>, patienceMs: number): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, patienceMs, undefined);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** For the failure of a probe: undefined, as if it were late. Throws the errors that a read without a probe would have too. */
export function unlessFinal(error: unknown): undefined {
  if (
    error instanceof UpstreamUnauthenticated ||
    error instanceof UpstreamForbidden ||
    error instanceof UpstreamNotFound ||
    error instanceof UpstreamRateLimited
  ) {
    throw error;
  }
}
