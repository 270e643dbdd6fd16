import type { IncomingMessage, ServerResponse } from 'node:http';
import { stringifyJson } from '../../exact-json.js';
import type { AbortLike } from '../../light-abort.js';
import { formatResult } from '../execution/public-errors.js';
import type { ResultPump } from '../execution/result-pump.js';
import { STREAM_HEADERS } from '../stream-headers.js';

const COMMENT = ':\n\n';
const COMPLETE = 'event: complete\ndata:\n\n';

/**
 * Sends the results of a subscription as server-sent events (GraphQL over SSE, distinct connections mode), no faster than the
 * client reads. Ends with `complete` when the source ends, and without it when `signal` is aborted: a client then subscribes again.
 * Sends a comment every `pingMs`; if the client has read nothing between two of them, its connection is destroyed.
 */
export async function sendEvents(
  request: IncomingMessage,
  response: ServerResponse,
  results: ResultPump,
  { pingMs, signal }: { readonly pingMs: number; readonly signal: AbortLike },
): Promise<void> {
  if (response.destroyed) return results.runUntil(signal, async () => {});
  response.writeHead(200, {
    ...STREAM_HEADERS,
    'content-type': 'text/event-stream',
    ...(!request.complete && { connection: 'close' }),
  });
  // Some browsers give a response to the page only after its first bytes.
  response.write(COMMENT);
  const pingTimer = setInterval(createPing(response), pingMs);
  try {
    await results.runUntil(signal, (result) =>
      write(response, `event: next\ndata: ${stringifyJson(formatResult(result))}\n\n`),
    );
  } finally {
    clearInterval(pingTimer);
  }
  if (!response.destroyed) response.end(signal.aborted ? '' : COMPLETE);
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

/** Resolves when there is room for more, or the connection is closed. */
async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
