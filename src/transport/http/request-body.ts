import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { badInput } from '../execution/public-errors.js';

/**
 * Reads the text of a JSON request body. Throws, or rejects with, a GraphQLError with HTTP status 415 for anything but uncompressed
 * `application/json` in UTF-8, 413 as soon as more than `maxBytes` have arrived, and 400 for bytes that are not UTF-8.
 */
export function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  refuseOtherMedia(request);
  const contentLength = Number(request.headers['content-length'] ?? 0);
  if (contentLength > maxBytes) throw tooLarge(contentLength, maxBytes);
  return readText(request, maxBytes);
}

/** A page of any site can send forms and plain text without a preflight request, but not JSON. */
function refuseOtherMedia({ headers }: IncomingMessage): void {
  const type = headers['content-type'] ?? '';
  if (type !== 'application/json' && !isJsonInUtf8(type)) {
    throw badInput('The request body must be application/json in UTF-8.', { http: { status: 415 } });
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw badInput('The request body must not be compressed.', { http: { status: 415 } });
  }
}

function isJsonInUtf8(contentType: string): boolean {
  const [type, ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  return type?.trim() === 'application/json' && (charset === undefined || /^charset="?utf-?8"?$/.test(charset));
}

/** Uses events: an iterator over the request costs several microseconds, and destroys it if the loop throws. */
function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= maxBytes) return;
      request.off('data', take);
      reject(tooLarge(length, maxBytes));
    };
    request.on('data', take);
    request.on('end', () => {
      try {
        resolve(decode(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length)));
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', reject);
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badInput('The request body is not UTF-8.', { http: { status: 400 } });
  }
}

/** `actual` is the Content-Length, or the number of bytes that had arrived when reading stopped. */
function tooLarge(actual: number, allowed: number): GraphQLError {
  return new GraphQLError(`The request body is larger than ${allowed} bytes.`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'bodyBytes', allowed, actual, http: { status: 413 } },
  });
}
