import type { Dispatcher } from 'undici';
import type { AbortLike } from '../../light-abort.js';
import type { Trace } from '../../tracing.js';
import type { Breaker } from './admission/breaker.js';
import type { CallBudget } from './admission/call-budget.js';
import { type Lane, LaneFull, type Release } from './admission/lane.js';
import type { Verdict } from './admission/outcomes.js';
import type { RetryPolicy } from './admission/retry.js';
import type { Caller, LaneName, Service, UpstreamAnswer, UpstreamCall } from './call.js';
import { decode } from './decode.js';
import {
  type FailedCall,
  UpstreamRateLimited,
  UpstreamTimeout,
  UpstreamUnavailable,
} from './errors/upstream-errors.js';
import { type Exchanged, type ExchangeLimits, exchange, maxBytesFor } from './exchange.js';
import { codingsOf, requestHeaders } from './headers.js';
import { ParsedBodies, type ParsedBodiesLimits } from './parsed-bodies.js';
import type { Target } from './path.js';
import { parseUtf8Json, readAnswer } from './read-answer.js';
import { Cancelled, type SharedScope } from './shared-call.js';
import { UpdateMethodChoice } from './update-method.js';

/** A call that is ready to be sent. */
export interface Job {
  readonly caller: Caller;
  readonly call: UpstreamCall;
  readonly target: Target;
  readonly requestId: string;
  /** JSON text. */
  readonly body: string | undefined;
  /** The trace of the operation that sends it. */
  readonly trace?: Trace | undefined;
  /** The span of this call, below it. */
  readonly span?: Trace | undefined;
}

/** Progress of a job, readable while it runs: an error of a waiter that stops waiting is built from it. */
export interface Progress {
  /** Attempts that lane and breaker let through. */
  attempts: number;
  /** Whether the first byte of any attempt was written. */
  sent: boolean;
  /** Status of an answer whose body may not have arrived yet. */
  status?: number;
  /** Time that all attempts have waited for a slot of the lane. */
  laneWaitMs: number;
  /** Error of the last attempt, if it is retried. */
  failure?: unknown;
}

export interface TimedLane {
  readonly lane: Lane;
  readonly deadlineMs: number;
}

interface SendLimits extends ExchangeLimits {
  readonly maxContentCodings: number;
  /** `retryAfter` of calls that a full lane refuses. */
  readonly laneRetryAfterSeconds: number;
  readonly parsedBodies: ParsedBodiesLimits;
}

export interface SenderParts {
  readonly service: Service;
  readonly base: URL;
  readonly pool: Dispatcher;
  readonly lanes: Readonly<Record<LaneName, TimedLane>>;
  readonly breaker: Breaker;
  readonly budget: CallBudget | undefined;
  readonly retries: RetryPolicy;
  readonly limits: SendLimits;
  readonly onRetry: (call: UpstreamCall) => void;
}

