import { type Dispatcher, errors } from 'undici';
import type { AbortLike } from '../../light-abort.js';
import { ProxyRefused } from './proxy.js';

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** The result of sending a request once. */
export type Exchanged = Answered | Broken;

/** An answer with all its headers. `body` may be compressed; it is undefined if it is longer than the limit for its status. */
export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer | undefined;
}

/**
 * No complete answer.
 * - `unreachable`: no connection, or a proxy refused the request.
 * - `cut`: the connection was lost after the request was sent.
 * - `malformed`: the answer is not valid HTTP.
 *
 * `status` is set if the answer had started. `error` is for logs.
 */
export interface Broken {
  readonly kind: 'unreachable' | 'cut' | 'malformed';
  readonly status: number | undefined;
  readonly error: Error;
}

export interface ExchangeRequest {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface ExchangeLimits {
  /** Most bytes of a 2xx body. */
  readonly maxBodyBytes: number;
  /** Most bytes of any other body: only the reason of an error is read from it. */
  readonly maxErrorBytes: number;
}

/**
 * Sends one request once and reads its answer. Rejects with the signal's reason as soon as it aborts, or if undici does not accept
 * the request's parts. `progress.sent` is set just before the first byte is written, `progress.status` when the status is known.
 * Uses undici's dispatch interface, as no other one shows whether a failed request was sent. A connection whose answer was not
 * read to its end (cut, too long, abandoned) is destroyed.
 */
export function exchange(
  pool: Dispatcher,
  request: ExchangeRequest,
  limits: ExchangeLimits,
  signal: AbortLike,
  progress: ExchangeProgress,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(limits, progress, (error, outcome) => {
      signal.removeEventListener('abort', onAbort);
      if (outcome) resolve(outcome);
      else reject(error);
    });
    const onAbort = (): void => reader.abandon(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    pool.dispatch(request, reader);
  });
}

/** Most bytes of the body of an answer with this status. */
export function maxBytesFor(status: number, { maxBodyBytes, maxErrorBytes }: ExchangeLimits): number {
  return status < 300 ? maxBodyBytes : maxErrorBytes;
}

/** How far an exchange has come. */
export interface ExchangeProgress {
  sent: boolean;
  status?: number;
}

type Settle = (error: unknown, outcome?: Exchanged) => void;

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #progress: ExchangeProgress;
  readonly #settle: Settle;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #answer: { readonly status: number; readonly headers: Headers } | undefined;
  #room = 0;
  #settled = false;

  constructor(limits: ExchangeLimits, progress: ExchangeProgress, settle: Settle) {
    this.#limits = limits;
    this.#progress = progress;
    this.#settle = settle;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Abandoned while it waited for a connection: nothing was written, and nothing will be.
    if (this.#settled) this.#drop();
    else this.#progress.sent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (this.#settled || status < 200) return;
    this.#answer = { status, headers };
    this.#progress.status = status;
    this.#room = maxBytesFor(status, this.#limits);
    if (Number(headers['content-length']) > this.#room) this.#endWithoutBody();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    this.#room -= chunk.length;
    if (this.#room < 0) this.#endWithoutBody();
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#answer) this.#end({ kind: 'answered', ...this.#answer, body: this.#body() });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error & { code?: string }): void {
    const isInvalid = error.code === 'UND_ERR_INVALID_ARG';
    if (isInvalid && !this.#controller) this.abandon(error);
    // undici reports a 407 of a forwarding proxy as an invalid argument, after the request was sent.
    else if (isInvalid) this.#end({ kind: 'unreachable', status: undefined, error: new ProxyRefused(407) });
    else this.#end({ ...this.#breakOf(error), status: this.#answer?.status });
  }

  /** A small body comes in one piece, which need not be copied. */
  #body(): Buffer {
    const [only, ...more] = this.#chunks;
    return only && more.length === 0 ? only : Buffer.concat(this.#chunks);
  }

  /** Rejects, and destroys the connection. */
  abandon(reason: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(reason);
    this.#drop();
  }

  #endWithoutBody(): void {
    if (this.#answer) this.#end({ kind: 'answered', ...this.#answer, body: undefined });
    this.#drop();
  }

  #end(outcome: Exchanged): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(undefined, outcome);
  }

  #drop(): void {
    this.#controller?.abort(new Error('the answer is not needed'));
  }

  #breakOf(error: Error): Pick<Broken, 'kind' | 'error'> {
    if (!this.#controller) return { kind: 'unreachable', error };
    return isProtocolError(error) ? { kind: 'malformed', error: withoutBytes(error) } : { kind: 'cut', error };
  }
}

/** Removes the unreadable bytes that the parser's error holds, which must not be logged. */
function withoutBytes({ name, code }: Error & { code?: string }): Error {
  return Object.assign(new Error('not valid HTTP'), { name, code });
}

/** The parser also fails for an answer that ends too early; its error has no `data` then. */
function isProtocolError(error: Error): boolean {
  const { data } = error as { data?: unknown };
  return error instanceof errors.HTTPParserError ? Boolean(data) : error instanceof errors.HeadersOverflowError;
}
