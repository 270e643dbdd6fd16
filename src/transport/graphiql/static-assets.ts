import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** One file: its name with extension, media type and content. */
export interface AssetFile {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

/** A file that can be sent. Its name contains a hash of its content. */
export interface Asset {
  readonly name: string;
  /** Sends the file, compressed if the client accepts that. It is compressed once and kept. */
  send(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Creates an asset from a file. The hash in its name lets browsers cache it for a year. */
export function createAsset({ name, type, content }: AssetFile): Asset {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const dot = name.lastIndexOf('.');
  const compressed = new Map<Encoding, Promise<Buffer>>();

  function encoded(encoding: Encoding): Promise<Buffer> {
    const kept = compressed.get(encoding) ?? ENCODERS[encoding](content);
    compressed.set(encoding, kept);
    return kept;
  }

  return {
    name: `${name.slice(0, dot)}.${hash}${name.slice(dot)}`,
    async send(request, response) {
      const encoding = chooseEncoding(request.headers['accept-encoding']);
      const body = encoding ? await encoded(encoding) : content;
      response.appendHeader('vary', 'accept-encoding');
      response.writeHead(200, {
        'content-type': type,
        'content-length': body.length,
        'cache-control': 'public, max-age=31536000, immutable',
        ...(encoding && { 'content-encoding': encoding }),
      });
      response.end(body);
    },
  };
}

type Encoding = 'br' | 'gzip';

const ENCODERS: Record<Encoding, (content: Buffer) => Promise<Buffer>> = {
  // For 5 MB of script, quality 6 takes 0.4 s and quality 9 takes 0.9 s for 3 % less. The first visitor waits for it.
  br: (content) => promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
  gzip: promisify<Buffer, Buffer>(gzip),
};

function chooseEncoding(accepted: string | string[] | undefined): Encoding | undefined {
  const names = String(accepted ?? '')
    .split(',')
    .filter((item) => !/;\s*q=0(\.0*)?\s*$/.test(item))
    .map((item) => item.split(';')[0]?.trim());
  return (['br', 'gzip'] as const).find((encoding) => names.includes(encoding));
}
