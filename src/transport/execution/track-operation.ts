import type { Trace, Tracing } from '../../tracing.js';
import type { CallReport } from '../../upstream/operation.js';
import type { EdgeMetrics } from '../edge-metrics.js';
import type { TransportLimits } from '../limits.js';
import type { Exchange, OperationSummary } from './exchange.js';
import { isServerError } from './public-errors.js';

/** The HTTP status sent (499, as proxies log it, if the client left before its answer), or the transport if it is not HTTP. */
type Ending = { readonly status: number } | { readonly transport: 'websocket' };

/**
 * Counts an operation as active until the returned function is called, when all its results have been sent or its client has
 * left. That call also logs one line, which never has variables, headers other than the name and version of the client, or the
 * document. `traceHeaders` reads `traceparent` and `tracestate`, from the headers by default.
 */
export type TrackOperation = (exchange: Exchange, traceHeaders?: Exchange['headers']) => (ending: Ending) => void;

export interface TrackerOptions {
  readonly metrics: EdgeMetrics;
  readonly tracing: Tracing;
  /** Queries and mutations that take longer are logged at `warn`, with their upstream calls. */
  readonly slowOperationMs: number;
  readonly limits: TransportLimits['log'];
}

export function createTracker({ metrics, tracing, slowOperationMs, limits }: TrackerOptions): TrackOperation {
  return (exchange, traceHeaders = exchange.headers) => {
    const startedAt = performance.now();
    const { requestId, summary, log } = exchange;
    const countEnd = metrics.operationStarted(summary);
    const trace = tracing.startOperation(traceHeaders);
    exchange.trace = trace;
    return (ending) => {
      countEnd();
      if (trace?.isRecorded) endSpan(trace, summary, ending);
      const ms = performance.now() - startedAt;
      // A subscription is open for as long as its client wants.
      const isSlow = ms > slowOperationMs && summary.type !== 'subscription';
      const level = isSlow ? 'warn' : 'info';
      if (!log.isLevelEnabled(level)) return;
      log[level](
        {
          requestId,
          traceparent: trace?.traceparent,
          operation: summary.name,
          type: summary.type,
          documentHash: summary.documentHash,
          ms: rounded(ms),
          upstreamCalls: summary.upstreamCalls,
          ...ending,
          ...(summary.hasCodes && { codes: [...summary.codes] }),
          ...clientOf(exchange, limits.maxClientChars),
          ...(isSlow && { slow: true, calls: slowestCalls(summary, limits.maxSlowCalls) }),
        },
        'operation',
      );
    };
  };
}

/**
 * Ends the span of an operation. Its name is the type of the operation, because the name is the client's choice. The request id and
 * the name of the client are only in the log: they are headers.
 */
function endSpan(trace: Trace, summary: OperationSummary, ending: Ending): void {
  const codes = summary.hasCodes ? [...summary.codes] : [];
  if (summary.type !== undefined) trace.rename(summary.type);
  trace.set({
    'graphql.operation.type': summary.type,
    'graphql.operation.name': summary.name,
    'graphql.document.hash': summary.documentHash,
    'gateway.transport': 'transport' in ending ? ending.transport : 'http',
    'http.response.status_code': 'status' in ending ? ending.status : undefined,
    'gateway.upstream.calls': summary.upstreamCalls,
    'gateway.error_codes': summary.hasCodes ? codes : undefined,
  });
  trace.end(codes.find(isServerError));
}

/** The headers that tell the name and the version of a client: those of GraphQL tools in general, and those of Apollo Client. */
const CLIENT_HEADERS = {
  client: ['x-graphql-client-name', 'apollographql-client-name'],
  clientVersion: ['x-graphql-client-version', 'apollographql-client-version'],
} as const;

/** The name and the version of the client, as far as it tells them. */
function clientOf(
  { headers }: Exchange,
  maxChars: number,
): { client?: string | undefined; clientVersion?: string | undefined } {
  const read = ([usual, ofApollo]: readonly [string, string]) =>
    printable(headers(usual) ?? headers(ofApollo), maxChars);
  const client = read(CLIENT_HEADERS.client);
  return client === undefined ? {} : { client, clientVersion: read(CLIENT_HEADERS.clientVersion) };
}

/** The text without control and other invisible characters, at most `maxChars` long. Undefined if nothing is left. */
function printable(text: string | undefined, maxChars: number): string | undefined {
  // Cut first, so that the time does not depend on the client.
  return text?.slice(0, maxChars).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '') || undefined;
}

/** The calls of an operation that took the longest, with the slowest first. Those that have not ended come before all others. */
function slowestCalls({ calls }: OperationSummary, max: number): object[] {
  const shown = calls.map((call) => ({ method: call.method, ...call.report(calls[0]?.startedAt ?? 0) }));
  const slowest = shown.sort((a, b) => timeOf(b) - timeOf(a)).slice(0, max);
  return slowest.map(({ keys: _, joined, ...call }) => ({ ...call, ...(joined && { coalesced: true }) }));
}

function timeOf({ ms }: CallReport): number {
  return ms ?? Number.POSITIVE_INFINITY;
}

/** Milliseconds to a tenth. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
