import type { IncomingMessage } from 'node:http';
import type { Logger } from '../log.js';
import { type Exchange, firstHeader, OperationRecord, readRequestId } from './exchange.js';

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
 * What a caller presented: its `connectionParams` as headers, names in any letter case, values only where they are strings;
 * cookies and Origin from the upgrade request. As among headers, the first of a name counts.
 */
export function readSocketCaller(
  request: IncomingMessage,
  params: Readonly<Record<string, unknown>>,
  log: Logger,
): SocketCaller {
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(params)) {
    const name = key.toLowerCase();
    if (typeof value === 'string' && !values.has(name)) values.set(name, value);
  }
  return {
    requestId: readRequestId(request),
    headers: (name) => (OF_THE_UPGRADE.has(name) ? firstHeader(request, name) : values.get(name)),
    wantsReport: values.get('x-gateway-report') === '1',
    log,
  };
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
