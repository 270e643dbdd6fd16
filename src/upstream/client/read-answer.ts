import { parseJson } from '../../exact-json.js';
import { parseRetryAfter } from './admission/retry-after.js';
import type { UpstreamAnswer, UpstreamCall } from './call.js';
import { parseRejection } from './errors/rejected-fields.js';
import {
  type FailedCall,
  UpstreamBadResponse,
  type UpstreamError,
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamUnauthenticated,
  UpstreamUnavailable,
} from './errors/upstream-errors.js';
import type { Answered, Broken, Exchanged } from './exchange.js';
import { codingsOf, describeType, isJson, requestIdOf, single } from './headers.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Turns a call's last exchange into its answer, or throws the UpstreamError that its status stands for. The body never decides
 * the class: a rejected bearer is a 401 with the code `internal_server_error` (observed). Messages hold no upstream text.
 * `facts` is called for an error only. `parse` reads the JSON of a 2xx, and returns undefined for bytes that are not JSON in UTF-8.
 */
export function readAnswer(
  exchanged: Exchanged,
  call: UpstreamCall,
  facts: () => FailedCall,
  parse: (bytes: Buffer) => unknown = parseUtf8Json,
): UpstreamAnswer {
  if (isSuccess(exchanged.status) && call.answer === 'any') return readAnyAnswer(exchanged, exchanged.status);
  if (exchanged.kind !== 'answered') throw brokenError(exchanged, facts());
  if (!isSuccess(exchanged.status)) throw toError(exchanged, facts());
  return readJsonAnswer(exchanged, facts, parse);
}

/** The error for an answer other than a 2xx. Its body may be anything, or be missing. */
function toError({ status, headers, body }: Answered, facts: FailedCall): UpstreamError {
  const what = `failed with ${status}`;
  const call: FailedCall = {
    ...facts,
    status,
    requestId: requestIdOf(headers),
    retryAfter: parseRetryAfter(single(headers, 'retry-after')),
  };
  if (status === 401) return new UpstreamUnauthenticated(what, call);
  if (status === 403) return new UpstreamForbidden(what, call);
  if (status === 404) return new UpstreamNotFound(what, call);
  if (status === 429) return new UpstreamRateLimited(what, call);
  if (status === 400 || status === 422) {
    const isReadable = body && codingsOf(headers).length === 0;
    return new UpstreamRejected(what, call, isReadable ? parseRejection(body.toString()) : undefined);
  }
  if (status >= 400 && status < 500) return new UpstreamRejected(what, call);
  if (status >= 500 && status < 600) return new UpstreamUnavailable(what, call);
  return new UpstreamBadResponse(`was answered with ${status}`, call);
}

/** The status confirms a write, even if the rest of the answer was lost. */
function readAnyAnswer(exchanged: Exchanged, status: number): UpstreamAnswer {
  if (exchanged.kind !== 'answered') return { status, body: undefined };
  const { headers, body } = exchanged;
  return answer(exchanged, body && isReadable(headers) ? parseUtf8Json(body) : undefined);
}

function readJsonAnswer(
  exchanged: Answered,
  facts: () => FailedCall,
  parse: (bytes: Buffer) => unknown,
): UpstreamAnswer {
  const { status, headers, body } = exchanged;
  const refuse = (what: string): never => {
    throw new UpstreamBadResponse(what, { ...facts(), status, requestId: requestIdOf(headers) });
  };
  if (!body) return refuse('was answered with a body that is too large');
  if (codingsOf(headers).length > 0) return refuse('was answered in a content coding that cannot be decoded');
  if (!isJson(headers)) return refuse(`was answered ${describeType(headers)}`);
  const json = parse(body);
  return json === undefined ? refuse('was answered with malformed JSON') : answer(exchanged, json);
}

function brokenError({ kind, status, error }: Broken, facts: FailedCall): UpstreamError {
  // If a proxy refused, the request was sent to the proxy but not to the upstream.
  const call: FailedCall = { ...facts, status, ...(kind === 'unreachable' && { sent: false }) };
  if (kind === 'malformed') return new UpstreamBadResponse('was answered with invalid HTTP', call, { cause: error });
  const what = kind === 'unreachable' ? 'found no connection' : 'lost its connection';
  return new UpstreamUnavailable(what, call, { cause: error });
}

function answer({ status, headers }: Answered, body: unknown): UpstreamAnswer {
  return { status, body, requestId: requestIdOf(headers) };
}

function isReadable(headers: Answered['headers']): boolean {
  return isJson(headers) && codingsOf(headers).length === 0;
}

function isSuccess(status: number | undefined): status is number {
  return status !== undefined && status >= 200 && status < 300;
}

/** Undefined if the bytes are not JSON in UTF-8. JSON itself never parses to undefined. */
export function parseUtf8Json(bytes: Buffer): unknown {
  try {
    return parseJson(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}
