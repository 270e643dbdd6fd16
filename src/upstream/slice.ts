import type { CallRecord } from './operation.js';
import { likelyWindowOf, pagesOf, type Slice, type Window, windowOf } from './window.js';

/** A list that is read by page number (from 1) and rows per page. */
export interface PagedList<Row> {
  readonly maxLimit: number;
  readonly idOf: (row: Row) => string;
  readonly readPage: (number: number, limit: number) => PendingPage<Row>;
}

interface Page<Row> {
  readonly rows: readonly Row[];
  /** Rows of the whole list, as the upstream counts them. */
  readonly total: number;
}

/** A page under way. `record` counts keys in the report. */
export interface PendingPage<Row> {
  readonly page: Promise<Page<Row>>;
  readonly record: CallRecord;
}

/** Rows of a slice with the offset of each, the window it came to, and how many rows the whole list has. */
export interface SliceRows<Row> {
  readonly rows: readonly { readonly offset: number; readonly row: Row }[];
  readonly window: Window;
  readonly total: number;
}

/**
 * The rows of a slice of a list, exact at both ends, its pages asked for at once. Takes one call more first where only the
 * list's length can tell which rows they are (`last` without `before`); `totals` is where to ask for it, when asking `list`
 * itself costs more. Rejects when a page fails.
 */
export async function readSlice<Row>(
  list: PagedList<Row>,
  slice: Slice,
  totals: PagedList<Row> = list,
): Promise<SliceRows<Row>> {
  const likely = likelyWindowOf(slice) ?? windowOf(slice, (await totals.readPage(1, 1).page).total);
  const read = await readRows(list, likely);
  const window = windowOf(slice, read.total);
  const isEmpty = window.start === window.end;
  const isCovered = isEmpty || (window.start >= likely.start && window.end <= likely.end);
  const { rows, total } = isCovered ? read : await readRows(list, window);
  return { window, total, rows: within(rows, window, list.idOf) };
}

async function readRows<Row>(list: PagedList<Row>, window: Window) {
  const { limit, first, last } = pagesOf(window, list.maxLimit);
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const pending = numbers.map((number) => list.readPage(number, limit));
  if (pending[0]) pending[0].record.keys += 1;
  const pages = await Promise.all(pending.map(({ page }) => page));
  const rows = pages.flatMap((page, index) =>
    page.rows.map((row, position) => ({ offset: (first - 1 + index) * limit + position, row })),
  );
  return { rows, total: pages[0]?.total ?? 0 };
}

/** Rows of the window, each id once: an insert between two pages repeats a row. */
function within<Row>(rows: readonly { offset: number; row: Row }[], window: Window, idOf: (row: Row) => string) {
  const seen = new Set<string>();
  return rows.filter(({ offset, row }) => {
    const id = idOf(row);
    if (offset < window.start || offset >= window.end || seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}
