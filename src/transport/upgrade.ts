import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { sendError } from './answer.js';
import { isListed } from './cors.js';
import { pathOf } from './url.js';

/** Why a connection is not upgraded. */
export interface UpgradeRefusal {
  readonly status: 403 | 404 | 503;
  readonly code: 'FORBIDDEN' | 'BAD_USER_INPUT' | 'UPSTREAM_UNAVAILABLE';
  readonly message: string;
}

/**
 * What speaks against an upgrade to WebSocket; undefined for nothing. Browsers let a page of any site open a socket, with the
 * cookies of this one, so their Origin must be this host or on the list; programs send none.
 */
export function findUpgradeProblem(request: IncomingMessage, origins: readonly string[]): UpgradeRefusal | undefined {
  if (pathOf(request) !== '/graphql') {
    return { status: 404, code: 'BAD_USER_INPUT', message: 'WebSockets are served at /graphql.' };
  }
  const { origin, host } = request.headers;
  if (origin === undefined || isListed(origin, origins) || isOwn(origin, host)) return undefined;
  return { status: 403, code: 'FORBIDDEN', message: 'Pages of this origin may not connect.' };
}

/** Compared as text: whatever is not exactly an origin of this host (`null`, a list) is none. TLS may end before us. */
function isOwn(origin: string, host: string | undefined): boolean {
  return host !== undefined && host !== '' && [`http://${host}`, `https://${host}`].includes(origin.toLowerCase());
}

/** Answers an upgrade with an error, in the shape of all errors, and ends the connection. */
export function refuseUpgrade(
  request: IncomingMessage,
  socket: Socket,
  { status, code, message }: UpgradeRefusal,
): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  sendError(response, status, message, { code });
}

/** Whether a client asks for WebSocket, and not for another protocol that we may ignore. */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Goes on with HTTP/1.1 where a client offers another protocol (Java's offers `h2c` with every first request). Node takes every
 * upgrade for accepted as soon as one kind is, so the request is put back without its offer and read anew.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`, ...headersWithoutOffer(request)];
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function headersWithoutOffer({ rawHeaders }: IncomingMessage): string[] {
  const lines: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    if (/^(upgrade|http2-settings)$/i.test(name)) continue;
    lines.push(`${name}: ${/^connection$/i.test(name) ? withoutOffer(value) : value}`);
  }
  return lines;
}

function withoutOffer(connection: string): string {
  const kept = connection.split(',').filter((option) => !/^\s*(upgrade|http2-settings)\s*$/i.test(option));
  return kept.join(',').trim() || 'keep-alive';
}
