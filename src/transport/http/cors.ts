import type { IncomingMessage, ServerResponse } from 'node:http';

const TEN_MINUTES = '600';

/**
 * Lets pages of the listed origins read the answer, cookies included, and send any header; no other pages, and never those of
 * `null`. An origin that is not on the list gets an answer without any permission, which its browser then withholds.
 */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): void {
  if (origins.length === 0) return;
  // Also on answers that allow nothing: a cache must not hand those to a listed origin.
  response.setHeader('vary', isPreflight(request) ? 'Origin, Access-Control-Request-Headers' : 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !isListed(origin, origins)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
  if (!isPreflight(request)) return;
  response.setHeader('access-control-allow-methods', 'POST, GET, OPTIONS');
  // Clients and their monitoring add headers of their own, so a listed page may send any. The upstreams get no more for it.
  const wanted = request.headers['access-control-request-headers'];
  if (wanted !== undefined) response.setHeader('access-control-allow-headers', wanted);
  response.setHeader('access-control-max-age', TEN_MINUTES);
}

/**
 * Whether an `Origin` header is on the list, as text: exactly, or with its first label as `*`. So `https://*.example.com` stands
 * for `https://a.example.com`, and neither for `https://example.com` nor for `https://a.b.example.com`. `null` never is.
 */
export function isListed(origin: string, origins: readonly string[]): boolean {
  const anyFirstLabel = origin.replace(/^(https?:\/\/)[\w-]+\./, '$1*.');
  return origin !== 'null' && (origins.includes(origin) || origins.includes(anyFirstLabel));
}

/** Whether a browser asks beforehand if a page may send a request. */
function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}
