import type { IncomingMessage, ServerResponse } from 'node:http';
import { stringifyJson } from '../../exact-json.js';
import { formatResult } from '../execution/public-errors.js';
import type { ResultPump } from '../execution/result-pump.js';

const COMMENT = ':\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';

/**
 * Sends the results of a subscription as events (GraphQL over SSE, distinct connections), no faster than the client reads.
 * Ends with `complete` when the source ends or `signal` is aborted. A comment goes out every `pingMs`; a client that has not
 * taken anything between two of them is cut off.
 */
export async function sendEvents(
  request: IncomingMessage,
  response: ServerResponse,
  results: ResultPump,
  { pingMs, signal }: { readonly pingMs: number; readonly signal: AbortSignal },
): Promise<void> {
  if (response.destroyed) return results.runUntil(signal, async () => {});
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    // A proxy that compresses holds events back until it has enough of them.
    'cache-control': 'no-store, no-transform',
    // Proxies hold back what they may.
    'x-accel-buffering': 'no',
    ...(!request.complete && { connection: 'close' }),
  });
  // Some browsers show an answer to the page only when its first bytes have come.
  response.write(COMMENT);
  const pinging = setInterval(createPing(response), pingMs);
  try {
    await results.runUntil(signal, (result) =>
      write(response, `event: next\ndata: ${stringifyJson(formatResult(result))}\n\n`),
    );
  } finally {
    clearInterval(pinging);
  }
  if (!response.destroyed) response.end(COMPLETE);
}

function createPing(response: ServerResponse): () => void {
  let wasFull = false;
  return () => {
    if (response.destroyed) return;
    const isFull = response.writableNeedDrain;
    if (isFull && wasFull) response.destroy();
    else if (!isFull) response.write(COMMENT);
    wasFull = isFull;
  };
}

/** Settles when there is room for more, or nobody left to read it. */
async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}
