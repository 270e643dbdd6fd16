import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../log.js';

/** One operation on its way through the gateway, whatever it came by. */
export interface Exchange {
  readonly requestId: string;
  /** First value of a header, by its lower-case name. */
  readonly headers: (name: string) => string | undefined;
  /** Aborted when the client leaves before its answer. */
  readonly signal: AbortSignal;
  /** Whether it has left. Ask for this, and the signal only to hand it on: a socket's operation has none before. */
  readonly hasLeft: boolean;
  /** Whether the client asked for `extensions.upstream`. */
  readonly wantsReport: boolean;
  /** What is learnt on the way, for the log and the metrics. */
  readonly record: OperationRecord;
  readonly log: Logger;
}

export class OperationRecord {
  /** The client's name for it, at most 100 characters; absent for an anonymous operation. */
  name?: string | undefined;
  /** Absent until the document has been read. */
  type?: 'query' | 'mutation' | 'subscription';
  #codes: Set<string> | undefined;

  /** `extensions.code` of all errors answered so far. */
  get codes(): Set<string> {
    this.#codes ??= new Set();
    return this.#codes;
  }
}

/** Starts the exchange of one HTTP request. Its signal ends with the response. */
export function startExchange(request: IncomingMessage, response: ServerResponse, log: Logger): Exchange {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return {
    requestId: readRequestId(request),
    headers: (name) => firstHeader(request, name),
    signal: controller.signal,
    get hasLeft() {
      return controller.signal.aborted;
    },
    wantsReport: request.headers['x-gateway-report'] === '1',
    record: new OperationRecord(),
    log,
  };
}

/** First value of a header. Node joins several `cookie` lines into one as a browser would; of all others the first counts. */
export function firstHeader(request: IncomingMessage, name: string): string | undefined {
  return name === 'cookie' ? request.headers.cookie : request.headersDistinct[name]?.[0];
}

/** A client's own id is kept where it cannot break a log line or a header. */
export function readRequestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}
