import {
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamUnauthenticated,
} from '../../client/errors/upstream-errors.js';

/** Resolves as the promise does, or with undefined if it takes longer than `patienceMs`. Rejects as the promise does. */
export async function withPatience<Value>(promise: Promise<Value>, patienceMs: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, patienceMs, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
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
