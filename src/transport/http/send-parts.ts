import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { stringifyJson } from '../../exact-json.js';
import type { AbortLike } from '../../light-abort.js';
import { formatResult } from '../execution/public-errors.js';
import type { ResultPump } from '../execution/result-pump.js';

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
    'content-type': 'multipart/mixed; boundary="-"; deferSpec=20220824',
    // Proxies that compress or buffer would hold parts back.
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    ...(!request.complete && { connection: 'close' }),
  });
  response.write(DELIMITER);
  await parts.runUntil(signal, async (part) => {
    if (!response.destroyed) response.write(formatPart(part));
  });
  if (!response.destroyed) response.end();
}

function formatPart(part: ExecutionResult): string {
  const json = stringifyJson(formatResult(part));
  const end = 'hasNext' in part && part.hasNext === false ? END : DELIMITER;
  return `content-type: application/json; charset=utf-8\r\n\r\n${json}${end}`;
}
