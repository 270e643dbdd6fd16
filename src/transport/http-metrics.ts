import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { OperationRecord } from './exchange.js';

/** What the edge counts. Every label has a closed list of values: a client cannot make new series. */
export interface HttpMetrics {
  /** Counts a request in; the function it returns counts it out, with the status sent. */
  requestStarted(route: string, method: string | undefined): (status: number) => void;
  /** Counts an operation that has ended, or was refused. */
  operationEnded(record: OperationRecord): void;
}

const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];

/** Registers the metrics of the edge: HTTP requests by route, operations by type, errors by code. */
export function createHttpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry];
  const duration = new Histogram({
    name: 'gateway_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer; for an event stream, how long it was open.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 11.5, 30],
    registers,
  });
  const active = new Gauge({
    name: 'gateway_http_requests_active',
    help: 'HTTP requests that have no complete answer yet.',
    labelNames: ['route'],
    registers,
  });
  const operations = new Counter({
    name: 'gateway_graphql_operations_total',
    help: 'GraphQL operations over HTTP. Type is "unknown" where the document could not be read.',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const errors = new Counter({
    name: 'gateway_graphql_errors_total',
    help: 'GraphQL operations that were answered with this error code, counted once each.',
    labelNames: ['code'],
    registers,
  });

  return {
    requestStarted(route, method = '') {
      const labels = { route, method: METHODS.includes(method) ? method : 'other' };
      const stop = duration.startTimer(labels);
      active.inc({ route });
      return (status) => {
        stop({ status });
        active.dec({ route });
      };
    },
    operationEnded({ type, codes }) {
      operations.inc({ type: type ?? 'unknown', outcome: codes.size > 0 ? 'errors' : 'ok' });
      for (const code of codes) errors.inc({ code });
    },
  };
}
