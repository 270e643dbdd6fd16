import { Counter, Gauge, type Registry } from 'prom-client';
import { LinkedSet } from '../linked-set.js';
import { PreboundHistogram } from '../prebound-histogram.js';
import type { OperationSummary } from './execution/exchange.js';

/** Metrics of the transport. Every label has a closed list of values, so clients cannot create new series. */
export interface EdgeMetrics {
  /** Counts a request as active until the returned function is called with the status that was sent. */
  requestStarted(route: string, method: string | undefined): (status: number) => void;
  /** Counts an operation as active until the returned function is called, when it was answered or refused. */
  operationStarted(summary: OperationSummary): () => void;
  /** Counts a socket as open until the returned function is called. */
  socketOpened(): () => void;
}

const TYPES = ['query', 'mutation', 'subscription', 'unknown'];
const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** Registers the metrics of HTTP requests by route, open sockets, operations by type, and errors by code. */
export function createEdgeMetrics(registry: Registry): EdgeMetrics {
  const sockets = new Gauge({ name: 'gateway_websockets_open', help: 'Open WebSockets.', registers: [registry] });
  return {
    requestStarted: countRequests(registry),
    operationStarted: countRunningOperations(registry),
    socketOpened() {
      sockets.inc();
      return () => sockets.dec();
    },
  };
}

function countRequests(registry: Registry): EdgeMetrics['requestStarted'] {
  const duration = new PreboundHistogram({
    name: 'gateway_http_request_duration_seconds',
    help: 'Time from the headers of a request to the end of its response. For an event stream, how long it was open.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 11.5, 30],
    registry,
  });
  const active = new Map<string, number>();
  new Gauge({
    name: 'gateway_http_requests_active',
    help: 'HTTP requests without a complete response.',
    labelNames: ['route'],
    registers: [registry],
    collect() {
      for (const [route, requests] of active) this.set({ route }, requests);
    },
  });
  return (route, method = '') => {
    const startedAt = performance.now();
    active.set(route, (active.get(route) ?? 0) + 1);
    return (status) => {
      active.set(route, (active.get(route) ?? 1) - 1);
      const series = duration.series(route, METHODS.includes(method) ? method : 'other', String(status));
      series.observe((performance.now() - startedAt) / 1000);
    };
  };
}

function countRunningOperations(registry: Registry): EdgeMetrics['operationStarted'] {
  const ended = countOperations(registry);
  const errors = new Counter({
    name: 'gateway_graphql_errors_total',
    help: 'GraphQL operations with this error code in a result. Each operation counts once per code.',
    labelNames: ['code'],
    registers: [registry],
  });
  const running = runningOperations(registry);
  return (summary) => {
    const entry = running.add(summary);
    return () => {
      running.delete(entry);
      ended(summary.type ?? 'unknown', summary.hasCodes ? 'errors' : 'ok');
      if (summary.hasCodes) for (const code of summary.codes) errors.inc({ code });
    };
  };
}

/** Counts operations in a map, which the metric copies when it is collected: counting with labels costs a microsecond. */
function countOperations(registry: Registry): (type: string, outcome: 'ok' | 'errors') => void {
  const counts = { ok: new Map<string, number>(), errors: new Map<string, number>() };
  new Counter({
    name: 'gateway_graphql_operations_total',
    help: 'GraphQL operations that have ended. Type is "unknown" if the document could not be parsed.',
    labelNames: ['type', 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const outcome of ['ok', 'errors'] as const) {
        for (const [type, count] of counts[outcome]) this.inc({ type, outcome }, count);
      }
    },
  });
  return (type, outcome) => counts[outcome].set(type, (counts[outcome].get(type) ?? 0) + 1);
}

/** The type of an operation is known only after it has started, so it is read when the metrics are collected. */
function runningOperations(registry: Registry): LinkedSet<OperationSummary> {
  const running = new LinkedSet<OperationSummary>();
  new Gauge({
    name: 'gateway_graphql_operations_active',
    help: 'GraphQL operations that have not ended, including subscriptions.',
    labelNames: ['type'],
    registers: [registry],
    collect() {
      for (const type of TYPES) this.set({ type }, 0);
      for (const { type } of running) this.inc({ type: type ?? 'unknown' });
    },
  });
  return running;
}
