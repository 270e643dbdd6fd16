import type { IncomingMessage } from 'node:http';
import type { Logger } from '../../log.js';
import { type Exchange, firstHeader, OperationRecord, readRequestId } from '../execution/exchange.js';

/** Headers that a browser sets and a page cannot: `connectionParams` must not stand in for them. */
const OF_THE_UPGRADE = new Set(['cookie', 'origin']);

/** Whoever opened a socket: what all its operations share. */
export interface SocketCaller {
  /** That of the upgrade. */
  readonly requestId: string;
  readonly headers: Exchange['headers'];
  readonly wantsReport: boolean;
  readonly log: Logger;
}

/**
 * What a caller presented as headers: its `connectionParams`, then what they hold under `headers`, then the headers of the
 * upgrade request, which clients that are not browsers can set. Names of params are read in any letter case, values only if they
 * are strings, and the first of a name counts. Cookies and Origin are those of the upgrade request.
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
    OF_THE_UPGRADE.has(name) ? firstHeader(request, name) : (values.get(name) ?? firstHeader(request, name));
  return {
    requestId: readRequestId(request),
    headers,
    wantsReport: headers('x-gateway-report') === '1',
    log,
  };
}

function nestedHeaders(params: Readonly<Record<string, unknown>>): [string, unknown][] {
  const [, headers] = Object.entries(params).find(([key]) => key.toLowerCase() === 'headers') ?? [];
  return typeof headers === 'object' && headers !== null && !Array.isArray(headers) ? Object.entries(headers) : [];
}

/** The exchange of one operation of a socket. Most wait for an event, so what may never be asked for is made when it is. */
export class SocketExchange implements Exchange {
  readonly record = new OperationRecord();
  readonly #caller: SocketCaller;
  readonly #count: number;
  #controller: AbortController | undefined;
  #hasLeft = false;

  /** `count` is 1 for the first operation of its socket: request ids count up from that of the upgrade: `id:1`, `id:2` … */
  constructor(caller: SocketCaller, count: number) {
    this.#caller = caller;
    this.#count = count;
  }

  get requestId(): string {
    return `${this.#caller.requestId}:${this.#count}`;
  }

  get headers(): Exchange['headers'] {
    return this.#caller.headers;
  }

  get wantsReport(): boolean {
    return this.#caller.wantsReport;
  }

  get log(): Logger {
    return this.#caller.log;
  }

  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#hasLeft) this.#controller.abort();
    return this.#controller.signal;
  }

  /** The client does not wait for this operation any more. */
  leave(): void {
    this.#hasLeft = true;
    this.#controller?.abort();
  }
}
