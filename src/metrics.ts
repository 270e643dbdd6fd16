import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { createProcessRegistry } from './process-metrics.js';

/** What the upstream client counts. `service` is the upstream, `operation` a documented REST operation: both closed lists. */
interface UpstreamMetrics {
  /**
   * Seconds from asking to the end of a call, queueing and retries included; a joined call is not counted again.
   * `outcome` is `2xx` … `5xx`, or where no usable answer came
   * `timeout`, `aborted`, `unavailable`, `bad_response`.
   */
  readonly duration: Histogram<'service' | 'operation' | 'outcome'>;
  readonly joined: Counter<'service' | 'operation'>;
  readonly retries: Counter<'service' | 'operation'>;
  /** Lanes whose load is read whenever the metrics are. */
  readonly lanes: Set<LaneLoad>;
  /** 0 closed, 1 half-open, 2 open. */
  readonly breakerState: Gauge<'service'>;
}

/** Calls that hold a place in a lane, and calls that wait for one, now. */
interface LaneLoad {
  readonly service: string;
  readonly lane: string;
  readonly active: number;
  readonly waiting: number;
}

export interface Metrics {
  /** Everything `/metrics` shows. Other parts register theirs on it. */
  readonly registry: Registry;
  readonly upstream: UpstreamMetrics;
}

/** Metrics of one gateway on a registry of its own, those of the process among them. Two gateways in one process do not count for each other. */
export function createMetrics(): Metrics {
  const registry = createProcessRegistry();
  return { registry, upstream: createUpstreamMetrics(registry) };
}

function createUpstreamMetrics(registry: Registry): UpstreamMetrics {
  const registers = [registry];
  return {
    duration: new Histogram({
      name: 'gateway_upstream_call_duration_seconds',
      help: 'Duration of upstream calls, queueing and retries included.',
      labelNames: ['service', 'operation', 'outcome'],
      // Stored fields take about 10 ms, a page of probes about 1 s, a hanging MCP server 10 s.
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 11],
      registers,
    }),
    joined: new Counter({
      name: 'gateway_upstream_joined_total',
      help: 'Reads answered by an identical read of the same caller that was already in flight.',
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
    breakerState: new Gauge({
      name: 'gateway_upstream_breaker_state',
      help: 'Circuit breaker of an upstream: 0 closed, 1 half-open, 2 open.',
      labelNames: ['service'],
      registers,
    }),
  };
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
