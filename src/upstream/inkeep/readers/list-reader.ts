import type { CallRecord, Operation } from '../../operation.js';
import type { PagedList } from '../../paging/slice.js';
import { type List, MAX_PAGE_SIZE, paged, rememberedTotal } from '../list.js';

/** Whether a search continues, by the number of unread rows and of ids that it has not found. */
type Worth = (unread: number, missing: number) => boolean;

export interface Search<Row> {
  readonly rows: ReadonlyMap<string, Row>;
  readonly failed?: unknown;
}

interface Found<Row> {
  readonly row: Row;
  readonly record: CallRecord;
}

/**
 * Reads the full pages of one list that an operation needs, each once. Finds rows by id on any page. Offset paging may repeat a
 * row: the first one counts.
 */
export class ListReader<Row> {
  readonly #operation: Operation;
  readonly #list: List<Row>;
  readonly #readPage: PagedList<Row>['readPage'];
  readonly #onRows: (rows: readonly Row[], total: number) => void;
  readonly #pages: Promise<readonly Row[]>[] = [];
  readonly #found = new Map<string, Found<Row>>();
  #first: CallRecord | undefined;
  #total: number | undefined;
  #all: Promise<readonly Row[]> | undefined;

  /**
   * `onRows` gets the rows of each page and the length of the list, before the reader of the page gets them. `readPage` replaces
   * how a page is read.
   */
  constructor(
    operation: Operation,
    list: List<Row>,
    onRows: (rows: readonly Row[], total: number) => void = () => {},
    readPage = paged(operation, list).readPage,
  ) {
    this.#operation = operation;
    this.#list = list;
    this.#onRows = onRows;
    this.#readPage = readPage;
  }

  /** Whether any page was requested. */
  get started(): boolean {
    return this.#pages.length > 0;
  }

  /** Number of rows of the whole list; undefined before the first page has arrived. */
  get total(): number | undefined {
    return this.#total;
  }

  /**
   * Prefetches the pages that the list had last time: at least the first one, at most 8. The reader of a page gets its error.
   */
  start(): void {
    for (const page of this.#request(this.#likelyPages())) page.catch(() => {});
  }

  /** Like `start`, and requests the other pages (at most 8 in all) as soon as their number is known. */
  async readAhead(): Promise<void> {
    await Promise.all(this.#request(this.#likelyPages()));
    await Promise.all(
      this.#request(
        Math.min(this.#operation.readLimits.maxPagesAtOnce, Math.max(this.#pages.length, this.#pageCount())),
      ),
    );
  }

  /** Every row, each id once, in the upstream's order. `keys` are counted in the report: none for a prefetch. Rejects if a page fails. */
  async all(keys: readonly string[] = ['']): Promise<readonly Row[]> {
    this.#all ??= this.#readAll();
    const rows = await this.#all;
    if (this.#first) for (const key of keys) this.#first.countKey(key);
    return rows;
  }

  /** Like `all`, but undefined if more than `pages` pages are left to request when the length of the list is known. */
  async allWithin(pages: number, keys: readonly string[]): Promise<readonly Row[] | undefined> {
    const likely = this.#likelyPages();
    await Promise.all(this.#request(Math.max(this.#pages.length, likely > pages ? 1 : likely)));
    return this.#pageCount() - this.#pages.length > pages ? undefined : this.all(keys);
  }

  async #readAll(): Promise<readonly Row[]> {
    await Promise.all(this.#request(this.#likelyPages()));
    const pages = await Promise.all(this.#request(Math.max(this.#pages.length, this.#pageCount())));
    const rows = new Map<string, Row>();
    for (const row of pages.flat()) {
      const id = this.#list.idOf(row);
      if (!rows.has(id)) rows.set(id, row);
    }
    return [...rows.values()];
  }

  /** The row with this id if it is on a page that was read. `isCounted` is false for a prefetch. */
  known(id: string, isCounted = true): Row | undefined {
    const found = this.#found.get(id);
    if (found && isCounted) found.record.countKey(id);
    return found?.row;
  }

  /**
   * The rows with these ids. Reads pages until all are found, the list ends, or `isWorth` is false for the number of unread rows
   * and missing ids. If rows are missing, `failed` is the error of the first page that failed: they may be on it. `isCounted` is
   * false for a prefetch, which the report does not count.
   */
  async find(ids: ReadonlySet<string>, isWorth: Worth = () => true, isCounted = true): Promise<Search<Row>> {
    const missing = new Set<string>();
    for (const id of ids) if (!this.#found.has(id)) missing.add(id);
    let settled = 0;
    let failed: unknown;
    const read = async (pages: number): Promise<void> => {
      const brought: string[] = [];
      for (const result of await Promise.allSettled(this.#request(pages).slice(settled))) {
        if (result.status === 'rejected') failed ??= result.reason;
        else brought.push(...result.value.map(this.#list.idOf));
      }
      settled = pages;
      // The shorter loop: a search for all rows of a long list must not go over all of them after each round.
      if (brought.length < missing.size) for (const id of brought) missing.delete(id);
      else for (const id of missing) if (this.#found.has(id)) missing.delete(id);
    };
    // Pages that another search has requested in the meantime come first.
    const next = (): number => {
      if (settled < this.#pages.length) return this.#pages.length;
      const isWorthReading = isWorth((this.#total ?? 0) - settled * MAX_PAGE_SIZE, missing.size);
      return isWorthReading
        ? Math.min(this.#pageCount(), settled + this.#operation.readLimits.maxPagesAtOnce)
        : settled;
    };
    if (missing.size > 0) await read(Math.max(this.#pages.length, this.#firstRound(ids.size, isWorth)));
    while (failed === undefined && missing.size > 0 && next() > settled) await read(next());
    const rows = new Map<string, Row>();
    for (const id of ids) {
      const row = this.known(id, isCounted);
      if (row !== undefined) rows.set(id, row);
    }
    return failed === undefined || rows.size === ids.size ? { rows } : { rows, failed };
  }

  /** Requests those of pages 1 to `count` that were not requested yet. */
  #request(count: number): Promise<readonly Row[]>[] {
    while (this.#pages.length < count) this.#pages.push(this.#read(this.#pages.length + 1));
    return this.#pages.slice(0, count);
  }

  async #read(number: number): Promise<readonly Row[]> {
    const { page, record } = this.#readPage(number, MAX_PAGE_SIZE);
    this.#first ??= record;
    const { rows, total } = await page;
    this.#total ??= total;
    for (const row of rows) {
      const id = this.#list.idOf(row);
      if (!this.#found.has(id)) this.#found.set(id, { row, record });
    }
    this.#onRows(rows, total);
    return rows;
  }

  #pageCount(): number {
    return Math.ceil((this.#total ?? 0) / MAX_PAGE_SIZE);
  }

  /** Number of pages that a search requests first: those that the list had last time if that is worth it, otherwise one. */
  #firstRound(wanted: number, isWorth: Worth): number {
    return wanted < this.#operation.readLimits.minRowsForKnownPages || !isWorth(this.#likelyTotal(), wanted)
      ? 1
      : this.#likelyPages();
  }

  #likelyTotal(): number {
    return rememberedTotal(this.#operation, this.#list) ?? 0;
  }

  #likelyPages(): number {
    const rows = this.#likelyTotal();
    return Math.max(1, Math.min(this.#operation.readLimits.maxPagesAtOnce, Math.ceil(rows / MAX_PAGE_SIZE)));
  }
}
