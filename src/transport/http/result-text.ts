import type { ExecutionResult } from 'graphql';
import { stringifyJson } from '../../exact-json.js';
import { formatResult, type HttpExtensions } from '../execution/public-errors.js';
import type { AnswerType } from './accept.js';

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
  const headers: Record<string, string> = { 'cache-control': 'no-store', 'content-type': `${type}; charset=utf-8` };
  const json = stringifyJson(formatResult(result));
  const status = result.errors ? readHttpExtensions(result.errors, type, headers) : 200;
  if (type !== 'text/event-stream') return { status, headers, body: json };
  headers['content-type'] = type;
  headers['cache-control'] = 'no-store, no-transform';
  headers['x-accel-buffering'] = 'no';
  return { status, headers, body: `:\n\nevent: next\ndata: ${json}\n\nevent: complete\ndata:\n\n` };
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
