/** Rows `start` (included) to `end` (excluded) of a list, counted from 0. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/**
 * The requested part of a list: of the rows from offset `from` (included) to `before` (excluded), the `first` or the `last`.
 * Exactly one of `first` and `last` is given.
 */
export interface Slice {
  readonly from: number;
  readonly before?: number | undefined;
  readonly first?: number | undefined;
  readonly last?: number | undefined;
}

/** Pages `first` to `last` (both included, counted from 1) of `limit` rows each. */
export interface PageRange {
  readonly limit: number;
  readonly first: number;
  readonly last: number;
}

/** The window of a slice in a list of `total` rows. */
export function windowOf(slice: Slice, total: number): Window {
  let start = Math.min(slice.from, total);
  let end = Math.max(start, Math.min(slice.before ?? total, total));
  if (slice.first !== undefined) end = Math.min(end, start + slice.first);
  if (slice.last !== undefined) start = Math.max(start, end - slice.last);
  return { start, end };
}

/**
 * The window of a slice if the list is long enough; undefined if the window depends on the list's length. When the length is
 * known, compare with `windowOf`.
 */
export function likelyWindowOf(slice: Slice): Window | undefined {
  if (slice.first !== undefined) return windowOf(slice, slice.from + slice.first);
  return slice.before === undefined ? undefined : windowOf(slice, slice.before);
}

/**
 * The pages that hold a window: the smallest number of pages, and for that number the smallest page size. An empty window is
 * read as one row, as the list's total comes with it.
 *
 *     pagesOf({ start: 7, end: 12 }, 100)  // { limit: 6, first: 2, last: 2 }: page 2 of 6 rows has rows 6 to 11
 *     pagesOf({ start: 0, end: 150 }, 100) // { limit: 75, first: 1, last: 2 }
 */
export function pagesOf({ start, end }: Window, maxLimit: number): PageRange {
  const size = Math.max(1, end - start);
  for (let count = Math.ceil(size / maxLimit); ; count++) {
    for (let limit = Math.ceil(size / count); limit <= maxLimit; limit++) {
      const first = pageAt(start, limit);
      const last = pageAt(start + size - 1, limit);
      if (last - first < count) return { limit, first, last };
    }
  }
}

/** The number of the page (from 1) that holds the row at this offset. */
function pageAt(offset: number, limit: number): number {
  return Math.floor(offset / limit) + 1;
}
