import type { IncomingHttpHeaders } from 'node:http';
import type { Trace } from '../../tracing.js';
import type { Caller } from './call.js';

const USER_AGENT = 'agent-tools-gateway';

/** Request ids of an upstream that may be shown to a client. Matches the gateway's own ids too, with a suffix like `:1`. */
const REQUEST_ID = /^[\w.:-]{1,160}$/;

/** `application/json` or `application/…+json`, with any parameters but another charset than UTF-8. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;(?!\s*charset)[^;]*|;\s*charset\s*=\s*"?utf-?8"?\s*)*$/i;

const ANY_JSON_TYPE = /^\s*application\/(?:[\w.-]+\+)?json\b/i;

/**
 * All headers of a request: the caller's identity headers and a fixed list, which overrides them. `requestId` is that of the
 * operation, the same for each attempt; the upstream repeats it in its answer and its logs (observed). `trace` adds its own.
 * Requests uncompressed answers: the upstream never compresses (observed). If a proxy does, see `decode`.
 */
export function requestHeaders(
  caller: Caller,
  requestId: string,
  hasBody: boolean,
  trace?: Trace | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {
    ...caller.headers,
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': USER_AGENT,
    'x-request-id': requestId,
  };
  if (trace) Object.assign(headers, trace.headers);
  if (hasBody) headers['content-type'] = 'application/json';
  return headers;
}

/** The upstream's id of the request, if it sent one that may be shown to a client. */
export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  const id = single(headers, 'x-request-id');
  return id !== undefined && REQUEST_ID.test(id) ? id : undefined;
}

/** The value of a header if it was sent exactly once. */
export function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whether a body is JSON in UTF-8, by its content type. `application/problem+json` is JSON too. */
export function isJson(headers: IncomingHttpHeaders): boolean {
  return JSON_TYPE.test(single(headers, 'content-type') ?? '');
}

/** Describes the content type of a body that is not JSON in UTF-8, without quoting it. */
export function describeType(headers: IncomingHttpHeaders): string {
  const type = single(headers, 'content-type');
  if (type === undefined) return 'without a content type';
  if (/^\s*(text\/html|application\/xhtml\+xml)\b/i.test(type)) return 'with a web page';
  if (ANY_JSON_TYPE.test(type)) return 'with JSON in another charset than UTF-8';
  return 'with a content type other than JSON';
}

/** The content codings of a body in lower case, in the order in which they were applied; empty if it is not encoded. */
export function codingsOf(headers: IncomingHttpHeaders): string[] {
  const value: string | string[] | undefined = headers['content-encoding'];
  if (value === undefined) return [];
  return String(value)
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
}
