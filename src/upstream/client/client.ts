import { randomUUID } from 'node:crypto';
import { stringifyJson } from '../../exact-json.js';
import type { Logger } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import { Breaker, type BreakerOptions } from './admission/breaker.js';
import { Lane } from './admission/lane.js';
import { DEFAULT_RETRY, type RetryOptions, RetryPolicy } from './admission/retry.js';
import type { Caller, CallScope, LaneName, PendingCall, Service, UpstreamAnswer, UpstreamCall } from './call.js';
import { Recorder } from './call-metrics.js';
import { JoinableCalls } from './coalescer.js';
import { buildPath } from './path.js';
import { createPool } from './pool.js';
import type { ProxySettings } from './proxy.js';
import { type Job, type Progress, Sender, type TimedLane } from './send.js';
import { Flight, type LeaveReason, Left } from './shared-call.js';
import { UpstreamAborted, type UpstreamError, UpstreamTimeout, UpstreamUnavailable } from './upstream-errors.js';

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
  /** Without a lane of their own, probing calls go by the plain one. */
  readonly lanes: { readonly plain: LaneSettings; readonly probe?: LaneSettings };
  /** What every path segment has to match. */
  readonly idPattern?: RegExp;
  /** Whether identical reads in flight are joined. */
  readonly coalesce: boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Calls that may wait in each lane, in all (1,000) and of one turn (half of it). */
  readonly maxWaiting?: number;
  readonly connectTimeoutMs?: number;
  readonly keepAliveMs?: number;
  /** Most bytes of an answer: 5 MiB. */
  readonly maxBodyBytes?: number;
  readonly retry?: Partial<RetryOptions>;
  readonly breaker?: Partial<Omit<BreakerOptions, 'onChange'>>;
}

export interface UpstreamClient {
  /**
   * Sends a call, or joins an identical one of the same caller. `answer` rejects with an UpstreamError, with InvalidPathSegment
   * (nothing is sent then), or with a TypeError for a caller of another upstream. At the latest it settles at the deadline.
   */
  request(caller: Caller, call: UpstreamCall, scope?: CallScope): PendingCall;
  /** Ends every call with UpstreamUnavailable and closes the connections, waiting for nothing. */
  close(): Promise<void>;
}

const MAX_ERROR_BYTES = 64 * 1024;
const DEFAULT_BREAKER = { windowMs: 10_000, minAttempts: 10, openMs: 5_000 };

/** A client of one upstream. It owns a connection pool, lanes, a retry budget and a breaker; callers share them. */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  return new HttpClient(options);
}

/** A call under way, and what those who leave it early can say about it. */
interface SharedCall {
  readonly flight: Flight<UpstreamAnswer>;
  readonly job: Job;
  readonly progress: Progress;
}

class HttpClient implements UpstreamClient {
  readonly #options: UpstreamClientOptions;
  readonly #base: URL;
  readonly #recorder: Recorder;
  readonly #lanes: Readonly<Record<LaneName, TimedLane>>;
  readonly #pool: ReturnType<typeof createPool>;
  readonly #sender: Sender;
  readonly #joinable = new JoinableCalls<SharedCall>();
  readonly #inFlight = new Set<Flight<UpstreamAnswer>>();
  #closed = false;

