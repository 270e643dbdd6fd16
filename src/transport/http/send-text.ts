import type { ServerResponse } from 'node:http';

type Headers = Readonly<Record<string, string>>;

/** Sends a text as the whole response. Headers that are already set on the response are kept. */
export function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  contentType = 'text/plain; charset=utf-8',
  headers: Headers = {},
): void {
  response.writeHead(status, { ...headers, 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Sends a value as JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown, headers?: Headers): void {
  sendText(response, status, JSON.stringify(value), 'application/json; charset=utf-8', headers);
}

/** Sends one error in the format of GraphQL errors. `extensions.code` is one of the documented codes. */
export function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  extensions: { readonly code: string; readonly [name: string]: unknown },
  headers?: Headers,
): void {
  sendJson(response, status, { errors: [{ message, extensions }] }, headers);
}

/** Sends a response without a body. */
export function sendEmpty(response: ServerResponse, status: number, headers?: Headers): void {
  response.writeHead(status, headers);
  response.end();
}
