import { LRUCache } from 'lru-cache';

export interface ParsedBodiesLimits {
  /** Bytes of all bodies that are kept. What they are parsed to takes about as much memory again. */
  readonly maxBytes: number;
  /** Bytes of one of them. */
  readonly maxBodyBytes: number;
}

interface Entry {
  readonly bytes: Buffer;
  /** Undefined until the same bytes have come a second time. */
  json?: unknown;
}

/** If there is no room, one of so many new bodies is kept instead of older ones. */
const ADMIT_ONE_OF = 8;

/**
 * Parses the bodies of answers, and those that come again and again only twice: lists are read often and change rarely. Every
 * answer is received and compared, so nothing is older than its call.
 *
 * If there is no room, most new bodies are not kept: otherwise more bodies than there is room for, read in turn, would displace
 * each other before any of them comes again.
 */
export class ParsedBodies {
  readonly #entries: LRUCache<string, Entry>;
  readonly #maxBytes: number;
  #refused = 0;

  constructor({ maxBytes, maxBodyBytes }: ParsedBodiesLimits) {
    this.#maxBytes = maxBytes;
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: maxBodyBytes,
      sizeCalculation: ({ bytes }) => bytes.length || 1,
    });
  }

  /**
   * What `parse` returns for these bytes, or has returned for the same bytes and key before. The result is shared: it must not be
   * changed. The key must name the caller and the call. Passes on what `parse` throws.
   */
  read(key: string, bytes: Buffer, parse: (bytes: Buffer) => unknown): unknown {
    const known = this.#entries.get(key);
    if (known?.bytes.equals(bytes)) {
      known.json ??= parse(bytes);
      return known.json;
    }
    // A copy of the bytes alone: what has been parsed once is collected at little cost if nothing keeps it.
    if (known || this.#admits(bytes)) this.#entries.set(key, { bytes: Buffer.from(bytes) });
    return parse(bytes);
  }

  #admits({ length }: Buffer): boolean {
    if (this.#entries.calculatedSize + length <= this.#maxBytes) return true;
    this.#refused = (this.#refused + 1) % ADMIT_ONE_OF;
    return this.#refused === 0;
  }
}
