import type { IncomingHttpHeaders } from 'node:http';
import { isListed } from './cors.js';

/** The settings that decide which pages may open a WebSocket. */
export interface PageOrigins {
  /** As browsers send them in `Origin`. The first label may be `*`. */
  readonly corsOrigins: readonly string[];
  /** The origin of this gateway in browsers, e.g. `https://api.example.com`. If undefined, only the request says it. */
  readonly publicOrigin?: string | undefined;
  /** Whether to read the public host of this gateway from the headers of a proxy. */
  readonly trustProxy: boolean;
}

/**
 * Whether pages of this `Origin` may connect: listed ones, and pages of the gateway itself. Origins are compared as text, so
 * `null` or a list of origins never matches. `http` and `https` both match, because TLS may end at a proxy.
 */
export function mayConnect(origin: string, headers: IncomingHttpHeaders, pages: PageOrigins): boolean {
  if (isListed(origin, pages.corsOrigins) || origin === pages.publicOrigin) return true;
  const hosts = [headers.host, ...(pages.trustProxy ? forwardedHosts(headers) : [])].filter(
    (host) => host !== undefined,
  );
  return hosts.flatMap(spellings).some((host) => origin === `http://${host}` || origin === `https://${host}`);
}

/** Names the headers and settings with which an `Origin` is compared, without their values, for the message of a refusal. */
export function describeComparison({ corsOrigins, publicOrigin, trustProxy }: PageOrigins): string {
  return [
    trustProxy ? 'Host, Forwarded, X-Forwarded-Host' : 'Host',
    `PUBLIC_URL${publicOrigin === undefined ? ' (not set)' : ''}`,
    `and CORS_ORIGINS${corsOrigins.length === 0 ? ' (not set)' : ''}`,
  ].join(', ');
}

const LOGGED_HEADERS = ['origin', 'host', 'forwarded', 'x-forwarded-host', 'x-forwarded-port'] as const;
/** For the log: the headers that name the page and this gateway, as received, each cut to `maxChars` characters. */
export function originHeaders(headers: IncomingHttpHeaders, maxChars: number): Record<string, string> {
  const given = LOGGED_HEADERS.filter((name) => headers[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, String(headers[name]).slice(0, maxChars)]));
}

/** Browsers omit a default port in `Origin`. Some proxies add one to `Host`, and not always that of the scheme. */
function spellings(host: string): string[] {
  const lower = host.toLowerCase();
  return lower === '' ? [] : [lower, lower.replace(/:(80|443)$/, '')];
}

/**
 * The hosts that the browser requested, according to the proxies. The first proxy counts, which is the nearest to the browser. A
 * client can forge these headers, but a page cannot set the headers of a WebSocket, and the check is only about pages.
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
