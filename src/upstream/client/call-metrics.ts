import type { Logger } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import type { BreakerState } from './admission/breaker.js';
import type { CallBudget } from './admission/call-budget.js';
import type { Lane } from './admission/lane.js';
import type { LaneName, Service, UpstreamAnswer, UpstreamCall } from './call.js';
import { outcomeOf, statusClass } from './call-outcome.js';
import { endCallSpan } from './call-spans.js';
import { UpstreamError } from './errors/upstream-errors.js';
import type { Job, Progress } from './send.js';

const BREAKER_STATES: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 };

interface Ending {
  readonly outcome: string;
  readonly status?: number | undefined;
  /** The upstream's. */
  readonly requestId?: string | undefined;
}

/** Metrics, log lines and ends of spans of an upstream's calls. Headers, bodies and query strings are never logged: they hold credentials and content. */
export class CallMetrics {
  readonly #service: Service;
  readonly #log: Logger;
  readonly #metrics: Metrics['upstream'];

  constructor(service: Service, log: Logger, metrics: Metrics) {
    this.#service = service;
    this.#log = log;
    this.#metrics = metrics.upstream;
    this.#metrics.breakerState.set({ service }, BREAKER_STATES.closed);
  }

  /** Records how a call that has just started ends, once, however many waiters it has. Returns the same promise. */
  observe(job: Job, progress: Progress, running: Promise<UpstreamAnswer>): Promise<UpstreamAnswer> {
    const startedAt = performance.now();
    running.then(
      ({ status, requestId }) =>
        this.#ended(job, progress, startedAt, { status, requestId, outcome: statusClass(status) }),
      (error: unknown) => {
        const facts = error instanceof UpstreamError ? error.call : {};
        this.#ended(job, progress, startedAt, { ...facts, outcome: outcomeOf(error) });
      },
    );
    return running;
  }

  /** Adds a lane to the lane metrics. */
  addLane(name: LaneName, lane: Lane): void {
    this.#metrics.lanes.add({
      service: this.#service,
      lane: name,
      get active() {
        return lane.active;
      },
      get waiting() {
        return lane.waiting;
      },
    });
  }

  /** Adds the calls of accounts to the metrics. */
  addBudget(budget: CallBudget): void {
    this.#metrics.budgets.add({
      service: this.#service,
      get used() {
        return budget.used;
      },
    });
  }

  coalesced({ operation }: UpstreamCall): void {
    this.#metrics.coalesced.inc({ service: this.#service, operation });
  }

  retried({ operation }: UpstreamCall): void {
    this.#metrics.retries.inc({ service: this.#service, operation });
  }

  breakerChanged(state: BreakerState): void {
    this.#metrics.breakerState.set({ service: this.#service }, BREAKER_STATES[state]);
    // Half-open comes with each trial: the metrics show it, the log does not.
    if (state !== 'half-open') this.#log.warn({ service: this.#service, breaker: state }, 'upstream breaker');
  }

  #ended({ call, requestId, span }: Job, { attempts, laneWaitMs }: Progress, startedAt: number, ending: Ending): void {
    const { operation, lane } = call;
    const { outcome, status } = ending;
    const ms = performance.now() - startedAt;
    this.#metrics.duration.series(this.#service, operation, outcome).observe(ms / 1000);
    if (span) endCallSpan(span, { status, outcome, attempts, laneWaitMs });
    if (!this.#log.isLevelEnabled('debug')) return;
    const upstreamRequestId = ending.requestId === requestId ? undefined : ending.requestId;
    this.#log.debug(
      {
        service: this.#service,
        operation,
        lane,
        status,
        outcome,
        attempts,
        requestId,
        upstreamRequestId,
        ms: Math.round(ms),
      },
      'upstream call',
    );
  }
}
