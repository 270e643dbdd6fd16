import type { IncomingMessage } from 'node:http';

// The target is not parsed as a URL: malformed ones make the parser throw.

/** The start of a target in absolute form, with its host. */
const ORIGIN = /^(?:https?|wss?):\/\/(?:[^/?#]*@)?([^/?#]*)/i;

/**
 * Replaces the `Host` header with the host of a target in absolute form (`GET http://host/path`), which clients of a proxy send,
 * as RFC 9112, 3.2.2 requires. The host is not checked: any name may lead to this gateway.
 */
export function takeHostFromTarget(request: IncomingMessage): void {
  const host = ORIGIN.exec(request.url ?? '')?.[1];
  if (host) request.headers.host = host;
}

/** The path of a request, without its query, as it was sent. */
export function pathOf(request: IncomingMessage): string {
  const target = targetOf(request);
  const mark = target.indexOf('?');
  return (mark < 0 ? target : target.slice(0, mark)) || '/';
}

/** The query of a request; empty if it has none. */
export function searchOf(request: IncomingMessage): URLSearchParams {
  const target = targetOf(request);
  const mark = target.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
}

/** Whether a path is that of the GraphQL endpoint, with or without a trailing slash. */
export function isGraphQLPath(path: string): boolean {
  return path === '/graphql' || path === '/graphql/';
}

function targetOf({ url = '/' }: IncomingMessage): string {
  return url.startsWith('/') ? url : url.replace(ORIGIN, '');
}
