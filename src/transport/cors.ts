import type { IncomingMessage, ServerResponse } from 'node:http';

const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'x-kataven-authorization',
  'x-account-id',
  'x-inkeep-ref',
  'x-gateway-report',
].join(', ');
const TEN_MINUTES = '600';

/**
 * Lets pages of the listed origins read the answer, cookies included; of no other, and never of `null`. The list is compared
 * as it is: an origin that is not on it gets an answer without any permission, which its browser then withholds.
 */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  if (origins.length === 0) return;
  // Also on answers that allow nothing: a cache must not hand those to a listed origin.
  response.setHeader('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || origin === 'null' || !origins.includes(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
  if (!isPreflight(request)) return;
  response.setHeader('access-control-allow-methods', 'POST, GET, OPTIONS');
  response.setHeader('access-control-allow-headers', ALLOWED_HEADERS);
  response.setHeader('access-control-max-age', TEN_MINUTES);
}

/** Whether a browser asks beforehand if a page may send a request. */
function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}
