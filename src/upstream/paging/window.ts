/** Rows `start` (included) to `end` (excluded) of a list, counted from 0. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/**
 * Which part of a list is asked for, as offsets: rows from `from` on and before `before`, of these the `first` or the `last`.
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
 * The window of a slice while the list's length is not known, taking it to be long enough; undefined where only the length
 * can tell. What comes back must be held against `windowOf` with the true total.
 */
export function likelyWindowOf(slice: Slice): Window | undefined {
  if (slice.first !== undefined) return windowOf(slice, slice.from + slice.first);
  return slice.before === undefined ? undefined : windowOf(slice, slice.before);
}

/**
 * The pages that hold a window of a paged list: as few calls as possible, and then as few rows. Rows 7 to 11 are page 2 of 6;
 * rows 0 to 149 are pages 1 and 2 of 75. An empty window still takes one row, for the list's total.
 */
export function pagesOf({ start, end }: Window, maxLimit: number): PageRange {
  const size = Math.max(1, end - start);
  for (let pages = Math.ceil(size / maxLimit); ; pages++) {
    for (let limit = Math.ceil(size / pages); limit <= maxLimit; limit++) {
      const first = Math.floor(start / limit) + 1;
      const last = Math.floor((start + size - 1) / limit) + 1;
      if (last - first < pages) return { limit, first, last };
    }
  }
}
