import { segmentProblem } from '../../../upstream/client/path.js';
import { badUserInput } from '../errors/error-codes.js';

/** What is wrong with an id, as the rest of a sentence that begins with the id. */
export interface WrongId {
  readonly wrong: string;
}

/** The key that an id holds: a `NodeKey<'tenantId' | 'projectId'>` is `{ tenantId, projectId }`. */
export type NodeKey<Part extends string> = Readonly<Record<Part, string>>;

const registry = new Map<string, NodeIdType>();

/**
 * Global ids of one GraphQL type. An id is opaque to clients: base64url of `Type:part/part…`, each part percent-encoded. The
 * parts are the full composite key, so that an id is resolved without a lookup.
 */
export class NodeIdType<Part extends string = string> {
  readonly type: string;
  readonly #parts: readonly Part[];
  readonly #leading: readonly Part[];
  readonly #last: Part;
  readonly #idPattern: RegExp | undefined;
  #start: { readonly values: readonly string[]; readonly text: string } | undefined;

  constructor(type: string, parts: readonly Part[], idPattern?: RegExp) {
    this.type = type;
    this.#parts = parts;
    this.#leading = parts.slice(0, -1);
    this.#last = parts.at(-1) as Part;
    this.#idPattern = idPattern;
  }

  /** The id of a key. Members of `key` that are not parts of the id are ignored. */
  encode(key: NodeKey<Part>): string {
    return toBase64Url(this.#startOf(key) + encodePart(key[this.#last]));
  }

  /** The text of an id up to its last part. That of the id before is kept, as most answers have the ids of one list. */
  #startOf(key: NodeKey<Part>): string {
    const known = this.#start;
    if (known && this.#leading.every((name, index) => key[name] === known.values[index])) return known.text;
    const values = this.#leading.map((name) => key[name]);
    const text = `${this.type}:${values.map((value) => `${encodePart(value)}/`).join('')}`;
    this.#start = { values, text };
    return text;
  }

  /** The key in an id, or what is wrong with the id if it is not one of this type. */
  read(id: string): NodeKey<Part> | WrongId {
    const decoded = decodeNodeId(id);
    if (!decoded) return { wrong: `is not an id of this API: take the \`id\` of ${withArticle(this.type)}` };
    if (decoded.idType.type !== this.type) {
      return {
        wrong: `is the id of ${withArticle(decoded.idType.type)}, and must be that of ${withArticle(this.type)}`,
      };
    }
    return decoded.key as NodeKey<Part>;
  }

  /** The key in the id that a query passes as `argument`. Throws BAD_USER_INPUT for an id that is not of this type. */
  readArgument(id: string, argument: string): NodeKey<Part> {
    const key = this.read(id);
    if (isWrong(key)) throw badUserInput(`The value of "${argument}" ${key.wrong}.`);
    return key;
  }

  /** The key with these parts, in the order of the id; undefined if a part is missing, empty or too many. */
  keyOf(parts: readonly string[]): NodeKey<Part> | undefined {
    if (parts.length !== this.#parts.length || parts.includes('')) return undefined;
    return Object.fromEntries(this.#parts.map((name, index) => [name, parts[index]])) as NodeKey<Part>;
  }

  /** Whether every part can be sent in an upstream path. A key for which this is false names nothing that exists. */
  isUsable(key: NodeKey<Part>): boolean {
    return this.#parts.every((name) => segmentProblem(key[name], this.#idPattern) === undefined);
  }
}

/** Defines the ids of a type and lets `decodeNodeId` find them. `idPattern` is what the upstream allows as a part. */
export function defineNodeId<const Part extends string>(
  type: string,
  parts: readonly Part[],
  idPattern?: RegExp,
): NodeIdType<Part> {
  const idType = new NodeIdType(type, parts, idPattern);
  registry.set(type, idType as unknown as NodeIdType);
  return idType;
}

/**
 * The type and the key of a node id; undefined if the text is not exactly an id that this API makes. Knows the types whose
 * modules are loaded: import `graph/index.ts` first.
 */
export function decodeNodeId(id: string): { readonly idType: NodeIdType; readonly key: NodeKey<string> } | undefined {
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const [, type = '', path = ''] = /^([A-Za-z]+):(.+)$/s.exec(text) ?? [];
  const idType = registry.get(type);
  const parts = path.split('/').map(decodePart);
  if (!idType || !parts.every((part) => part !== undefined)) return undefined;
  const key = idType.keyOf(parts);
  return key && idType.encode(key) === id ? { idType, key } : undefined;
}

/** Whether `NodeIdType.read` found a problem. */
export function isWrong(key: object): key is WrongId {
  return 'wrong' in key;
}

function withArticle(type: string): string {
  return `${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}`;
}

/** Reused for every id, because an answer may have thousands. Longer texts get a buffer of their own. */
const scratch = Buffer.alloc(1024);

/** `text` is ASCII. */
function toBase64Url(text: string): string {
  if (text.length > scratch.length) return Buffer.from(text, 'latin1').toString('base64url');
  return scratch.toString('base64url', 0, scratch.write(text, 'latin1'));
}

/** Most parts need no encoding, and testing that is faster than encoding them. */
function encodePart(part: string): string {
  return /^[\w.-]*$/.test(part) ? part : encodeURIComponent(part);
}

function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
