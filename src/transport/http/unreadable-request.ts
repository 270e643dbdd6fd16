import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../graph/core/errors/error-codes.js';

interface Problem {
  readonly status: number;
  readonly message: string;
  readonly extensions: { readonly code: ErrorCode; readonly limit?: string; readonly allowed?: number };
}

/**
 * Answers a request that Node's parser refused with an error as GraphQL JSON, and ends the connection. Handles the server's
 * `clientError` event; Node's default answer has no body. `maxHeaderBytes` is the limit of the server, for the message.
 */
export function refuseUnreadable(maxHeaderBytes: number, error: NodeJS.ErrnoException, socket: Duplex): void {
  // After a response has started, no other can be sent.
  const hasStarted = (socket as { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent;
  if (!socket.writable || hasStarted || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, message, extensions } = problemOf(error.code, maxHeaderBytes);
  const requestId = randomUUID();
  const body = JSON.stringify({ errors: [{ message, extensions: { ...extensions, requestId } }] });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function problemOf(code: string | undefined, maxHeaderBytes: number): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        message: `The request line and headers are longer than ${maxHeaderBytes} bytes. Send a long query by POST.`,
        extensions: { code: 'LIMIT_EXCEEDED', limit: 'headerBytes', allowed: maxHeaderBytes },
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: 'The request did not arrive in time.', extensions: { code: 'BAD_USER_INPUT' } };
    default:
      return { status: 400, message: 'This is not a valid HTTP request.', extensions: { code: 'BAD_USER_INPUT' } };
  }
}
