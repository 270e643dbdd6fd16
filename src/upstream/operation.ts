import type { LRUCache } from 'lru-cache';
import type { AbortLike } from '../light-abort.js';
import type { UpstreamLimits } from '../limits.js';
import type { Logger } from '../log.js';
import type { Trace } from '../tracing.js';
import type { Caller, CallScope, LaneName, PendingCall, Service, UpstreamAnswer, UpstreamCall } from './client/call.js';
import type { UpstreamClient } from './client/client.js';
import {
  UpstreamError,
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamUnauthenticated,
} from './client/errors/upstream-errors.js';
import type { Credentials } from './credentials.js';
import type { FailureLog } from './failure-log.js';
import { CredentialMissing, UpstreamBudgetExceeded, UpstreamNotConfigured } from './operation-errors.js';

/** One upstream call as the public report (`extensions.upstream.details`) shows it. */
export interface CallReport {
  readonly service: Service;
  readonly operation: string;
  readonly status: number | null;
  readonly ms: number | null;
  /** Time from the start of the operation's first call to the start of this one. */
  readonly startedMs: number;
  /** The part of `ms` in which the call waited for a slot of its lane; 0 for a coalesced call. */
  readonly waitMs: number;
  readonly lane: LaneName;
  /** Number of keys that the query asked for and that this call answered. */
  readonly keys: number;
  /** Whether the call was coalesced with one in flight. The name is part of the public report. */
  readonly joined: boolean;
}

/** One upstream call of an operation, while it runs and after. */
export class CallRecord {
  readonly service: Service;
  readonly operation: string;
  readonly joined: boolean;
  readonly method: UpstreamCall['method'];
  readonly lane: LaneName;
  /** On the clock of `performance.now()`. */
  readonly startedAt = performance.now();
  readonly #progress: PendingCall['progress'];
  #status: number | null = null;
  #ms: number | null = null;
  /** One key, as nearly all calls have, or all of them. */
  #keys: string | Set<string> | undefined;

  constructor(
    service: Service,
    call: Pick<UpstreamCall, 'operation' | 'method' | 'lane'>,
    pending: Pick<PendingCall, 'coalesced' | 'progress'>,
  ) {
    this.service = service;
    this.operation = call.operation;
    this.method = call.method;
    this.lane = call.lane;
    this.joined = pending.coalesced;
    this.#progress = pending.progress;
  }

