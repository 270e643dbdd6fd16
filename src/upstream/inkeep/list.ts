import { type Static, Type } from '@sinclair/typebox';
import { UPSTREAM_LIMITS } from '../../limits.js';
import type { UpstreamAnswer, UpstreamCall } from '../client/call.js';
import type { Operation } from '../operation.js';
import type { Page, PagedList, PendingPage } from '../paging/slice.js';
import { json, readShape, rowCount, type Shape, shapeOf } from '../shapes.js';

const envelope = Type.Object({ data: json, pagination: Type.Object({ total: rowCount }) });
const envelopeShape = shapeOf(envelope);

/** Most rows that the upstream returns on a page. It is a fact about the upstream, so no test replaces it. */
export const MAX_PAGE_SIZE = UPSTREAM_LIMITS.reads.maxPageSize;

/** A list of the upstream: its call, and the shape and ids of its rows. */
export interface List<Row> extends ListAddress {
  readonly rows: Shape<readonly Row[]>;
  readonly idOf: (row: Row) => string;
}

interface ListAddress {
  readonly call: Pick<UpstreamCall, 'operation' | 'path' | 'query' | 'lane'>;
}

/**
 * The page in the body of an answer, which may be shared by several reads and several operations. It is a member of the body, as a
 * WeakMap would keep all pages until the old generation is collected.
 */
const PAGE = Symbol('page');

type Body<Row> = Static<typeof envelope> & { [PAGE]?: Page<Row> };

/** One page of a list, counted from 1. The same page is requested once in an operation. Rejects with an UpstreamError. */
export function readPage<Row>(operation: Operation, list: List<Row>, page: number, limit: number): PendingPage<Row> {
  const call: UpstreamCall = { ...list.call, method: 'GET', query: { ...list.call.query, page, limit } };
  const { answer, record } = operation.read('inkeep', call);
  return { record, page: answer.then((received) => pageIn(operation, list, call, received)) };
}

function pageIn<Row>(operation: Operation, list: List<Row>, call: UpstreamCall, answer: UpstreamAnswer): Page<Row> {
  const body: Body<Row> = readShape('inkeep', envelopeShape, call, answer);
  const { data, pagination } = body;
  rememberTotal(operation, list, pagination.total);
  if (body[PAGE]) return body[PAGE];
  const page = { rows: readShape('inkeep', list.rows, call, answer, data), total: pagination.total };
  body[PAGE] = page;
  return page;
}

/** The list for `readSlice`. */
export function paged<Row>(operation: Operation, list: List<Row>): PagedList<Row> {
  return {
    maxLimit: MAX_PAGE_SIZE,
    idOf: list.idOf,
    readPage: (number, limit) => readPage(operation, list, number, limit),
    knownTotal: () => rememberedTotal(operation, list),
  };
}

/** Number of rows when this caller last read the list, in any operation; undefined if not known. */
export function rememberedTotal(operation: Operation, list: ListAddress): number | undefined {
  return operation.listTotals.get(totalKey(operation, list));
}

function rememberTotal(operation: Operation, list: ListAddress, total: number): void {
  operation.listTotals.set(totalKey(operation, list), total);
}

/** Without `skipDiscovery`: a list has the same number of rows with and without discovery. */
function totalKey(operation: Operation, { call }: ListAddress): string {
  const { skipDiscovery: _, ...filter } = call.query ?? {};
  return JSON.stringify([operation.caller('inkeep').fingerprint, call.path, filter]);
}
