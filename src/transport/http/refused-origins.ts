import type { IncomingMessage } from 'node:http';
import type { Logger } from '../../log.js';
import { mayConnect, type PageOrigins } from './page-origin.js';

interface RefusedOriginOptions {
  readonly pages: PageOrigins;
  readonly log: Logger;
  /** After this many origins, no other is logged: clients can send any number of them. */
  readonly maxOrigins: number;
  readonly maxChars: number;
}

/**
 * Returns a function that logs the `Origin` of a request if its page may not read the answer, with the setting that allows it.
 * Each origin is logged once. Pages of the gateway itself are not logged: they need no CORS headers.
 */
export function createRefusedOriginLog({ pages, log, maxOrigins, maxChars }: RefusedOriginOptions) {
  const logged = new Set<string>();
  return ({ headers }: IncomingMessage): void => {
    if (headers.origin === undefined || logged.size >= maxOrigins) return;
    const origin = headers.origin.slice(0, maxChars);
    if (logged.has(origin) || mayConnect(headers.origin, headers, pages)) return;
    logged.add(origin);
    log.warn({ origin }, 'pages of this origin cannot read answers: to allow them, add the origin to CORS_ORIGINS');
  };
}
