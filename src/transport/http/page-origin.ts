import type { IncomingHttpHeaders } from 'node:http';
import { isListed } from './cors.js';

/** Whose pages may open a WebSocket. */
export interface PageOrigins {
  /** As browsers send them in `Origin`, the first label perhaps `*`; empty for none. */
  readonly corsOrigins: readonly string[];
  /** What browsers call this gateway, e.g. `https://api.example.com`; undefined where only the request says so. */
  readonly publicOrigin?: string | undefined;
  /** Whether the headers of a proxy in front say how the browser called this gateway. */
  readonly trustProxy: boolean;
}

/**
 * Whether pages of this `Origin` may connect: those of the list, and our own. Compared as text, so anything that is not exactly
 * an origin of ours (`null`, a list) is none. The scheme is not compared with the request, as TLS may end before us.
 */
export function mayConnect(origin: string, headers: IncomingHttpHeaders, pages: PageOrigins): boolean {
  if (isListed(origin, pages.corsOrigins) || origin === pages.publicOrigin) return true;
  const hosts = [headers.host, ...(pages.trustProxy ? forwardedHosts(headers) : [])].filter(
    (host) => host !== undefined,
  );
  return hosts.flatMap(spellings).some((host) => origin === `http://${host}` || origin === `https://${host}`);
}

/** What an `Origin` is compared with, for the message of a refusal: names of headers and settings, no values. */
export function describeComparison({ corsOrigins, publicOrigin, trustProxy }: PageOrigins): string {
  return [
    trustProxy ? 'Host, Forwarded, X-Forwarded-Host' : 'Host',
    `PUBLIC_URL${publicOrigin === undefined ? ' (not set)' : ''}`,
    `and CORS_ORIGINS${corsOrigins.length === 0 ? ' (not set)' : ''}`,
  ].join(', ');
}

const NAMES = ['origin', 'host', 'forwarded', 'x-forwarded-host', 'x-forwarded-port'] as const;
const MAX_LOGGED = 200;

/** The headers that say what a page and this gateway are called, as they arrived, each at most 200 characters. For the log. */
export function namesIn(headers: IncomingHttpHeaders): Record<string, string> {
  const given = NAMES.filter((name) => headers[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, String(headers[name]).slice(0, MAX_LOGGED)]));
}

/** Browsers leave a default port out of `Origin`; some proxies write it into `Host`, and not always the one of the scheme. */
function spellings(host: string): string[] {
  const lower = host.toLowerCase();
  return lower === '' ? [] : [lower, lower.replace(/:(80|443)$/, '')];
}

/**
 * The hosts that proxies say the browser asked for. Of several proxies the first counts, which is the nearest to the browser. It
 * may be the client's own invention; a page cannot set headers of a WebSocket, and only pages are kept out by their origin.
 */
function forwardedHosts(headers: IncomingHttpHeaders): (string | undefined)[] {
  const standard = /(?:^|[;,\s])host="?([^";,\s]+)/i.exec(headers.forwarded ?? '')?.[1];
  const host = firstOf(headers['x-forwarded-host']);
  const port = firstOf(headers['x-forwarded-port']);
  return [standard, host, ...[host, headers.host].map((name) => name && port && `${name}:${port}`)];
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return (
    String(header ?? '')
      .split(',')[0]
      ?.trim() || undefined
  );
}
