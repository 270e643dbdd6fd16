import { randomUUID } from 'node:crypto';
import { stringifyJson } from '../../exact-json.js';
import { UPSTREAM_LIMITS, type UpstreamLimits } from '../../limits.js';
import { LinkedSet } from '../../linked-set.js';
import type { Logger } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import { Breaker, type BreakerOptions } from './admission/breaker.js';
import { CallBudget, type CallBudgetOptions } from './admission/call-budget.js';
import { Lane } from './admission/lane.js';
import { type RetryOptions, RetryPolicy } from './admission/retry.js';
import type { Caller, CallScope, LaneName, PendingCall, Service, UpstreamAnswer, UpstreamCall } from './call.js';
import { CallMetrics } from './call-metrics.js';
import { startCallSpan, traceCoalesced } from './call-spans.js';
import { Coalescer } from './coalescer.js';
import { UpstreamAborted, type UpstreamError, UpstreamTimeout, UpstreamUnavailable } from './errors/upstream-errors.js';
import { buildPath } from './path.js';
import { createPool } from './pool.js';
import type { ProxySettings } from './proxy.js';
import { type Job, type Progress, Sender, type TimedLane } from './send.js';
import { Cancelled, type CancelReason, SharedCall } from './shared-call.js';

interface LaneSettings {
  /** Calls at a time. */
  readonly max: number;
  /** Time for one call, queueing included. */
  readonly deadlineMs: number;
}

export interface UpstreamClientOptions {
  readonly service: Service;
  /** Everything before the path segments, for example `http://host/manage`. */
  readonly baseUrl: string;
  readonly proxy?: ProxySettings | undefined;
  /** Without a `probe` lane, probing calls use the plain one. */
  readonly lanes: { readonly plain: LaneSettings; readonly probe?: LaneSettings };
  /** The calls that an account may send in a minute. Without it, they are not counted. */
  readonly budget?: Pick<CallBudgetOptions, 'maxCalls' | 'accountOf'>;
  /** Every path segment must match it. */
  readonly idPattern?: RegExp;
  /** Whether identical reads in flight are coalesced. */
  readonly coalesce: boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Each of `UPSTREAM_LIMITS` by default. */
  readonly limits?: Partial<UpstreamLimits>;
  readonly retry?: Partial<RetryOptions>;
  readonly breaker?: Partial<Omit<BreakerOptions, 'onChange'>>;
}

export interface UpstreamClient {
  /**
   * Sends a call, or coalesces it with an identical read of the same caller that is in flight. `answer` settles at the deadline
   * at the latest. It rejects with an UpstreamError, or, before anything is sent, with InvalidPathSegment or, if the caller
   * belongs to another upstream, a TypeError.
   */
  request(caller: Caller, call: UpstreamCall, scope?: CallScope): PendingCall;
  /** Ends every call with UpstreamUnavailable and closes all connections at once. */
  close(): Promise<void>;
}

/** A client of one upstream. All callers share its connection pool, lanes, retry budget and circuit breaker. */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  return new HttpClient(options);
}

/** A call in flight, with what an error of a waiter that stops waiting needs. */
interface CallInFlight {
  readonly shared: SharedCall<UpstreamAnswer>;
  readonly job: Job;
  readonly progress: Progress;
}

class HttpClient implements UpstreamClient {
  readonly #options: UpstreamClientOptions;
  readonly #base: URL;
  readonly #callMetrics: CallMetrics;
  readonly #lanes: Readonly<Record<LaneName, TimedLane>>;
  readonly #pool: ReturnType<typeof createPool>;
  readonly #sender: Sender;
  readonly #coalescer = new Coalescer<CallInFlight>();
  readonly #inFlight = new LinkedSet<SharedCall<UpstreamAnswer>>();
  #closed = false;

