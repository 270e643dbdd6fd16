import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { ResultText } from './result-text.js';

/**
 * Sends a whole response. Headers that are already set on it are kept. If the request has not arrived completely, resolves when
 * the response has ended.
 */
export function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: ResultText,
  lingerMs: number,
): Promise<void> | undefined {
  if (!request.complete) headers.connection = 'close';
  if (status !== 304) headers['content-length'] = String(Buffer.byteLength(body));
  response.writeHead(status, headers);
  if (!request.complete) return endAfterBody(request, response, body, lingerMs);
  response.end(body);
  return undefined;
}

/**
 * Answers a request whose body was refused, then discards the rest of the body for up to `lingerMs` before it ends the response.
 * Closing a connection with unread data resets it, and a client that is still sending could not read the answer.
 */
async function endAfterBody(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  lingerMs: number,
): Promise<void> {
  response.write(body);
  request.resume();
  await finished(request, { signal: AbortSignal.timeout(lingerMs) }).catch(() => undefined);
  response.end();
}
