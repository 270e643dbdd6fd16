import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import type { Answered } from './exchange.js';
import { codingsOf } from './headers.js';

type Decoder = (body: Buffer, options: ZlibOptions) => Promise<Buffer>;

const asZlib: Decoder = promisify(inflate);
const asRaw: Decoder = promisify(inflateRaw);
const asGzip: Decoder = promisify(gunzip);

/** By the name of the content coding. `deflate` means the zlib format, but some servers send raw deflate under that name. */
const DECODERS = new Map<string, Decoder>([
  ['gzip', asGzip],
  ['x-gzip', asGzip],
  ['deflate', (body, options) => (isZlib(body) ? asZlib : asRaw)(body, options)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * Decompresses an answer that the upstream or a proxy compressed in spite of `accept-encoding: identity`. Supports gzip, deflate
 * and br, at most `maxCodings` at once. `body` is undefined if it is longer than `maxBytes` after any step. An answer that cannot be
 * decoded is returned unchanged, with its `content-encoding`.
 */
export async function decode(
  answered: Answered,
  { maxBytes, maxCodings }: { readonly maxBytes: number; readonly maxCodings: number },
): Promise<Answered> {
  const { 'content-encoding': _, ...headers } = answered.headers;
  const decoders = codingsOf(answered.headers)
    .reverse()
    .map((coding) => DECODERS.get(coding));
  if (decoders.length > maxCodings) return answered;
  let { body } = answered;
  try {
    for (const decoder of decoders) {
      if (!decoder) return answered;
      // A 204, for example, has no body.
      if (body && body.length > 0) body = await decoder(body, { maxOutputLength: maxBytes });
    }
    return { ...answered, headers, body };
  } catch (error) {
    const isTooLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLong ? { ...answered, headers, body: undefined } : answered;
  }
}

/** The header of the zlib format: method 8, and a check of both bytes (RFC 1950). */
function isZlib(body: Buffer): boolean {
  const [first = 0, second = 0] = body;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}
