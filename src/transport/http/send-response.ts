import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';

/** Sends a whole `Response` of Yoga's result processors. */
export async function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Response,
  lingerMs: number,
): Promise<void> {
  response.setHeader('cache-control', 'no-store');
  if (!request.complete) response.setHeader('connection', 'close');
  const body = await answer.text();
  response.writeHead(answer.status, headersOf(answer));
  if (request.complete) response.end(body);
  else await endAfterBody(request, response, body, lingerMs);
}

/** Headers of Yoga's event streams that describe an open connection. This stream has one event and is sent whole. */
const OF_A_CONNECTION = new Set(['connection', 'content-encoding', 'cache-control']);

function headersOf({ headers }: Response): Record<string, string> {
  if (headers.get('content-type') !== 'text/event-stream') return Object.fromEntries(headers);
  const kept = [...headers].filter(([name]) => !OF_A_CONNECTION.has(name.toLowerCase()));
  return {
    ...Object.fromEntries(kept),
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  };
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
