import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';

const LINGER_MS = 1000;

/** Sends a Response of Yoga's result processors, whole. */
export async function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Response,
): Promise<void> {
  response.setHeader('cache-control', 'no-store');
  if (!request.complete) response.setHeader('connection', 'close');
  const body = await answer.text();
  response.writeHead(answer.status, headersOf(answer));
  if (request.complete) response.end(body);
  else await endAfterBody(request, response, body);
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
 * Sends the whole answer to a request whose body was refused, and lets the rest of that body run by before the connection is
 * closed: closed on unread data it would be reset, and a client that is still sending would not get to read the answer.
 */
async function endAfterBody(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
  response.write(body);
  request.resume();
  await finished(request, { signal: AbortSignal.timeout(LINGER_MS) }).catch(() => undefined);
  response.end();
}
