import type { IncomingMessage } from 'node:http';

// The target is not parsed as a URL: its host would come from the client, and malformed ones make the parser throw.

/** Absolute form (RFC 9112, 3.2.2), as clients of a proxy send it. The host of it is not ours to check: any name may lead here. */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

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

/** Whether a path is that of the GraphQL endpoint. A slash at its end changes nothing. */
export function isGraphQLPath(path: string): boolean {
  return path === '/graphql' || path === '/graphql/';
}

function targetOf({ url = '/' }: IncomingMessage): string {
  return url.startsWith('/') ? url : url.replace(ORIGIN, '');
}
