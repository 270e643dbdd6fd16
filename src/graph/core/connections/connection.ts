import { GRAPH_LIMITS } from '../../../limits.js';
import type { SliceRows } from '../../../upstream/paging/slice.js';
import { type Slice, windowOf } from '../../../upstream/paging/window.js';
import { badUserInput } from '../errors/error-codes.js';

export interface ConnectionArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

export interface Connection<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly pageInfo: PageInfo;
  /** Null if the upstream cannot count the rows. */
  readonly totalCount: number | null;
}

/** A row at its offset in the list. Its cursor is encoded when it is selected. */
export class Edge<Node> {
  readonly node: Node;
  readonly #offset: number;

  constructor(offset: number, node: Node) {
    this.#offset = offset;
    this.node = node;
  }

  get cursor(): string {
    return encodeCursor(this.#offset);
  }
}

/** The place of a page in its list. */
export class PageInfo {
  readonly hasPreviousPage: boolean;
  readonly hasNextPage: boolean;
  readonly #edges: readonly Edge<unknown>[];

  constructor(
    edges: readonly Edge<unknown>[],
    pages: { readonly hasPreviousPage: boolean; readonly hasNextPage: boolean },
  ) {
    this.#edges = edges;
    this.hasPreviousPage = pages.hasPreviousPage;
    this.hasNextPage = pages.hasNextPage;
  }

  get startCursor(): string | null {
    return this.#edges.at(0)?.cursor ?? null;
  }

  get endCursor(): string | null {
    return this.#edges.at(-1)?.cursor ?? null;
  }
}

/** A cursor holds the absolute offset of its row. */
export function encodeCursor(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64url');
}

/** The offset in a cursor; undefined if the text is not a cursor that this API makes. */
export function decodeCursor(cursor: string): number | undefined {
  const [, digits] = /^offset:(0|[1-9]\d{0,14})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const offset = Number(digits);
  return digits !== undefined && encodeCursor(offset) === cursor ? offset : undefined;
}

/** The slice that connection arguments request. Throws BAD_USER_INPUT for arguments that are not valid. */
export function sliceOf({ first, after, last, before }: ConnectionArgs): Slice {
  if (isGiven(first) && isGiven(last)) throw badUserInput('Give "first" or "last", not both.');
  const from = isGiven(after) ? readCursor('after', after) + 1 : 0;
  const end = isGiven(before) ? { before: readCursor('before', before) } : {};
  return isGiven(last)
    ? { from, ...end, last: checkSize('last', last) }
    : { from, ...end, first: checkSize('first', first ?? GRAPH_LIMITS.defaultPageSize) };
}

/** The connection of rows that were read for a slice. */
export function connectionOf<Row, Node>(read: SliceRows<Row>, nodeOf: (row: Row) => Node): Connection<Node> {
  const edges = read.rows.map(({ offset, row }) => new Edge(offset, nodeOf(row)));
  const { window, total } = read;
  const pageInfo = new PageInfo(edges, { hasPreviousPage: window.start > 0, hasNextPage: window.end < total });
  return { edges, pageInfo, totalCount: total };
}

/** The connection of a slice of a complete list of rows. */
export function connectionOfAll<Row, Node>(
  rows: readonly Row[],
  slice: Slice,
  nodeOf: (row: Row) => Node,
): Connection<Node> {
  const window = windowOf(slice, rows.length);
  const inside = rows.slice(window.start, window.end).map((row, index) => ({ offset: window.start + index, row }));
  return connectionOf({ rows: inside, window, total: rows.length }, nodeOf);
}

function readCursor(argument: 'after' | 'before', cursor: string): number {
  const offset = decodeCursor(cursor);
  if (offset === undefined) {
    throw badUserInput(
      `The value of "${argument}" is not a cursor of this API: take one from \`pageInfo\` or \`edges { cursor }\`.`,
    );
  }
  return offset;
}

function checkSize(argument: 'first' | 'last', size: number): number {
  if (size >= 0 && size <= GRAPH_LIMITS.maxPageSize) return size;
  throw badUserInput(`"${argument}" is ${size}, and must be from 0 to ${GRAPH_LIMITS.maxPageSize}.`);
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
