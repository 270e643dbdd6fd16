import type { IncomingMessage, ServerResponse } from 'node:http';

/** The methods that pages may send, and that a browser may ask for. */
export const METHODS = 'POST, GET, OPTIONS';

interface CorsOptions {
  readonly corsOrigins: readonly string[];
  /** How long a browser may remember the answer to a preflight, in seconds. */
  readonly preflightMaxAgeS: number;
}

/**
 * Allows pages of the listed origins to read the answer, to send cookies and to send any header. `null` is never allowed. A page
 * of another origin gets an answer without CORS headers, which its browser does not let it read.
 */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  { corsOrigins: origins, preflightMaxAgeS }: CorsOptions,
): void {
  if (origins.length === 0) return;
  // Also set if the origin is not allowed: a cache must not serve that answer to a listed origin.
  response.setHeader('vary', isPreflight(request) ? 'Origin, Access-Control-Request-Headers' : 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !isListed(origin, origins)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
  if (!isPreflight(request)) return;
  response.setHeader('access-control-allow-methods', METHODS);
  // Clients and their monitoring add their own headers, so a listed page may send any. Only the trace context is passed on.
  const wanted = request.headers['access-control-request-headers'];
  if (wanted !== undefined) response.setHeader('access-control-allow-headers', wanted);
  response.setHeader('access-control-max-age', String(preflightMaxAgeS));
}

/**
 * Whether an `Origin` header is listed, exactly or with `*` as its first label. `https://*.example.com` matches
 * `https://a.example.com`, but neither `https://example.com` nor `https://a.b.example.com`. `null` never matches.
 */
export function isListed(origin: string, origins: readonly string[]): boolean {
  const anyFirstLabel = origin.replace(/^(https?:\/\/)[\w-]+\./, '$1*.');
  return origin !== 'null' && (origins.includes(origin) || origins.includes(anyFirstLabel));
}

/** Whether a browser asks if a page may send a request, before it sends it. */
export function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}
