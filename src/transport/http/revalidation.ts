import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { OperationSummary } from '../execution/exchange.js';
import type { ResultText } from './result-text.js';

/**
 * Lets the client keep the answer to a GET of a persisted query, and ask each time whether it is still the current one
 * (`no-cache` means that). The query is executed again, with the credential of that request, so no answer is ever older than
 * its request and none is shared; only the body is saved. Answers with errors are not kept.
 */
export function allowRevalidation(
  { method, headers }: IncomingMessage,
  { isPersisted }: OperationSummary,
  { errors }: ExecutionResult,
  answer: ResultText,
): ResultText {
  const type = answer.headers['content-type'] ?? '';
  if (!isPersisted || method === 'POST' || errors || type.startsWith('text/event-stream')) return answer;
  const etag = `"${createHash('sha256').update(type).update(answer.body).digest('base64url')}"`;
  const kept = { 'cache-control': 'private, no-cache', etag };
  if (headers['if-none-match']?.includes(etag)) return { status: 304, headers: kept, body: '' };
  return { ...answer, headers: { ...answer.headers, ...kept } };
}