  get keys(): number {
    if (this.#keys === undefined) return 0;
    return typeof this.#keys === 'string' ? 1 : this.#keys.size;
  }

  /**
   * Counts a key that the query asked for and that this call answers. A key counts once for each call, however many fields read
   * it. Prefetches do not count keys: the resolver that reads the result does.
   */
  countKey(key = ''): void {
    if (this.#keys === undefined) this.#keys = key;
    else if (typeof this.#keys !== 'string') this.#keys.add(key);
    else if (this.#keys !== key) this.#keys = new Set([this.#keys, key]);
  }

  /** `status` is undefined if there was no answer. */
  ended(status: number | undefined): void {
    this.#status = status ?? null;
    this.#ms = tenths(performance.now() - this.startedAt);
  }

  /** `epoch`: the time from which `startedMs` counts, on the clock of `performance.now()`. */
  report(epoch: number): CallReport {
    const { service, operation, lane, keys, joined } = this;
    const startedMs = tenths(this.startedAt - epoch);
    const waitMs = joined ? 0 : tenths(this.#progress?.laneWaitMs ?? 0);
    return { service, operation, lane, status: this.#status, startedMs, waitMs, ms: this.#ms, keys, joined };
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** `extensions.upstream`: calls sent, further calls that one call per key would have needed, and the details of each call. */
export interface UpstreamReport {
  readonly calls: number;
  readonly saved: number;
  readonly details: readonly CallReport[];
}

export interface Read {
  readonly answer: Promise<UpstreamAnswer>;
  readonly record: CallRecord;
}

/** What an operation has asked of the upstreams, for its log line. For a subscription, all its events together. */
export interface CallTally {
  /** Calls sent. Coalesced ones are not counted. */
  upstreamCalls: number;
  /** Every call, coalesced ones included. For a subscription, those of its latest event. */
  calls: readonly CallRecord[];
}

export interface OperationOptions {
  readonly clients: Readonly<Partial<Record<Service, UpstreamClient>>>;
  readonly credentials: Credentials;
  /** Rows of each list when it was last read, by caller and list. Used only to choose how many pages to request at once. */
  readonly listTotals: LRUCache<string, number>;
  readonly maxCalls: number;
  readonly limits: UpstreamLimits;
  /** The request id of the client, or a generated one. It is sent to the upstream. */
  readonly requestId: string;
  readonly log: Logger;
  /** Logs the causes of its failed calls. */
  readonly failures: FailureLog;
  readonly signal?: AbortLike | undefined;
  readonly tally?: CallTally | undefined;
  /** The spans of its calls are started below it, and the upstreams receive its trace context. */
  readonly trace?: Trace | undefined;
  /** The client receives fields as they are read, so that it is better to read them one by one than all together. */
  readonly inParts?: boolean | undefined;
}

/**
 * The upstream side of one GraphQL operation: credentials, deadline, call budget, report and read cache.
 * The same GET is sent once in an operation. A write clears the cached reads of its upstream.
 */
export class Operation implements CallScope {
  /** On the clock of `performance.now()`. Calls that are not finished by then fail with UpstreamTimeout. */
  readonly deadline: number;
  readonly signal: AbortLike | undefined;
  readonly listTotals: LRUCache<string, number>;
  readonly #options: OperationOptions;
  readonly #records: CallRecord[] = [];
  #effects = 0;
  /** Created by the first read, to save memory: thousands of subscriptions may wait for a first event. */
  #reads: Map<string, Read> | undefined;

  constructor(options: OperationOptions) {
    this.#options = options;
    this.deadline = performance.now() + options.limits.operationDeadlineMs;
    this.signal = options.signal;
    this.listTotals = options.listTotals;
  }

  /** Number of writes that may have changed something: they were sent, and the upstream did not reject them. */
  get effects(): number {
    return this.#effects;
  }

  /** When to read lists instead of rows, and how long to wait for probes. */
  get readLimits(): UpstreamLimits['reads'] {
    return this.#options.limits.reads;
  }

  get requestId(): string {
    return this.#options.requestId;
  }

  get trace(): Trace | undefined {
    return this.#options.trace;
  }

  get inParts(): boolean {
    return this.#options.inParts === true;
  }

  /** Shared with every operation that `again` starts from this one, so that a cause is logged once. */
  get failures(): FailureLog {
    return this.#options.failures;
  }

  /**
   * Records in the trace, and logs at `debug`, how reads are planned: what is read (`tools`), how many ids are wanted, and how they are read (`list-tools`,
   * 2 pages at once). Never ids, which name content.
   */
  planned(what: string, how: string, wanted: number): void {
    const { log, requestId, trace } = this.#options;
    trace
      ?.child('plan', {
        attributes: { 'gateway.plan.what': what, 'gateway.plan.how': how, 'gateway.plan.wanted': wanted },
      })
      ?.end();
    if (log.isLevelEnabled('debug')) log.debug({ requestId, what, wanted, how }, 'planned');
  }

  /** Starts another operation of the same caller, with a new deadline and budget. */
  again(changes?: Partial<Pick<OperationOptions, 'signal' | 'maxCalls' | 'failures' | 'tally' | 'trace'>>): Operation {
    return new Operation(changes ? { ...this.#options, ...changes } : this.#options);
  }

  /** The caller of this operation's calls. Throws UpstreamNotConfigured or CredentialMissing. */
  caller(service: Service): Caller {
    const credential = this.#options.credentials[service];
    if (credential === undefined) throw new UpstreamNotConfigured(service);
    if ('problem' in credential) throw new CredentialMissing(service, credential);
    return credential;
  }

  /** Number of upstream calls the operation may still make. */
  get callsLeft(): number {
    return Math.max(0, this.#options.maxCalls - this.#records.length);
  }

  /** Sends a GET, unless this operation has sent the same one before. The answer rejects with an UpstreamError. */
  read(service: Service, call: UpstreamCall): Read {
    const key = keyOf(service, call);
    const known = this.#reads?.get(key);
    if (known) return known;
    const read = this.#send(service, call);
    this.#reads ??= new Map();
    this.#reads.set(key, read);
    return read;
  }

  /** Sends a write, once. Clears the cached reads of the upstream before it, and again when it has ended. */
  async write(service: Service, call: UpstreamCall): Promise<UpstreamAnswer> {
    this.#forget(service);
    const { answer, record } = this.#send(service, call);
    record.countKey();
    try {
      const received = await answer;
      this.#effects += 1;
      return received;
    } catch (error) {
      if (mayHaveHadEffect(error)) this.#effects += 1;
      throw error;
    } finally {
      this.#forget(service);
    }
  }

  report(): UpstreamReport {
    const sent = this.#records.filter((record) => !record.joined);
    const keys = this.#records.reduce((sum, record) => sum + record.keys, 0);
    return {
      calls: sent.length,
      saved: Math.max(0, keys - sent.length),
      details: this.#records.map((record) => record.report(this.#records[0]?.startedAt ?? 0)),
    };
  }

  #forget(service: Service): void {
    for (const [key, read] of this.#reads ?? []) if (read.record.service === service) this.#reads?.delete(key);
  }

  #send(service: Service, call: UpstreamCall): Read {
    const caller = this.caller(service);
    const client = this.#options.clients[service];
    if (!client) throw new UpstreamNotConfigured(service);
    if (this.#records.length >= this.#options.maxCalls) {
      throw new UpstreamBudgetExceeded(service, this.#options.maxCalls);
    }
    const pending = client.request(caller, call, this);
    const record = new CallRecord(service, call, pending);
    this.#records.push(record);
    this.#count(record);
    const answer = this.#observe(pending.answer, call, record);
    // A prefetch may never be awaited. If it is, the field that awaits it reports the failure.
    answer.catch(ignore);
    return { answer, record };
  }

  #count({ joined }: CallRecord): void {
    const { tally } = this.#options;
    if (!tally) return;
    tally.calls = this.#records;
    if (!joined) tally.upstreamCalls += 1;
  }

  /** Passes the answer of a call on, and records how the call ended: in its record, and in the log if it failed. */
  async #observe(pending: Promise<UpstreamAnswer>, call: UpstreamCall, record: CallRecord): Promise<UpstreamAnswer> {
    const { failures } = this;
    const { service, joined } = record;
    try {
      const { status, body, requestId } = await pending;
      record.ended(status);
      failures.succeeded(service, call);
      return { status, body, requestId, onUnusable: (error) => failures.unusable(service, call, error) };
    } catch (error) {
      record.ended(error instanceof UpstreamError ? error.call.status : undefined);
      failures.failed(service, call, error, { coalesced: joined });
      throw error;
    }
  }
}

function ignore(): void {}

/** The key of a GET. It is unambiguous for paths that can be sent, as no segment of those has a line break. */
function keyOf(service: Service, { path, query }: UpstreamCall): string {
  return `${service} ${path.length} ${path.join('\n')}${query === undefined ? '' : `\n${JSON.stringify(query)}`}`;
}

/** Whether a failed write may have changed something: it was sent, and the upstream did not reject it. */
function mayHaveHadEffect(error: unknown): boolean {
  if (!(error instanceof UpstreamError) || error.call.sent === false) return false;
  const refusals = [
    UpstreamUnauthenticated,
    UpstreamForbidden,
    UpstreamNotFound,
    UpstreamRejected,
    UpstreamRateLimited,
  ];
  return !refusals.some((refusal) => error instanceof refusal);
}
