import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describeComparison, mayConnect, namesIn, type PageOrigins } from '../http/page-origin.js';
import { isGraphQLPath, pathOf } from '../http/request-url.js';
import { sendError } from '../http/send-text.js';

/** Why a connection is not upgraded. */
export interface UpgradeRefusal {
  readonly status: 403 | 404 | 503;
  readonly code: 'FORBIDDEN' | 'BAD_USER_INPUT' | 'UPSTREAM_UNAVAILABLE';
  readonly message: string;
  /** For the log: what the request says the page and we are called. */
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * What speaks against an upgrade to WebSocket; undefined for nothing. Browsers let a page of any site open a socket, with the
 * cookies of this one, so their Origin must be ours or on the list; programs send none.
 */
export function findUpgradeProblem(request: IncomingMessage, pages: PageOrigins): UpgradeRefusal | undefined {
  if (!isGraphQLPath(pathOf(request))) {
    return { status: 404, code: 'BAD_USER_INPUT', message: 'WebSockets are served at /graphql.' };
  }
  const { origin } = request.headers;
  if (origin === undefined || mayConnect(origin, request.headers, pages)) return undefined;
  const compared = `Its Origin was compared with ${describeComparison(pages)}.`;
  return {
    status: 403,
    code: 'FORBIDDEN',
    message: `Pages of this origin may not connect. ${compared}`,
    names: namesIn(request.headers),
  };
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
