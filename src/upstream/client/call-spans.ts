import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Trace } from '../../tracing.js';
import type { Service, UpstreamCall } from './call.js';
import { outcomeOf } from './call-outcome.js';
import { UpstreamError } from './errors/upstream-errors.js';

/** How a call ended, as its span shows it. */
export interface CallEnding {
  readonly status: number | undefined;
  /** As in the metrics: `2xx` to `5xx`, `timeout` … */
  readonly outcome: string;
  readonly attempts: number;
  /** Time in the lane before all attempts together. */
  readonly laneWaitMs: number;
}

/** Starts the span of a call that is sent to `base`. Undefined if spans are not made, or `parent` is undefined. */
export function startCallSpan(
  parent: Trace | undefined,
  service: Service,
  base: URL,
  call: UpstreamCall,
): Trace | undefined {
  return parent?.child(nameOf(service, call), {
    kind: SpanKind.CLIENT,
    attributes: {
      ...attributesOf(service, call),
      'server.address': base.hostname,
      ...(base.port && { 'server.port': Number(base.port) }),
    },
  });
}

/**
 * Makes the span of an operation that waits for a call that another one has sent. The span has a link to that of the call,
 * and ends with the wait.
 */
export function traceCoalesced(
  parent: Trace | undefined,
  service: Service,
  call: UpstreamCall,
  sent: Trace | undefined,
  answer: Promise<{ readonly status: number }>,
): void {
  const attributes = { ...attributesOf(service, call), 'gateway.upstream.coalesced': true };
  const span = parent?.child(nameOf(service, call), { attributes, linkTo: sent });
  if (!span) return;
  answer.then(
    ({ status }) => {
      span.set({ 'http.response.status_code': status });
      span.end();
    },
    (error: unknown) =>
      span.end(failureOf(outcomeOf(error), error instanceof UpstreamError ? error.call.status : undefined)),
  );
}

export function endCallSpan(span: Trace, { status, outcome, attempts, laneWaitMs }: CallEnding): void {
  span.set({
    'gateway.upstream.lane_wait_ms': Math.round(laneWaitMs),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(attempts > 1 && { 'http.request.resend_count': attempts - 1 }),
  });
  span.end(failureOf(outcome, status));
}

/** Example: `inkeep get-tool`. Never the path, which has ids. */
function nameOf(service: Service, { operation }: UpstreamCall): string {
  return `${service} ${operation}`;
}

function attributesOf(service: Service, { operation, method, lane }: UpstreamCall): Attributes {
  return {
    'gateway.upstream.service': service,
    'gateway.upstream.operation': operation,
    'gateway.upstream.lane': lane,
    'http.request.method': method,
  };
}

/** The outcome, unless it is a normal one: success, 404, or a client that has left. */
function failureOf(outcome: string, status: number | undefined): string | undefined {
  return outcome === '2xx' || outcome === 'aborted' || status === 404 ? undefined : outcome;
}
