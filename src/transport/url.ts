import type { IncomingMessage } from 'node:http';

// The target is not parsed as a URL: its host would come from the client, and malformed ones make the parser throw.

/** The path of a request, without its query, as it was sent. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

/** The query of a request; empty where there is none. */
export function searchOf({ url = '/' }: IncomingMessage): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}
