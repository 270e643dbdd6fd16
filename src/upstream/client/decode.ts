import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import type { Answered } from './exchange.js';
import { codingsOf } from './headers.js';

type Decoder = (body: Buffer, options: ZlibOptions) => Promise<Buffer>;

const asZlib: Decoder = promisify(inflate);
const asRaw: Decoder = promisify(inflateRaw);
const asGzip: Decoder = promisify(gunzip);

/** By the name of the content coding. `deflate` means the zlib format; some servers send the bare one under that name. */
const DECODERS = new Map<string, Decoder>([
  ['gzip', asGzip],
  ['x-gzip', asGzip],
  ['deflate', (body, options) => (isZlib(body) ? asZlib : asRaw)(body, options)],
  ['br', promisify(brotliDecompress)],
]);

/** No server has a use for more than one; each costs time and memory before anything of the answer is known. */
const MAX_CODINGS = 2;

/**
 * The answer as it was before the upstream or a proxy compressed it, though it was asked not to: gzip, deflate and br, at most
 * two of them. `body` is undefined where it, or a stage of it, is longer than `maxBytes`. What cannot be decoded is given back as
 * it is, with its `content-encoding`.
 */
export async function decode(answered: Answered, maxBytes: number): Promise<Answered> {
  const { 'content-encoding': _, ...headers } = answered.headers;
  const decoders = codingsOf(answered.headers)
    .reverse()
    .map((coding) => DECODERS.get(coding));
  if (decoders.length > MAX_CODINGS) return answered;
  let { body } = answered;
  try {
    for (const decoder of decoders) {
      if (!decoder) return answered;
      // What has no body, such as a 204, has none to decode.
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
