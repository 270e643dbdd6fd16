import type { ExecutionResult } from 'graphql';
import { stringifyJson } from '../../exact-json.js';
import { formatResult, type HttpExtensions } from '../execution/public-errors.js';
import { STREAM_HEADERS } from '../stream-headers.js';
import type { AnswerType } from './accept.js';
import { formatOnlyPart, PARTS_TYPE } from './send-parts.js';

/** A whole response. */
export interface ResultText {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * Formats one result according to GraphQL over HTTP. A refused request has the highest status of its errors; with plain
 * `application/json`, only of those that are errors of HTTP itself. Any other result has 200.
 */
export function formatResponse(result: ExecutionResult, type: AnswerType): ResultText {
  const isJson = type !== 'text/event-stream' && type !== 'multipart/mixed';
  const headers: Record<string, string> = isJson
    ? { 'cache-control': 'no-store', 'content-type': `${type}; charset=utf-8` }
    : { ...STREAM_HEADERS, 'content-type': type === 'multipart/mixed' ? PARTS_TYPE : type };
  const status = result.errors ? readHttpExtensions(result.errors, type, headers) : 200;
  return { status, headers, body: formatBody(result, type) };
}

function formatBody(result: ExecutionResult, type: AnswerType): string {
  if (type === 'multipart/mixed') return formatOnlyPart(result);
  const json = stringifyJson(formatResult(result));
  return type === 'text/event-stream' ? `:\n\nevent: next\ndata: ${json}\n\nevent: complete\ndata:\n\n` : json;
}

/** The status, and the headers added to `headers`, of the errors of a result. */
function readHttpExtensions(
  errors: NonNullable<ExecutionResult['errors']>,
  type: AnswerType,
  headers: Record<string, string>,
): number {
  let status = 200;
  for (const { extensions } of errors) {
    const http = extensions.http as HttpExtensions | undefined;
    if (!http) continue;
    Object.assign(headers, http.headers);
    if (http.spec && type !== 'application/graphql-response+json') continue;
    status = Math.max(status, http.status);
  }
  return status;
}
