import type { Logger } from '../log.js';
import type { Service, UpstreamCall } from './client/call.js';
import { causesOf } from './client/causes.js';
import { UpstreamAborted, UpstreamError, UpstreamNotFound } from './client/upstream-errors.js';

/** What tells calls apart. */
type LoggedCall = Pick<UpstreamCall, 'operation' | 'path' | 'query'> & { readonly method: string };

/** What a call failed of last. */
interface Failure {
  readonly cause: string;
  /** Whether it was answered, with something of no use: then the call is seen to succeed before it is seen to fail. */
  readonly isUnusable: boolean;
  hasSucceeded: boolean;
}

/** Failing calls that are remembered; beyond it, causes are logged again. */
const MAX_REMEMBERED = 1_000;

/**
 * Logs the cause of failed upstream calls under a request id, at `warn`. A cause is logged when the first call meets it, and
 * again only after all calls that met it have succeeded or failed otherwise: once for an operation, and once per change of
 * cause for a watch that polls the same paths for days.
 *
 * Not failures: a 404, by which the upstream says that there is no such thing, and a call that its client has left.
 */
export class FailureLog {
  readonly #log: Logger;
  readonly #requestId: string;
  /** Absent until a call fails. */
  #failures: Map<string, Failure> | undefined;

  constructor(log: Logger, requestId: string) {
    this.#log = log;
    this.#requestId = requestId;
  }

  /** One with the same request id that has logged nothing yet. */
  anew(): FailureLog {
    return new FailureLog(this.#log, this.#requestId);
  }

  /** Notes that a call was answered; its next failure is a change. */
  succeeded(service: Service, call: LoggedCall): void {
    if (!this.#failures) return;
    const key = keyOf(service, call);
    const failure = this.#failures.get(key);
    if (failure?.isUnusable && !failure.hasSucceeded) failure.hasSucceeded = true;
    else this.#failures.delete(key);
  }

  /** Logs why a call failed, unless it is known. `joined`: another operation sent it, under its own id. */
  failed(service: Service, call: LoggedCall, error: unknown, joined = false): void {
    const key = keyOf(service, call);
    if (this.#failures?.get(key)?.hasSucceeded || error instanceof UpstreamNotFound) this.#failures?.delete(key);
    this.#note(service, call, error, { isUnusable: false, joined });
  }

  /** Logs why an answer is of no use, unless it is known; `succeeded` was called for it before. */
  unusable(service: Service, call: LoggedCall, error: unknown): void {
    this.#note(service, call, error, { isUnusable: true, joined: false });
  }

  #note(service: Service, call: LoggedCall, error: unknown, how: { isUnusable: boolean; joined: boolean }): void {
    if (!(error instanceof UpstreamError) || error instanceof UpstreamAborted || error instanceof UpstreamNotFound)
      return;
    const causes = causesOf(error);
    if (this.#isKnown(keyOf(service, call), JSON.stringify([service, causes]), how.isUnusable)) return;
    const { host, status, retries, sent, requestId: upstreamRequestId } = error.call;
    this.#log.warn(
      {
        requestId: this.#requestId,
        ...(upstreamRequestId !== this.#requestId && { upstreamRequestId }),
        service,
        host,
        operation: call.operation,
        status,
        retries,
        sent,
        ...(how.joined && { joined: true }),
        causes,
      },
      'upstream call failed',
    );
  }

  #isKnown(key: string, cause: string, isUnusable: boolean): boolean {
    this.#failures ??= new Map();
    const isKnown = [...this.#failures.values()].some((failure) => failure.cause === cause);
    if (this.#failures.size >= MAX_REMEMBERED) this.#failures.clear();
    this.#failures.set(key, { cause, isUnusable, hasSucceeded: false });
    return isKnown;
  }
}

function keyOf(service: Service, { method, path, query }: LoggedCall): string {
  return JSON.stringify([service, method, path, query]);
}
