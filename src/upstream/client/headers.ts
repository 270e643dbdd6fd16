import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from './call.js';

const USER_AGENT = 'agent-tools-gateway';

/** What an upstream's request id may look like before it is shown to a client: it is upstream text. Ours fit too, with `:1`. */
const REQUEST_ID = /^[\w.:-]{1,160}$/;

/** `application/json` or `application/…+json`, with any parameters but another charset than UTF-8. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;(?!\s*charset)[^;]*|;\s*charset\s*=\s*"?utf-?8"?\s*)*$/i;

const ANY_JSON_TYPE = /^\s*application\/(?:[\w.-]+\+)?json\b/i;

/**
 * All headers of a request: the caller's identity and a fixed list, which wins. `requestId` is that of the operation, the same
 * for each attempt; the upstream echoes it in its answer and its logs (observed).
 * Answers are asked for uncompressed: the upstream never compresses (observed). A proxy before it that does so all the same is
 * put up with, see `decode`.
 */
export function requestHeaders(caller: Caller, requestId: string, hasBody: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    ...caller.headers,
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': USER_AGENT,
    'x-request-id': requestId,
  };
  if (hasBody) headers['content-type'] = 'application/json';
  return headers;
}

/** The upstream's id of the request, where it sent one that is fit to be shown. */
export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  const id = single(headers, 'x-request-id');
  return id !== undefined && REQUEST_ID.test(id) ? id : undefined;
}

/** The value of a header that was sent exactly once. */
export function single(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whether a body is JSON in UTF-8, by its content type. `application/problem+json` is JSON too. */
export function isJson(headers: IncomingHttpHeaders): boolean {
  return JSON_TYPE.test(single(headers, 'content-type') ?? '');
}

/** What the content type says of a body that is not JSON in UTF-8, in words of ours. */
export function describeType(headers: IncomingHttpHeaders): string {
  const type = single(headers, 'content-type');
  if (type === undefined) return 'without a content type';
  if (/^\s*(text\/html|application\/xhtml\+xml)\b/i.test(type)) return 'with a web page';
  if (ANY_JSON_TYPE.test(type)) return 'with JSON in another charset than UTF-8';
  return 'with a content type other than JSON';
}

/** The content codings of a body in the order in which they were applied, in lower case; none for a plain one. */
export function codingsOf(headers: IncomingHttpHeaders): string[] {
  const value: string | string[] | undefined = headers['content-encoding'];
  if (value === undefined) return [];
  return String(value)
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
}