/** Sends jobs through lane, breaker and network, and retries reads. */
export class Sender {
  readonly #parts: SenderParts;
  /** Error of the latest attempt of any caller, if the breaker counts it as a failure; undefined otherwise. */
  #lastFailure: unknown;
  readonly #updateMethod = new UpdateMethodChoice();
  readonly #parsed: ParsedBodies;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#parsed = new ParsedBodies(parts.limits.parsedBodies);
  }

  /**
   * Sends a job and returns its answer. Rejects with an UpstreamError, or with the signal's reason as soon as it aborts. A write
   * is never sent twice, unless there is no route for its method. A lane slot is held during each attempt, and not during the
   * wait for a retry.
   */
  async send(given: Job, progress: Progress, scope: SharedScope): Promise<UpstreamAnswer> {
    const { retries, breaker, onRetry } = this.#parts;
    retries.countCall();
    let job = given.call.isUpdate ? { ...given, call: this.#updateMethod.apply(given.call) } : given;
    let isAlternative = false;
    for (;;) {
      const release = this.#tryAcquire(job, progress) ?? (await this.#acquire(job, progress, scope.signal));
      const exchanged = await this.#exchange(job, progress, scope.signal, release);
      const alternative = isAlternative ? undefined : this.#updateMethod.alternative(job.call, exchanged);
      if (alternative) {
        job = { ...job, call: alternative };
        isAlternative = true;
        continue;
      }
      this.#updateMethod.answered(job.call, exchanged);
      const mayRetry = isFailure(exchanged) && job.call.method === 'GET' && !breaker.refuses(job.caller.identity);
      const waitMs = mayRetry ? retries.waitMs(exchanged, progress.attempts - 1, scope.remainingMs()) : undefined;
      if (waitMs === undefined) return this.#read(exchanged, job, progress);
      progress.failure = this.#errorOf(exchanged, job, progress);
      job.span?.note('retry', { 'gateway.upstream.retry_wait_ms': Math.round(waitMs) });
      await pause(waitMs, scope.signal);
      onRetry(job.call);
    }
  }

  /** The facts for the error of a job. */
  facts({ call, target }: Job, { attempts, sent }: Progress): FailedCall {
    const { service, base } = this.#parts;
    const { operation, method } = call;
    return {
      service,
      host: base.host,
      operation,
      method,
      path: target.pathname,
      retries: Math.max(0, attempts - 1),
      sent,
    };
  }

  #read(exchanged: Exchanged, job: Job, progress: Progress): UpstreamAnswer | Promise<UpstreamAnswer> {
    const facts = (): FailedCall => this.facts(job, progress);
    if (exchanged.kind !== 'answered' || codingsOf(exchanged.headers).length === 0) {
      return readAnswer(exchanged, job.call, facts, this.#parserFor(job));
    }
    const { limits } = this.#parts;
    const maxBytes = maxBytesFor(exchanged.status, limits);
    const decoded = decode(exchanged, { maxBytes, maxCodings: limits.maxContentCodings });
    return decoded.then((plain) => readAnswer(plain, job.call, facts, this.#parserFor(job)));
  }

  /** Probes are parsed each time: the upstream changes `updatedAt` with each. */
  #parserFor({ call, caller, target }: Job): (bytes: Buffer) => unknown {
    if (call.method !== 'GET' || call.lane === 'probe') return parseUtf8Json;
    return (bytes) => this.#parsed.read(`${caller.fingerprint} ${target.path}`, bytes, parseUtf8Json);
  }

  #errorOf(exchanged: Exchanged, job: Job, progress: Progress): unknown {
    try {
      return readAnswer(exchanged, job.call, () => this.facts(job, progress));
    } catch (error) {
      return error;
    }
  }

  /** The cause of calls that the breaker refuses after this exchange. */
  #causeOf(exchanged: Exchanged, job: Job, progress: Progress): unknown {
    return exchanged.kind === 'answered' ? this.#errorOf(exchanged, job, progress) : exchanged.error;
  }

  /** Takes a slot of the lane if one is free. Throws if the breaker refuses the call, which then must not wait for a slot. */
  #tryAcquire(job: Job, progress: Progress): Release | undefined {
    const { identity } = job.caller;
    if (this.#parts.breaker.refuses(identity)) throw this.#breakerOpen(job, progress);
    return this.#parts.lanes[job.call.lane].lane.tryAcquire(identity);
  }

  async #acquire(job: Job, progress: Progress, signal: AbortLike): Promise<Release> {
    const queuedAt = performance.now();
    try {
      return await this.#parts.lanes[job.call.lane].lane.acquire(job.caller.identity, signal);
    } catch (error) {
      if (!(error instanceof LaneFull)) throw error;
      const facts = { ...this.facts(job, progress), retryAfter: this.#parts.limits.laneRetryAfterSeconds };
      throw new UpstreamUnavailable('was refused by the gateway: too many calls are waiting', facts);
    } finally {
      progress.laneWaitMs += performance.now() - queuedAt;
    }
  }

  /** One attempt, in a slot of the lane that is returned when it ends. */
  async #exchange(job: Job, progress: Progress, signal: AbortLike, release: Release): Promise<Exchanged> {
    const { base, pool, limits, breaker, budget } = this.#parts;
    const waitSeconds = budget?.take(job.caller);
    if (waitSeconds !== undefined) {
      release();
      throw this.#budgetSpent(job, progress, waitSeconds);
    }
    const report = breaker.admit(job.caller.identity);
    if (!report) {
      release();
      throw this.#breakerOpen(job, progress);
    }
    const startedAt = performance.now();
    const headers = requestHeaders(job.caller, job.requestId, job.body !== undefined, job.span ?? job.trace);
    const request = {
      origin: base.origin,
      method: job.call.method,
      path: job.target.path,
      headers,
      body: job.body ?? null,
    };
    let verdict: Verdict = 'none';
    progress.attempts++;
    try {
      const exchanged = await exchange(pool, request, limits, signal, progress);
      verdict = verdictOf(exchanged);
      this.#lastFailure = verdict === 'alive' ? undefined : this.#causeOf(exchanged, job, progress);
      return exchanged;
    } catch (error) {
      if (this.#isUpstreamTimeout(job, error, performance.now() - startedAt)) {
        verdict = 'failing';
        this.#lastFailure = new UpstreamTimeout('had no answer in time', this.facts(job, progress));
      }
      throw error;
    } finally {
      report(verdict);
      release();
    }
  }

  /**
   * Whether a deadline passed because the upstream is slow. Not so for a probing call, in which an MCP server may hang, nor if
   * less than half of the lane's deadline was left for the attempt.
   */
  #isUpstreamTimeout(job: Job, error: unknown, elapsedMs: number): boolean {
    const isTimeout = error instanceof Cancelled && error.reason === 'deadline';
    return isTimeout && job.call.lane === 'plain' && elapsedMs * 2 >= this.#parts.lanes.plain.deadlineMs;
  }

  #budgetSpent(job: Job, progress: Progress, retryAfter: number): UpstreamRateLimited {
    return new UpstreamRateLimited('was refused by the gateway: the account has used its calls of this minute', {
      ...this.facts(job, progress),
      retryAfter,
    });
  }

  #breakerOpen(job: Job, progress: Progress): UpstreamUnavailable {
    const facts = { ...this.facts(job, progress), retryAfter: this.#parts.breaker.retryAfter };
    return new UpstreamUnavailable('was refused by the gateway: the upstream keeps failing', facts, {
      cause: this.#lastFailure,
    });
  }
}

function isFailure(exchanged: Exchanged): boolean {
  return exchanged.kind !== 'answered' || exchanged.status >= 400;
}

function verdictOf(exchanged: Exchanged): Verdict {
  if (exchanged.kind === 'unreachable') return 'unreachable';
  return exchanged.kind === 'answered' && exchanged.status < 500 ? 'alive' : 'failing';
}

/** Resolves after a time. Rejects with the signal's reason as soon as it aborts. */
function pause(ms: number, signal: AbortLike): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
