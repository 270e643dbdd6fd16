import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { stringifyJson } from '../../exact-json.js';
import type { AbortLike } from '../../light-abort.js';
import { formatResult } from '../execution/public-errors.js';
import type { ResultPump } from '../execution/result-pump.js';
import { STREAM_HEADERS } from '../stream-headers.js';

export const PARTS_TYPE = 'multipart/mixed; boundary="-"; deferSpec=20220824';

const DELIMITER = '\r\n---\r\n';
const END = '\r\n-----\r\n';

/**
 * Sends the parts of a result as `multipart/mixed` (GraphQL incremental delivery over HTTP, 2022-08-24), each as soon as it is
 * complete. The delimiter is sent directly after each part, because clients read a part when they see its end.
 */
export async function sendParts(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ResultPump,
  signal: AbortLike,
): Promise<void> {
  if (response.destroyed) return parts.runUntil(signal, async () => {});
  response.writeHead(200, {
    ...STREAM_HEADERS,
    'content-type': PARTS_TYPE,
    ...(!request.complete && { connection: 'close' }),
  });
  response.write(DELIMITER);
  await parts.runUntil(signal, async (part) => {
    if (!response.destroyed) response.write(formatPart(part));
  });
  if (!response.destroyed) response.end();
}

/** A result that came whole, as the only part of a body. */
export function formatOnlyPart(result: ExecutionResult): string {
  return `${DELIMITER}${formatPart({ ...result, hasNext: false })}`;
}

function formatPart(part: ExecutionResult & { hasNext?: boolean }): string {
  const json = stringifyJson(formatResult(part));
  const end = part.hasNext === false ? END : DELIMITER;
  return `content-type: application/json; charset=utf-8\r\n\r\n${json}${end}`;
}
