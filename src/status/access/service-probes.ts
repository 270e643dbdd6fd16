import type { Logger } from '../../log.js';
import type { Caller } from '../../upstream/client/call.js';
import { UpstreamError } from '../../upstream/client/errors/upstream-errors.js';
import type { ProjectKey } from '../../upstream/inkeep/keys.js';
import type { Operation } from '../../upstream/operation.js';
import type { StatusLimits } from '../limits.js';
import type { Target } from '../target.js';
import { Access } from './access.js';
import { Coverage } from './coverage.js';
import { ReadSlots } from './read-slots.js';
import { ReadTimes } from './read-times.js';

/** Starts an operation with the service credential, under this ref of the upstream. */
export type BeginService = (ref: string | undefined) => Operation;

export interface ServiceProbesOptions {
  readonly begin: BeginService;
  /** Longest time until a revoked right has an effect. */
  readonly accessMs: number;
  /** Concurrent plain reads. */
  readonly maxReads: number;
  readonly limits: StatusLimits;
  readonly log: Logger;
}

/** Creates the coverages and accesses that subscriptions share, while a service credential is configured. */
export class ServiceProbes {
  readonly #options: ServiceProbesOptions;
  readonly #slots: ReadSlots;
  readonly #times: ReadTimes;
  readonly #coverages = new Map<string, Coverage>();
  readonly #accesses = new Map<string, Access>();
  #refused = 0;

  constructor(options: ServiceProbesOptions) {
    this.#options = options;
    this.#slots = new ReadSlots(options.maxReads);
    this.#times = new ReadTimes(options.accessMs);
  }

  /** Projects in which the service credential is refused, so that callers' own credentials probe. */
  get refused(): number {
    return this.#refused;
  }

  /** The coverage of a project under the ref of this caller. */
  coverage({ headers }: Caller, project: ProjectKey, projectHash: string): Coverage {
    const ref = headers['x-inkeep-ref'];
    const key = `${projectHash}\n${ref ?? ''}`;
    const known = this.#coverages.get(key);
    if (known) return known;
    const operation = this.#options.begin(ref);
    const coverage: Coverage = new Coverage({
      ...this.#common(operation),
      operation,
      project,
      turn: operation.caller('inkeep').identity,
      minGapMs: this.#options.limits.minCoverageGapMs,
      onRefusal: (isRefused, error) => this.#noteRefusal(isRefused, error),
      onUnused: () => {
        if (this.#coverages.get(key) === coverage) this.#coverages.delete(key);
      },
    });
    this.#coverages.set(key, coverage);
    return coverage;
  }

  /** What a caller may see of a target. `operation` is one of the caller's. */
  access({ fingerprint, identity }: Caller, operation: Operation, target: Target, coverage: Coverage): Access {
    const key = `${fingerprint}\n${target.thing}`;
    const known = this.#accesses.get(key);
    if (known) return known;
    const access: Access = new Access({
      ...this.#common(operation),
      target,
      pool: coverage.pool(target.thing),
      turn: identity,
      onUnused: () => {
        if (this.#accesses.get(key) === access) this.#accesses.delete(key);
      },
    });
    this.#accesses.set(key, access);
    return access;
  }

  /** A mutation has changed tools of this project. */
  touch(projectHash: string): void {
    for (const [key, coverage] of this.#coverages) if (key.startsWith(`${projectHash}\n`)) coverage.refresh();
  }

  #common(operation: Operation) {
    const { accessMs, limits } = this.#options;
    const failures = operation.failures.createEmpty();
    return {
      intervalMs: accessMs,
      maxBackoffMs: limits.maxBackoffMs,
      slots: this.#slots,
      times: this.#times,
      // The reads serve all subscriptions of a person: they are no part of the operation that comes first, nor of its trace.
      begin: (signal: AbortSignal) =>
        operation.again({ signal, maxCalls: limits.maxCallsPerPoll, failures, tally: undefined, trace: undefined }),
    };
  }

  /** Logged once, however many projects there are, until the credential works again everywhere. */
  #noteRefusal(isRefused: boolean, error: unknown): void {
    const before = this.#refused;
    this.#refused += isRefused ? 1 : -1;
    const status = error instanceof UpstreamError ? error.call.status : undefined;
    if (before === 0) this.#options.log.warn({ status }, REFUSED);
    else if (this.#refused === 0) this.#options.log.info('INKEEP_STATUS_TOKEN is used for probes again');
  }
}

const REFUSED =
  'INKEEP_STATUS_TOKEN is refused, or may not see a project that callers watch; their own credentials are used for probes';
