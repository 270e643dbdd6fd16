import type { Service } from '../call.js';

/** The facts about a failed call. `path` and `host` are for logs only: they are never shown to a client. */
export interface FailedCall {
  readonly service: Service;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** Host and port of the upstream. */
  readonly host?: string | undefined;
  /** HTTP status, if the upstream answered. */
  readonly status?: number | undefined;
  /** The upstream's id of the request, if it sent one. */
  readonly requestId?: string | undefined;
  /** Attempts after the first. */
  readonly retries?: number | undefined;
  /** Whole seconds after which the client may retry. */
  readonly retryAfter?: number | undefined;
  /** False if the request certainly did not reach the upstream. The outcome of a write that was sent is unknown. */
  readonly sent?: boolean | undefined;
}

/** One problem that the upstream found in a request body; `path` points into that REST body. */
export interface RejectedField {
  readonly path: readonly string[];
  readonly message: string;
}

/** Base class of all failures of an upstream call. The status decides the class, never the text of the body. */
export abstract class UpstreamError extends Error {
  readonly call: FailedCall;
  /** What went wrong, without the call. May be logged: it holds no upstream text. */
  readonly problem: string;

  constructor(what: string, call: FailedCall, options?: ErrorOptions) {
    const retries = call.retries ? ` after ${call.retries} ${call.retries === 1 ? 'retry' : 'retries'}` : '';
    super(`${call.method} ${call.path} ${what}${retries}`, options);
    this.name = new.target.name;
    this.call = call;
    this.problem = what;
  }
}

/** 401: the upstream does not accept the credential. */
export class UpstreamUnauthenticated extends UpstreamError {}

/** 403: the credential does not permit this. */
export class UpstreamForbidden extends UpstreamError {}

/** 404. */
export class UpstreamNotFound extends UpstreamError {}

/** Why an upstream rejected a request: by field, or one reason for the whole. Upstream text that may be shown to a client. */
export interface Rejection {
  readonly fields: readonly RejectedField[];
  readonly reason?: string | undefined;
}

/** 400, 409, 422 and every other 4xx: the upstream rejected the request. `fields` and `reason` are set if it gave them. */
export class UpstreamRejected extends UpstreamError {
  readonly fields: readonly RejectedField[];
  readonly reason: string | undefined;

  constructor(what: string, call: FailedCall, { fields, reason }: Rejection = { fields: [] }, options?: ErrorOptions) {
    super(what, call, options);
    this.fields = fields;
    this.reason = reason;
  }
}

/** 429: too many requests. `call.retryAfter` is set if the upstream sent it. */
export class UpstreamRateLimited extends UpstreamError {}

/** No answer before the deadline, which includes the wait in the lane and connecting. */
export class UpstreamTimeout extends UpstreamError {}

/** 5xx, connection refused or reset, breaker open, or lane full (`call.retryAfter` is set and `call.sent` is false then). */
export class UpstreamUnavailable extends UpstreamError {}

/** A 2xx that does not answer the call (not JSON, unknown shape, too large, another id than requested), or a redirect. */
export class UpstreamBadResponse extends UpstreamError {}

/** The client disconnected before the answer came. No client sees this error. */
export class UpstreamAborted extends UpstreamError {}

/** A path segment that must not be part of a URL (empty, `.`, `..`, control characters …). Thrown before anything is sent. */
export class InvalidPathSegment extends Error {
  readonly segment: string;

  constructor(segment: string, why: string) {
    super(`path segment ${JSON.stringify(segment.slice(0, 80))} ${why}`);
    this.name = 'InvalidPathSegment';
    this.segment = segment;
  }
}
