import {
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamUnauthenticated,
} from '../client/upstream-errors.js';

/** A probe that takes longer than this keeps nothing else waiting. */
const PATIENCE_MS = 3_000;

/** What the promise gives within `patienceMs` (3 s); undefined when it takes longer. Rejects as the promise does. */
export async function withPatience<Value>(
  promise: Promise<Value>,
  patienceMs = PATIENCE_MS,
): Promise<Value | undefined> {
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
