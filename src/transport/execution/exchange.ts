import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type AbortLike, LightAbort } from '../../light-abort.js';
import type { Logger } from '../../log.js';
import type { Trace } from '../../tracing.js';
import type { CallRecord, CallTally } from '../../upstream/operation.js';

export type CostReport = 'with result' | 'only';

/** Reads the header `x-gateway-cost`: `1`, or `only`. Any other value is ignored. */
export function readCostReport(header: unknown): CostReport | undefined {
  if (header === '1') return 'with result';
  return header === 'only' ? 'only' : undefined;
}

/** One operation on its way through the gateway, on any transport. */
export interface Exchange {
  readonly requestId: string;
  /** The HTTP request. Of an operation of a socket, the request that was upgraded. */
  readonly request: IncomingMessage;
  /** The first value of a header, by its lower-case name. */
  readonly headers: (name: string) => string | undefined;
  /** Aborted if the client leaves before it has its answer. */
  readonly signal: AbortLike;
  /** Whether the client asked for `extensions.upstream`. */
  readonly wantsReport: boolean;
  /** Whether the client asked for `extensions.cost`: with the result, or instead of executing the operation. */
  readonly costReport: CostReport | undefined;
  /** Facts about the operation, for the log and the metrics. */
  readonly summary: OperationSummary;
  /** The span of the operation, or the trace context that the client sent. Set when the operation starts. */
  trace: Trace | undefined;
  /** Whether the result is delivered in parts, because of `@defer`. Set when the operation starts. */
  inParts: boolean;
  readonly log: Logger;
}

const NO_CALLS: readonly CallRecord[] = [];

export class OperationSummary implements CallTally {
  /** The client's name for it, at most 100 characters; absent for an anonymous operation. */
  name?: string | undefined;
  /** Absent until the document has been parsed. */
  type?: 'query' | 'mutation' | 'subscription';
  /** Whether the request named a persisted operation instead of sending a document. */
  isPersisted = false;
  /** SHA-256 of the text of the document, in hexadecimal. Absent if there was none, or it is not valid. */
  documentHash?: string;
  upstreamCalls = 0;
  calls: readonly CallRecord[] = NO_CALLS;
  #codes: Set<string> | undefined;

  /** Whether any error was sent. */
  get hasCodes(): boolean {
    return this.#codes !== undefined;
  }

  /** The `extensions.code` of all errors sent so far. */
  get codes(): Set<string> {
    this.#codes ??= new Set();
    return this.#codes;
  }
}

/** Starts the exchange of one HTTP request. The caller aborts its signal if the connection closes before the response is complete. */
export function startExchange(request: IncomingMessage, log: Logger): Exchange & { readonly signal: LightAbort } {
  return {
    requestId: readRequestId(request),
    request,
    headers: (name) => firstHeader(request, name),
    signal: new LightAbort(),
    wantsReport: request.headers['x-gateway-report'] === '1',
    costReport: readCostReport(request.headers['x-gateway-cost']),
    summary: new OperationSummary(),
    trace: undefined,
    inParts: false,
    log,
  };
}

/** The first value of a header, by its lower-case name. Only `cookie` headers are joined into one, by Node. */
export function firstHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  // Node joins several headers of one name by commas, and `headersDistinct` copies all of them.
  if (value === undefined || name === 'cookie' || (typeof value === 'string' && !value.includes(','))) {
    return value as string | undefined;
  }
  return request.headersDistinct[name]?.[0];
}

/** The client's own `x-request-id`, if it is safe in a log line and in a header; otherwise a new id. */
export function readRequestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}
