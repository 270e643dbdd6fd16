import type { LRUCache } from 'lru-cache';
import type { Caller, Service, UpstreamAnswer, UpstreamCall } from './client/call.js';
import type { UpstreamClient } from './client/client.js';
import {
  UpstreamError,
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamUnauthenticated,
} from './client/upstream-errors.js';
import type { Credentials } from './credentials.js';
import type { FailureLog } from './failure-log.js';
import { CredentialMissing, UpstreamBudgetExceeded, UpstreamNotConfigured } from './operation-errors.js';

/** An operation answers within this time, whatever its upstream calls do. */
const OPERATION_MS = 11_500;

/** One upstream call as the report shows it. `keys` is counted by `countKey`. */
export interface CallRecord {
  readonly service: Service;
  readonly operation: string;
  status: number | null;
  ms: number | null;
  keys: number;
  joined: boolean;
}

const countedKeys = new WeakMap<CallRecord, Set<string>>();

/**
 * Counts something that the query asked for and this call serves. A key counts once, however many fields read it. A prefetch
 * counts nothing: the resolver that comes to it later does.
 */
export function countKey(record: CallRecord, key = ''): void {
  const counted = countedKeys.get(record) ?? new Set();
  if (counted.has(key)) return;
  countedKeys.set(record, counted.add(key));
  record.keys += 1;
}

/** `extensions.upstream`: calls made, calls that one call per key would have made on top, and each call. */
export interface UpstreamReport {
  readonly calls: number;
  readonly saved: number;
  readonly details: readonly Readonly<CallRecord>[];
}

export interface Read {
  readonly answer: Promise<UpstreamAnswer>;
  readonly record: CallRecord;
}

export interface OperationOptions {
  readonly clients: Readonly<Partial<Record<Service, UpstreamClient>>>;
  readonly credentials: Credentials;
  /** Rows a list had when it was last read, by caller and list. Says how many pages to ask at once, never the answer. */
  readonly listTotals: LRUCache<string, number>;
  readonly maxCalls: number;
  /** The id the caller gave, or that was made for it. The upstream gets the same. */
  readonly requestId: string;
  /** Where the causes of its failed calls go. */
  readonly failures: FailureLog;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The upstream side of one GraphQL operation: its credentials, deadline, call budget, report, and what it has read so far.
 * The same GET is sent once in an operation; a write forgets the reads of its upstream.
 */
export class Operation {
  readonly deadline = performance.now() + OPERATION_MS;
  readonly signal: AbortSignal | undefined;
  readonly listTotals: LRUCache<string, number>;
  readonly #options: OperationOptions;
  readonly #records: CallRecord[] = [];
  #effects = 0;
  /** Absent until something is read: thousands of subscriptions wait for a first event. */
  #reads: Map<string, Read> | undefined;

  constructor(options: OperationOptions) {
    this.#options = options;
    this.signal = options.signal;
    this.listTotals = options.listTotals;
  }

  /** Writes so far that were sent, and that the upstream did not refuse: they may have changed something. */
  get effects(): number {
    return this.#effects;
  }

  /** Logs causes once for itself and every operation that is begun by its `again`. */
  get failures(): FailureLog {
    return this.#options.failures;
  }

  /** Another operation of the same caller, beginning now. `signal` ends it early. */
  again(changes?: Partial<Pick<OperationOptions, 'signal' | 'maxCalls' | 'failures'>>): Operation {
    return new Operation(changes ? { ...this.#options, ...changes } : this.#options);
  }

  /** Who calls of this operation are made as. Throws UpstreamNotConfigured or CredentialMissing; nothing is sent then. */
  caller(service: Service): Caller {
    const credential = this.#options.credentials[service];
    if (credential === undefined) throw new UpstreamNotConfigured(service);
    if ('problem' in credential) throw new CredentialMissing(service, credential);
    return credential;
  }

  /** How many upstream calls the operation may still make. */
  get callsLeft(): number {
    return Math.max(0, this.#options.maxCalls - this.#records.length);
  }

  /** A GET of this operation; the same one again is not sent again. The answer rejects with an UpstreamError. */
  read(service: Service, call: UpstreamCall): Read {
    const key = JSON.stringify([service, call.path, call.query]);
    const known = this.#reads?.get(key);
    if (known) return known;
    const read = this.#send(service, call);
    this.#reads ??= new Map();
    this.#reads.set(key, read);
    return read;
  }

  /** A write. Sent once; whatever was read from this upstream before is forgotten, and again when the answer is here. */
  async write(service: Service, call: UpstreamCall): Promise<UpstreamAnswer> {
    this.#forget(service);
    const { answer, record } = this.#send(service, call);
    record.keys = 1;
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
      details: this.#records.map((record) => ({ ...record })),
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
    const pending = client.request(caller, call, {
      deadline: this.deadline,
      requestId: this.#options.requestId,
      ...(this.signal ? { signal: this.signal } : {}),
    });
    const record: CallRecord = {
      service,
      operation: call.operation,
      status: null,
      ms: null,
      keys: 0,
      joined: pending.joined,
    };
    this.#records.push(record);
    const answer = this.#observe(pending.answer, call, record);
    // A read started early may never be awaited; its failure is reported by the field that asks for it.
    answer.catch(() => {});
    return { answer, record };
  }

  /** The answer of a call; how it ends is noted in its record, and in the log if it fails. */
  async #observe(pending: Promise<UpstreamAnswer>, call: UpstreamCall, record: CallRecord): Promise<UpstreamAnswer> {
    const { failures } = this;
    const { service, joined } = record;
    const startedAt = performance.now();
    const settle = (status: number | undefined): void => {
      record.status = status ?? null;
      record.ms = Math.round((performance.now() - startedAt) * 10) / 10;
    };
    try {
      const answer = await pending;
      settle(answer.status);
      failures.succeeded(service, call);
      return { ...answer, onUnusable: (error) => failures.unusable(service, call, error) };
    } catch (error) {
      settle(error instanceof UpstreamError ? error.call.status : undefined);
      failures.failed(service, call, error, joined);
      throw error;
    }
  }
}

/** Whether a write that failed may have changed something all the same: it was sent, and not refused. */
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