  constructor(options: UpstreamClientOptions) {
    const callMetrics = new CallMetrics(options.service, options.log, options.metrics);
    this.#options = options;
    this.#base = new URL(options.baseUrl);
    this.#callMetrics = callMetrics;
    const limits = { ...UPSTREAM_LIMITS, ...options.limits };
    this.#lanes = createLanes(options, limits, callMetrics);
    this.#pool = createPool(this.#base.origin, {
      connections: options.lanes.plain.max + (options.lanes.probe?.max ?? 0),
      connectTimeoutMs: limits.connectTimeoutMs,
      keepAliveMs: limits.keepAliveMs,
      keepAliveMarginMs: limits.keepAliveMarginMs,
      proxy: options.proxy,
    });
    this.#sender = new Sender({
      service: options.service,
      base: this.#base,
      pool: this.#pool,
      lanes: this.#lanes,
      breaker: new Breaker({
        ...limits.breaker,
        ...options.breaker,
        onChange: (state) => callMetrics.breakerChanged(state),
      }),
      budget: createBudget(options, limits, callMetrics),
      retries: new RetryPolicy({ ...limits.retry, ...options.retry }),
      limits,
      onRetry: (call) => callMetrics.retried(call),
    });
  }

  request(caller: Caller, call: UpstreamCall, scope: CallScope = {}): PendingCall {
    try {
      const job = this.#prepare(caller, call, scope);
      const { inFlight, coalesced } = this.#startOrCoalesce(job);
      const answer = this.#wait(inFlight, scope);
      if (coalesced) {
        this.#callMetrics.coalesced(call);
        traceCoalesced(scope.trace, this.#options.service, call, inFlight.job.span ?? inFlight.job.trace, answer);
      }
      return { coalesced, answer, progress: inFlight.progress };
    } catch (error) {
      return { coalesced: false, answer: Promise.reject(error) };
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const shared of this.#inFlight) shared.cancel();
    await this.#pool.destroy();
  }

  #prepare(caller: Caller, call: UpstreamCall, { requestId = randomUUID(), trace }: CallScope): Job {
    const { service, idPattern } = this.#options;
    // Guards against bugs: a credential must never reach the other upstream.
    if (caller.service !== service) throw new TypeError(`a caller of ${caller.service} asked ${service}`);
    const target = buildPath(this.#base, call.path, call.query, idPattern);
    const body = call.body === undefined ? undefined : stringifyJson(call.body);
    const job = { caller, call, target, requestId, body, trace };
    if (this.#closed) throw this.#cancelledError('closed', job, { attempts: 0, sent: false, laneWaitMs: 0 });
    return job;
  }

  #startOrCoalesce(job: Job): { inFlight: CallInFlight; coalesced: boolean } {
    const { identity, fingerprint } = job.caller;
    if (job.call.method !== 'GET') {
      this.#coalescer.stopCoalescing(identity);
      return { inFlight: this.#start(job), coalesced: false };
    }
    if (!this.#options.coalesce) return { inFlight: this.#start(job), coalesced: false };
    const key = JSON.stringify([fingerprint, job.target.path]);
    const { deadlineMs } = this.#lanes[job.call.lane];
    const start = (onEnd: () => void): CallInFlight => this.#start(job, onEnd);
    const { call, coalesced } = this.#coalescer.startOrCoalesce(identity, key, deadlineMs, start);
    return { inFlight: call, coalesced };
  }

  #start(prepared: Job, onEnd: () => void = () => {}): CallInFlight {
    const span = startCallSpan(prepared.trace, this.#options.service, this.#base, prepared.call);
    const job = span ? { ...prepared, span } : prepared;
    const progress: Progress = { attempts: 0, sent: false, laneWaitMs: 0 };
    const shared = new SharedCall<UpstreamAnswer>(
      (scope) => this.#callMetrics.observe(job, progress, this.#sender.send(job, progress, scope)),
      () => {
        this.#inFlight.delete(entry);
        onEnd();
      },
    );
    const entry = this.#inFlight.add(shared);
    return { shared, job, progress };
  }

  /** The answer of a call for one of its waiters. */
  #wait({ shared, job, progress }: CallInFlight, scope: CallScope): Promise<UpstreamAnswer> {
    const ownDeadline = performance.now() + this.#lanes[job.call.lane].deadlineMs;
    const deadline = Math.min(ownDeadline, scope.deadline ?? Number.POSITIVE_INFINITY);
    const answer = shared
      .wait(deadline, scope.signal)
      .catch((error: unknown) => this.#unlessConfirmed(error, job, progress));
    if (job.call.method === 'GET') return answer;
    // A read that started during the write may return the state before it.
    return answer.finally(() => this.#coalescer.stopCoalescing(job.caller.identity));
  }

  /** The answer of a write whose status has confirmed it, even if the rest is late. Throws the error of any other call. */
  #unlessConfirmed(error: unknown, job: Job, progress: Progress): UpstreamAnswer {
    if (!(error instanceof Cancelled)) throw error;
    const { status = 0 } = progress;
    if (job.call.answer === 'any' && status >= 200 && status < 300) return { status, body: undefined };
    throw this.#cancelledError(error.reason, job, progress);
  }

  #cancelledError(reason: CancelReason, job: Job, progress: Progress): UpstreamError {
    const facts = this.#sender.facts(job, progress);
    if (reason === 'deadline') return new UpstreamTimeout('had no answer in time', facts, { cause: progress.failure });
    if (reason === 'aborted') return new UpstreamAborted('was cancelled', facts);
    return new UpstreamUnavailable('was cancelled: the gateway is shutting down', facts);
  }
}

function createBudget(
  { budget }: UpstreamClientOptions,
  { callBudget: { windowMs, maxAccounts } }: UpstreamLimits,
  callMetrics: CallMetrics,
): CallBudget | undefined {
  if (!budget) return undefined;
  const created = new CallBudget({ ...budget, windowMs, maxAccounts });
  callMetrics.addBudget(created);
  return created;
}

function createLanes(
  options: UpstreamClientOptions,
  { maxWaitingCalls: maxWaiting }: Pick<UpstreamLimits, 'maxWaitingCalls'>,
  callMetrics: CallMetrics,
): Record<LaneName, TimedLane> {
  const create = (name: LaneName, { max, deadlineMs }: LaneSettings): TimedLane => {
    const lane = new Lane({ max, maxWaiting, maxWaitingPerCaller: Math.ceil(maxWaiting / 2) });
    callMetrics.addLane(name, lane);
    return { lane, deadlineMs };
  };
  const plain = create('plain', options.lanes.plain);
  return { plain, probe: options.lanes.probe ? create('probe', options.lanes.probe) : plain };
}
