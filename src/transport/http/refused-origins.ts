import type { IncomingMessage } from 'node:http';
import { isPreflight, METHODS } from './cors.js';
import { createOnceLog } from './once-log.js';
import { mayConnect, type PageOrigins } from './page-origin.js';

/**
 * Returns a function that logs which header of a request of a page is refused: its `Origin`, with the setting that allows it, or the
 * method that a preflight asks for. Pages of the gateway itself are not logged: they need no CORS headers. No other header is ever
 * refused.
 */
export function createRefusedOriginLog(pages: PageOrigins, options: Parameters<typeof createOnceLog>[0]) {
  const logOrigin = createOnceLog(
    options,
    'origin',
    'pages of this origin cannot read answers: to allow them, add the origin to CORS_ORIGINS',
  );
  const logMethod = createOnceLog(
    options,
    'access-control-request-method',
    `pages cannot send requests with this method: only ${METHODS} are served`,
  );
  return (request: IncomingMessage): void => {
    const { headers } = request;
    if (headers.origin === undefined) return;
    if (!mayConnect(headers.origin, headers, pages)) logOrigin(headers.origin);
    else if (isPreflight(request)) {
      const method = headers['access-control-request-method'] ?? '';
      if (!METHODS.split(', ').includes(method)) logMethod(method);
    }
  };
}
