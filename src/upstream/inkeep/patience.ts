import {
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamUnauthenticated,
} from '../client/upstream-errors.js';

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

/** Lets a failure pass as "late", unless another way to ask would be answered the same. */
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
