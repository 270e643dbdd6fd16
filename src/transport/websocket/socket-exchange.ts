import type { IncomingMessage } from 'node:http';
import { LightAbort } from '../../light-abort.js';
import type { Logger } from '../../log.js';
import type { Trace } from '../../tracing.js';
import { type Exchange, firstHeader, OperationSummary, readCostReport, readRequestId } from '../execution/exchange.js';

/** Headers that a browser sets and a page cannot set: `connectionParams` must not replace them. */
const UPGRADE_ONLY = new Set(['cookie', 'origin']);

/** The client of a socket: what all its operations have in common. */
export interface SocketCaller {
  /** The request id of the upgrade. */
  readonly requestId: string;
  readonly request: IncomingMessage;
  readonly headers: Exchange['headers'];
  readonly wantsReport: boolean;
  readonly costReport: Exchange['costReport'];
  readonly log: Logger;
}

/**
 * Reads the headers of a caller from three places, in this order: its `connectionParams`, their member `headers`, and the headers
 * of the upgrade request, which clients other than browsers can set. The first value of a name counts. Names of params are read
 * in any letter case, and only string values. `cookie` and `origin` are always taken from the upgrade request.
 */
export function readSocketCaller(
  request: IncomingMessage,
  params: Readonly<Record<string, unknown>>,
  log: Logger,
): SocketCaller {
  const values = new Map<string, string>();
  for (const [key, value] of [...Object.entries(params), ...nestedHeaders(params)]) {
    const name = key.toLowerCase();
    if (typeof value === 'string' && !values.has(name)) values.set(name, value);
  }
  const headers = (name: string): string | undefined =>
    UPGRADE_ONLY.has(name) ? firstHeader(request, name) : (values.get(name) ?? firstHeader(request, name));
  return {
    requestId: readRequestId(request),
    request,
    headers,
    wantsReport: headers('x-gateway-report') === '1',
    costReport: readCostReport(headers('x-gateway-cost')),
    log,
  };
}

function nestedHeaders(params: Readonly<Record<string, unknown>>): [string, unknown][] {
  const [, headers] = Object.entries(params).find(([key]) => key.toLowerCase() === 'headers') ?? [];
  return typeof headers === 'object' && headers !== null && !Array.isArray(headers) ? Object.entries(headers) : [];
}

/** The exchange of one operation of a socket. Small, because most operations wait idly for events. */
export class SocketExchange implements Exchange {
  readonly summary = new OperationSummary();
  readonly signal = new LightAbort();
  trace: Trace | undefined;
  inParts = false;
  readonly #caller: SocketCaller;
  readonly #count: number;

  /** `count` is 1 for the first operation of a socket. Request ids are that of the upgrade with the count: `id:1`, `id:2`. */
  constructor(caller: SocketCaller, count: number) {
    this.#caller = caller;
    this.#count = count;
  }

  get requestId(): string {
    return `${this.#caller.requestId}:${this.#count}`;
  }

  get request(): IncomingMessage {
    return this.#caller.request;
  }

  get headers(): Exchange['headers'] {
    return this.#caller.headers;
  }

  get wantsReport(): boolean {
    return this.#caller.wantsReport;
  }

  get costReport(): Exchange['costReport'] {
    return this.#caller.costReport;
  }

  get log(): Logger {
    return this.#caller.log;
  }

  /** Records that the client no longer waits for this operation. */
  leave(): void {
    this.signal.abort();
  }
}