  constructor(options: UpstreamClientOptions) {
    const recorder = new Recorder(options.service, options.log, options.metrics);
    this.#options = options;
    this.#base = new URL(options.baseUrl);
    this.#recorder = recorder;
    this.#lanes = createLanes(options, recorder);
    this.#pool = createPool(this.#base.origin, {
      connections: options.lanes.plain.max + (options.lanes.probe?.max ?? 0),
      connectTimeoutMs: options.connectTimeoutMs ?? 3_000,
      keepAliveMs: options.keepAliveMs ?? 4_000,
      proxy: options.proxy,
    });
    this.#sender = new Sender({
      service: options.service,
      base: this.#base,
      pool: this.#pool,
      lanes: this.#lanes,
      breaker: new Breaker({
        ...DEFAULT_BREAKER,
        ...options.breaker,
        onChange: (state) => recorder.breakerChanged(state),
      }),
      retries: new RetryPolicy({ ...DEFAULT_RETRY, ...options.retry }),
      limits: { maxBodyBytes: options.maxBodyBytes ?? 5 * 1024 * 1024, maxErrorBytes: MAX_ERROR_BYTES },
      onRetry: (call) => recorder.retried(call),
    });
  }

  request(caller: Caller, call: UpstreamCall, scope: CallScope = {}): PendingCall {
    try {
      const { shared, joined } = this.#shareOrStart(this.#prepare(caller, call, scope.requestId ?? randomUUID()));
      if (joined) this.#recorder.joined(call);
      return { joined, answer: this.#await(shared, scope) };
    } catch (error) {
      return { joined: false, answer: Promise.reject(error) };
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const flight of this.#inFlight) flight.cancel();
    await this.#pool.destroy();
  }

  #prepare(caller: Caller, call: UpstreamCall, requestId: string): Job {
    const { service, idPattern } = this.#options;
    // A credential must never reach the other upstream, whatever bug would send it there.
    if (caller.service !== service) throw new TypeError(`a caller of ${caller.service} asked ${service}`);
    const target = buildPath(this.#base, call.path, call.query, idPattern);
    const body = call.body === undefined ? undefined : stringifyJson(call.body);
    const job = { caller, call, target, requestId, body };
    if (this.#closed) throw this.#leftError('closed', job, { attempts: 0, sent: false });
    return job;
  }

  #shareOrStart(job: Job): { shared: SharedCall; joined: boolean } {
    const { turn, fingerprint } = job.caller;
    if (job.call.method !== 'GET') {
      this.#joinable.endJoining(turn);
      return { shared: this.#start(job), joined: false };
    }
    if (!this.#options.coalesce) return { shared: this.#start(job), joined: false };
    const key = JSON.stringify([fingerprint, job.target.path]);
    const { deadlineMs } = this.#lanes[job.call.lane];
    const { call: shared, joined } = this.#joinable.join(turn, key, deadlineMs, (onEnd) => this.#start(job, onEnd));
    return { shared, joined };
  }

  #start(job: Job, onEnd: () => void = () => {}): SharedCall {
    const progress: Progress = { attempts: 0, sent: false };
    const flight = new Flight<UpstreamAnswer>(
      (course) => this.#recorder.watch(job, progress, () => this.#sender.send(job, progress, course)),
      () => {
        this.#inFlight.delete(flight);
        onEnd();
      },
    );
    this.#inFlight.add(flight);
    return { flight, job, progress };
  }

  /** What one of those who wait for a call gets. */
  async #await({ flight, job, progress }: SharedCall, scope: CallScope): Promise<UpstreamAnswer> {
    const ownDeadline = performance.now() + this.#lanes[job.call.lane].deadlineMs;
    try {
      return await flight.board(Math.min(ownDeadline, scope.deadline ?? Number.POSITIVE_INFINITY), scope.signal);
    } catch (error) {
      const { status = 0 } = progress;
      // A write that the upstream has confirmed has succeeded, however slowly the rest of the answer comes.
      if (error instanceof Left && job.call.answer === 'any' && status >= 200 && status < 300)
        return { status, body: undefined };
      throw error instanceof Left ? this.#leftError(error.reason, job, progress) : error;
    } finally {
      // Reads that began while the write was under way may have seen what was there before it.
      if (job.call.method !== 'GET') this.#joinable.endJoining(job.caller.turn);
    }
  }

  #leftError(reason: LeaveReason, job: Job, progress: Progress): UpstreamError {
    const facts = this.#sender.facts(job, progress);
    if (reason === 'deadline') return new UpstreamTimeout('had no answer in time', facts, { cause: progress.failure });
    if (reason === 'aborted') return new UpstreamAborted('was given up', facts);
    return new UpstreamUnavailable('was ended: the gateway shuts down', facts);
  }
}

function createLanes(options: UpstreamClientOptions, recorder: Recorder): Record<LaneName, TimedLane> {
  const maxWaiting = options.maxWaiting ?? 1_000;
  const create = (name: LaneName, { max, deadlineMs }: LaneSettings): TimedLane => {
    const lane = new Lane({ max, maxWaiting, maxWaitingPerTurn: Math.ceil(maxWaiting / 2) });
    recorder.showLane(name, lane);
    return { lane, deadlineMs };
  };
  const plain = create('plain', options.lanes.plain);
  return { plain, probe: options.lanes.probe ? create('probe', options.lanes.probe) : plain };
}
