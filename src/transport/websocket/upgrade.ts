import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '../../graph/core/errors/error-codes.js';
import { OTHER_HOST } from '../http/allowed-hosts.js';
import { describeComparison, mayConnect, originHeaders, type PageOrigins } from '../http/page-origin.js';
import { isGraphQLPath, pathOf, takeHostFromTarget } from '../http/request-url.js';
import { sendError } from '../http/send-text.js';

/** The reason why a connection is not upgraded. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly message: string;
  /** Of the error in the answer. */
  readonly extensions: { readonly code: ErrorCode; readonly [name: string]: unknown };
  /** For the log: the headers that name the page and this gateway. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface UpgradeRules {
  readonly pages: PageOrigins;
  readonly maxLoggedHeaderChars: number;
  isAllowedHost(request: IncomingMessage): boolean;
}

/**
 * Returns why an upgrade to WebSocket must be refused, or undefined. Browsers let a page of any site open a socket with the
 * cookies of this one, so an Origin must be the gateway's own or a listed one. Clients that are not browsers send no Origin.
 */
export function findUpgradeProblem(
  request: IncomingMessage,
  { pages, isAllowedHost, maxLoggedHeaderChars }: UpgradeRules,
): UpgradeRefusal | undefined {
  takeHostFromTarget(request);
  const headers = originHeaders(request.headers, maxLoggedHeaderChars);
  if (!isAllowedHost(request)) return { status: 421, extensions: { code: 'FORBIDDEN' }, message: OTHER_HOST, headers };
  if (!isGraphQLPath(pathOf(request))) {
    return { status: 404, extensions: { code: 'BAD_USER_INPUT' }, message: 'WebSockets are served at /graphql.' };
  }
  const { origin } = request.headers;
  if (origin === undefined || mayConnect(origin, request.headers, pages)) return undefined;
  const compared = `Its Origin was compared with ${describeComparison(pages)}.`;
  return {
    status: 403,
    extensions: { code: 'FORBIDDEN' },
    message: `Pages of this origin may not connect. ${compared}`,
    headers,
  };
}

/** Answers an upgrade with an error as GraphQL JSON, and ends the connection. */
export function refuseUpgrade(
  request: IncomingMessage,
  socket: Socket,
  { status, extensions, message }: UpgradeRefusal,
): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  sendError(response, status, message, extensions);
}

/** Whether a client asks for WebSocket, and not for another protocol, which a server may ignore. */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Continues with HTTP/1.1 if a client offers a protocol other than WebSocket (Java's client offers `h2c` with its first request).
 * A Node server with an `upgrade` listener hands over every such connection, so the request is put back without its upgrade
 * headers, and parsed again.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`, ...headersWithoutUpgrade(request)];
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function headersWithoutUpgrade({ rawHeaders }: IncomingMessage): string[] {
  const lines: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const value = rawHeaders[at + 1] ?? '';
    if (/^(upgrade|http2-settings)$/i.test(name)) continue;
    lines.push(`${name}: ${/^connection$/i.test(name) ? withoutUpgrade(value) : value}`);
  }
  return lines;
}

function withoutUpgrade(connection: string): string {
  const kept = connection.split(',').filter((option) => !/^\s*(upgrade|http2-settings)\s*$/i.test(option));
  return kept.join(',').trim() || 'keep-alive';
}
