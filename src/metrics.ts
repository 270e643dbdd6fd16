import { Counter, Gauge, type Registry } from 'prom-client';
import { PreboundHistogram } from './prebound-histogram.js';
import { createProcessRegistry } from './process-metrics.js';

/** Metrics of the upstream client. `service` is the upstream, `operation` a documented REST operation; both have few values. */
interface UpstreamMetrics {
  /**
   * Seconds from the start to the end of a call, queueing and retries included. A coalesced call is not counted again.
   * `outcome` is `2xx` … `5xx`, or `timeout`, `aborted`, `unavailable` or `bad_response` if there was no usable response.
   */
  readonly duration: PreboundHistogram<'service' | 'operation' | 'outcome'>;
  readonly coalesced: Counter<'service' | 'operation'>;
  readonly retries: Counter<'service' | 'operation'>;
  /** Each lane adds itself. Its load is read when the metrics are collected. */
  readonly lanes: Set<LaneLoad>;
  /** Each call budget adds itself. */
  readonly budgets: Set<BudgetUse>;
  /** 0 closed, 1 half-open, 2 open. */
  readonly breakerState: Gauge<'service'>;
}

/** The current numbers of calls that hold a place in a lane and of calls that wait for one. */
interface LaneLoad {
  readonly service: string;
  readonly lane: string;
  readonly active: number;
  readonly waiting: number;
}

/** How much of its calls per minute the busiest account of an upstream has used, 0 to 1. */
interface BudgetUse {
  readonly service: string;
  readonly used: number;
}

export interface Metrics {
  /** Everything that `/metrics` shows. Other modules register their own metrics on it. */
  readonly registry: Registry;
  readonly upstream: UpstreamMetrics;
}

/** The metrics of one gateway and of the process, on a new registry: two gateways in one process count separately. */
export function createMetrics(): Metrics {
  const registry = createProcessRegistry();
  return { registry, upstream: createUpstreamMetrics(registry) };
}

function createUpstreamMetrics(registry: Registry): UpstreamMetrics {
  const registers = [registry];
  return {
    duration: new PreboundHistogram({
      name: 'gateway_upstream_call_duration_seconds',
      help: 'Duration of upstream calls, queueing and retries included.',
      labelNames: ['service', 'operation', 'outcome'],
      // A read of stored fields takes about 10 ms, a page of probes about 1 s, a hanging MCP server 10 s.
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 11],
      registry,
    }),
    coalesced: new Counter({
      name: 'gateway_upstream_coalesced_total',
      help: 'Reads that shared the response of an identical read in flight of the same caller.',
      labelNames: ['service', 'operation'],
      registers,
    }),
    retries: new Counter({
      name: 'gateway_upstream_retries_total',
      help: 'Attempts after the first.',
      labelNames: ['service', 'operation'],
      registers,
    }),
    lanes: createLaneMetrics(registry),
    budgets: createBudgetMetrics(registry),
    breakerState: new Gauge({
      name: 'gateway_upstream_breaker_state',
      help: 'Circuit breaker of an upstream: 0 closed, 1 half-open, 2 open.',
      labelNames: ['service'],
      registers,
    }),
  };
}

function createBudgetMetrics(registry: Registry): Set<BudgetUse> {
  const budgets = new Set<BudgetUse>();
  new Gauge({
    name: 'gateway_upstream_budget_used_ratio',
    help: 'Share of its calls per minute that the busiest account has used, 0 to 1.',
    labelNames: ['service'],
    registers: [registry],
    collect() {
      for (const { service, used } of budgets) this.set({ service }, used);
    },
  });
  return budgets;
}

function createLaneMetrics(registry: Registry): Set<LaneLoad> {
  const lanes = new Set<LaneLoad>();
  const help = {
    active: 'Upstream calls that hold a place in a lane.',
    waiting: 'Upstream calls that wait for a place in a lane.',
  };
  for (const load of ['active', 'waiting'] as const) {
    new Gauge({
      name: `gateway_upstream_lane_${load}`,
      help: help[load],
      labelNames: ['service', 'lane'],
      registers: [registry],
      collect() {
        for (const { service, lane, [load]: value } of lanes) this.set({ service, lane }, value);
      },
    });
  }
  return lanes;
}
