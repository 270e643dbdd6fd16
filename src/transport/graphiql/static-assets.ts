import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** One file: its name with ending, media type and content. */
export interface AssetFile {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

/** A file with its name, which changes with its content. */
export interface Asset {
  readonly name: string;
  /** Answers with the file, compressed where the client allows it. The compressing is done once and kept. */
  send(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** The file, with the hash of its content in its name: it can be cached for ever. */
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
  // Quality 6 makes 5 MB of script 3 % larger than 9 does, in 0.4 s instead of 0.9 s, and the first visitor waits for it.
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
