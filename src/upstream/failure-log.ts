import type { Logger } from '../log.js';
import type { Service, UpstreamCall } from './client/call.js';
import { causesOf } from './client/errors/causes.js';
import { UpstreamAborted, UpstreamError, UpstreamNotFound } from './client/errors/upstream-errors.js';

/** The part of a call that identifies it. */
type LoggedCall = Pick<UpstreamCall, 'operation' | 'path' | 'query'> & { readonly method: string };

/** The last failure of a call. */
interface Failure {
  readonly cause: string;
  /** Whether the answer was unusable. Such a call is reported as succeeded first, and then as failed. */
  readonly isUnusable: boolean;
  hasSucceeded: boolean;
}

/**
 * Logs the causes of failed upstream calls at `warn`, under one request id. A cause is logged when the first call fails with it,
 * and again only after all calls that failed with it have succeeded or failed for another cause. So it is logged once for an
 * operation, and once per change for a watch that polls the same paths for days.
 *
 * A 404 (the object does not exist) and a call that its client cancelled are not failures.
 */
export class FailureLog {
  readonly #logger: Logger;
  readonly #requestId: string;
  readonly #maxRemembered: number;
  /** By call. Created by the first failure, to save memory. */
  #failures: Map<string, Failure> | undefined;

  /** If more than `maxRemembered` calls fail, all are forgotten, and their causes are logged again. */
  constructor(logger: Logger, requestId: string, maxRemembered: number) {
    this.#maxRemembered = maxRemembered;
    this.#logger = logger;
    this.#requestId = requestId;
  }

  /** A log with the same request id that remembers no failures. */
  createEmpty(): FailureLog {
    return new FailureLog(this.#logger, this.#requestId, this.#maxRemembered);
  }

  /** Records that a call was answered: its next failure is logged. */
  succeeded(service: Service, call: LoggedCall): void {
    if (!this.#failures) return;
    const key = keyOf(service, call);
    const failure = this.#failures.get(key);
    if (failure?.isUnusable && !failure.hasSucceeded) failure.hasSucceeded = true;
    else this.#failures.delete(key);
  }

  /** Logs why a call failed, unless that is logged already. `coalesced`: another operation sent the call, under its own id. */
  failed(service: Service, call: LoggedCall, error: unknown, { coalesced }: { coalesced: boolean }): void {
    const key = keyOf(service, call);
    if (this.#failures?.get(key)?.hasSucceeded || error instanceof UpstreamNotFound) this.#failures?.delete(key);
    this.#log(service, call, error, { isUnusable: false, coalesced });
  }

  /** Logs why an answer is unusable, unless that is logged already. `succeeded` was called for it before. */
  unusable(service: Service, call: LoggedCall, error: unknown): void {
    this.#log(service, call, error, { isUnusable: true, coalesced: false });
  }

  #log(service: Service, call: LoggedCall, error: unknown, how: { isUnusable: boolean; coalesced: boolean }): void {
    if (!(error instanceof UpstreamError) || error instanceof UpstreamAborted || error instanceof UpstreamNotFound)
      return;
    const causes = causesOf(error);
    if (this.#isKnown(keyOf(service, call), JSON.stringify([service, causes]), how.isUnusable)) return;
    const { host, status, retries, sent, requestId: upstreamRequestId } = error.call;
    this.#logger.warn(
      {
        requestId: this.#requestId,
        ...(upstreamRequestId !== this.#requestId && { upstreamRequestId }),
        service,
        host,
        operation: call.operation,
        status,
        retries,
        sent,
        ...(how.coalesced && { coalesced: true }),
        causes,
      },
      'upstream call failed',
    );
  }

  #isKnown(key: string, cause: string, isUnusable: boolean): boolean {
    this.#failures ??= new Map();
    const isKnown = [...this.#failures.values()].some((failure) => failure.cause === cause);
    if (this.#failures.size >= this.#maxRemembered) this.#failures.clear();
    this.#failures.set(key, { cause, isUnusable, hasSucceeded: false });
    return isKnown;
  }
}

function keyOf(service: Service, { method, path, query }: LoggedCall): string {
  return JSON.stringify([service, method, path, query]);
}
