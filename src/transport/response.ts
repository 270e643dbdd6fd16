import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';

const LINGER_MS = 1000;

/** Sends a Response of Yoga's result processors. Ends when all is written or `signal` says that the client has left. */
export async function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Response,
  signal: AbortSignal,
): Promise<void> {
  response.setHeader('cache-control', 'no-store');
  if (answer.body && answer.headers.get('content-type') === 'text/event-stream') {
    // Proxies hold back what they may.
    response.writeHead(answer.status, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    await pump(answer.body, response, signal);
    response.end();
  } else {
    const body = await answer.text();
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (request.complete) response.end(body);
    else await endAfterBody(request, response, body);
  }
}

/** Copies a stream, no faster than the client reads. When the client leaves, the source is cancelled at once, not at its next event. */
async function pump(body: ReadableStream<Uint8Array>, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const reader = body.getReader();
  // What the source does with being cancelled is its own affair: there is nobody left to tell.
  response.once('close', () => void reader.cancel().catch(() => undefined));
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!response.write(part.value)) await once(response, 'drain', { signal });
  }
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
