import type { CallRecord } from '../operation.js';
import { likelyWindowOf, pagesOf, type Slice, type Window, windowOf } from './window.js';

/** A list that is read by page number (from 1) and rows per page. */
export interface PagedList<Row> {
  readonly maxLimit: number;
  readonly idOf: (row: Row) => string;
  readonly readPage: (number: number, limit: number) => PendingPage<Row>;
  /** Rows that the list had when it was last read; undefined if that is not known. */
  readonly knownTotal?: () => number | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Rows of the whole list, as the upstream counts them. */
  readonly total: number;
}

/** A page in flight. `record` counts keys in the report. */
export interface PendingPage<Row> {
  readonly page: Promise<Page<Row>>;
  readonly record: CallRecord;
}

/** The rows of a slice with their offsets, the slice's window, and the length of the whole list. */
export interface SliceRows<Row> {
  readonly rows: readonly { readonly offset: number; readonly row: Row }[];
  readonly window: Window;
  readonly total: number;
}

/**
 * Reads the rows of a slice of a list, exact at both ends. Rejects if a page fails.
 *
 * If the list's length is known from before, all pages of the slice are requested at once. Otherwise its first page is, and
 * then, all at once, the other pages that exist by that answer. For `last` without `before`, and for a slice of several
 * pages of a list slower than `totals`, the length is read first, from `totals`. A prefetch counts no key in the report.
 */
export async function readSlice<Row>(
  list: PagedList<Row>,
  slice: Slice,
  { totals = list, isPrefetch = false }: { totals?: PagedList<Row>; isPrefetch?: boolean } = {},
): Promise<SliceRows<Row>> {
  const { likely, expected } = await expectWindow(list, slice, totals);
  const read = await readRows(list, likely, { expected, isCounted: !isPrefetch });
  const window = windowOf(slice, read.total);
  const isEmpty = window.start === window.end;
  const isCovered = isEmpty || (window.start >= likely.start && window.end <= likely.end);
  const { pages, total } = isCovered ? read : await readRows(list, window, { expected: read.total });
  return { window, total, rows: within(pages, window, list.idOf) };
}

/** The window that a slice most likely has, and the expected length of the list if it is known and needed. */
async function expectWindow<Row>(
  list: PagedList<Row>,
  slice: Slice,
  totals: PagedList<Row>,
): Promise<{ likely: Window; expected?: number | undefined }> {
  const likely = likelyWindowOf(slice);
  if (likely && isOnePage(likely, list.maxLimit)) return { likely };
  const known = likely && list.knownTotal?.();
  if (likely && (known !== undefined || totals === list)) return { likely, expected: known };
  const { total } = await totals.readPage(1, 1).page;
  return { likely: likely ?? windowOf(slice, total), expected: total };
}

function isOnePage(window: Window, maxLimit: number): boolean {
  const { first, last } = pagesOf(window, maxLimit);
  return first === last;
}

/** Reads the existing pages that hold the window. `expected` decides which ones are requested at once, and never their size. */
async function readRows<Row>(
  list: PagedList<Row>,
  window: Window,
  { expected = 0, isCounted = false }: { expected?: number | undefined; isCounted?: boolean },
) {
  const { limit, first, last } = pagesOf(window, list.maxLimit);
  const pages: Page<Row>[] = [];
  const readOn = async (total: number): Promise<void> => {
    const end = Math.max(first, Math.min(last, Math.ceil(total / limit)));
    const pending: PendingPage<Row>[] = [];
    for (let number = first + pages.length; number <= end; number++) pending.push(list.readPage(number, limit));
    if (isCounted && pages.length === 0 && pending[0]) pending[0].record.countKey(`rows ${window.start}-${window.end}`);
    pages.push(...(await Promise.all(pending.map(({ page }) => page))));
  };
  await readOn(expected);
  const total = pages[0]?.total ?? 0;
  await readOn(total);
  return { total, pages: pages.map(({ rows }, index) => ({ start: (first - 1 + index) * limit, rows })) };
}

/** The rows of the window, each id once: if a row is inserted while pages are read, another one is on two pages. */
function within<Row>(
  pages: readonly { readonly start: number; readonly rows: readonly Row[] }[],
  window: Window,
  idOf: (row: Row) => string,
): { offset: number; row: Row }[] {
  const inside: { offset: number; row: Row }[] = [];
  const seen = new Set<string>();
  for (const { start, rows } of pages) {
    let offset = start;
    for (const row of rows) {
      if (offset >= window.start && offset < window.end && !seen.has(idOf(row))) inside.push({ offset, row });
      if (pages.length > 1) seen.add(idOf(row));
      offset += 1;
    }
  }
  return inside;
}
