import type { Service } from './call.js';

/** What is known of a failed call. `path` and `host` are for logs only: they never reach a client. */
export interface FailedCall {
  readonly service: Service;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** Host and port that were asked. */
  readonly host?: string | undefined;
  /** HTTP status, where an answer came. */
  readonly status?: number | undefined;
  /** The upstream's id of the request, where it sent one. */
  readonly requestId?: string | undefined;
  /** Attempts after the first. */
  readonly retries?: number | undefined;
  /** Whole seconds after which another try makes sense. */
  readonly retryAfter?: number | undefined;
  /** False when the request surely never reached the upstream. A write that was sent has an unknown outcome. */
  readonly sent?: boolean | undefined;
}

/** One problem the upstream found in a body it was sent; `path` points into that REST body. */
export interface RejectedField {
  readonly path: readonly string[];
  readonly message: string;
}

/** Base of everything that can go wrong with an upstream call. One class per cause; the status decides, never the body's text. */
export abstract class UpstreamError extends Error {
  readonly call: FailedCall;
  /** What went wrong, without the call: fit for logs, as nothing that the upstream sent is in it. */
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

/** 403: the credential is known, and may not do this. */
export class UpstreamForbidden extends UpstreamError {}

/** 404. */
export class UpstreamNotFound extends UpstreamError {}

/** Why an upstream refused a request: by field, or as one sentence about the whole. Upstream text, fit to be shown to a client. */
export interface Rejection {
  readonly fields: readonly RejectedField[];
  readonly reason?: string | undefined;
}

/** 400, 409, 422 and every other 4xx: the upstream refused the request as it is. `fields` and `reason` if it said why. */
export class UpstreamRejected extends UpstreamError {
  readonly fields: readonly RejectedField[];
  readonly reason: string | undefined;

  constructor(what: string, call: FailedCall, { fields, reason }: Rejection = { fields: [] }, options?: ErrorOptions) {
    super(what, call, options);
    this.fields = fields;
    this.reason = reason;
  }
}

/** 429: too many requests; `call.retryAfter` where the upstream said when. */
export class UpstreamRateLimited extends UpstreamError {}

/** No answer before the deadline, queueing in the lane and connecting included. */
export class UpstreamTimeout extends UpstreamError {}

/** 5xx, refused, reset, breaker open, or the lane full (then `call.retryAfter` is set and `call.sent` is false). */
export class UpstreamUnavailable extends UpstreamError {}

/** A 2xx that is no answer to the call: not JSON, another shape, too big, another id than asked; or a redirect. */
export class UpstreamBadResponse extends UpstreamError {}

/** The client left before the answer came. Nobody sees this error. */
export class UpstreamAborted extends UpstreamError {}

/** A path segment that must not become part of a URL (empty, `.`, `..`, control characters …). Thrown before anything is sent. */
export class InvalidPathSegment extends Error {
  readonly segment: string;

  constructor(segment: string, why: string) {
    super(`path segment ${JSON.stringify(segment.slice(0, 80))} ${why}`);
    this.name = 'InvalidPathSegment';
    this.segment = segment;
  }
}
