import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { badInput } from '../execution/public-errors.js';

/** Two mebibytes: an `imageUrl` may be a data URL of one megabyte. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/**
 * The text of a JSON request body. Throws a GraphQLError with HTTP status 415 for anything but plain `application/json` in
 * UTF-8, 413 as soon as more than 2 MiB have come, 400 for bytes that are not UTF-8.
 */
export async function readJsonBody(request: IncomingMessage): Promise<string> {
  refuseOtherMedia(request);
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MAX_BODY_BYTES) throw tooLarge(announced);
  return decode(await readBytes(request));
}

/** Forms and text can be sent by a page of any site without asking; JSON cannot. */
function refuseOtherMedia({ headers }: IncomingMessage): void {
  const [type, ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (type?.trim() !== 'application/json' || (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset))) {
    throw badInput('The request body must be application/json in UTF-8.', { http: { status: 415 } });
  }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw badInput('The request body must not be compressed.', { http: { status: 415 } });
  }
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // The iterator would destroy the socket on the way out, and the client would never read why.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge(length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badInput('The request body is not UTF-8.', { http: { status: 400 } });
  }
}

/** `actual` is what was announced, or what had come when reading stopped. */
function tooLarge(actual: number): GraphQLError {
  return new GraphQLError(`The request body is larger than ${MAX_BODY_BYTES} bytes.`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'bodyBytes', allowed: MAX_BODY_BYTES, actual, http: { status: 413 } },
  });
}
