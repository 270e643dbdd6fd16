import { type CallRecord, countKey, type Operation } from '../operation.js';
import type { PagedList } from '../paging/slice.js';
import { type List, MAX_PAGE_SIZE, paged, rememberedTotal } from './list.js';

/** Pages asked at once at the most: while it is not known that anything on them is wanted, and in each round of a search. */
const PAGES_AT_ONCE = 8;

/** From this many wanted rows on, a search asks for all the pages that the list had last time, not for the first alone. */
const MANY = 3;

/** Whether a search reads on, by the rows it has not read and the ids it has not found. */
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
 * Reads one list in full pages, as far as somebody wants it, for the length of one operation. Pages are shared by all who
 * ask; rows are found by id on whatever page they are. Offset paging may repeat a row: the first one counts.
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
   * `onRows` hears of the rows of each page, and of the list's length, as it comes, before whoever asked for it. `readPage` is
   * how a page is read, if not just so.
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

  /** Whether any page has been asked for. */
  get started(): boolean {
    return this.#pages.length > 0;
  }

  /** Rows of the whole list, once a page is here. */
  get total(): number | undefined {
    return this.#total;
  }

  /**
   * Asks for the first page before anybody wants it, and for as many more as the list had last time (8 at the most).
   * Failures are told to whoever reads.
   */
  start(): void {
    for (const page of this.#ask(this.#likelyPages())) page.catch(() => {});
  }

  /** As `start`, and asks for the pages after the first (8 in all at the most) as soon as it tells how many there are. */
  async readAhead(): Promise<void> {
    await Promise.all(this.#ask(this.#likelyPages()));
    await Promise.all(this.#ask(Math.min(PAGES_AT_ONCE, Math.max(this.#pages.length, this.#pageCount()))));
  }

  /** Every row, each id once, in the upstream's order. `keys` are what was asked for: none for a prefetch. Rejects when a page fails. */
  async all(keys: readonly string[] = ['']): Promise<readonly Row[]> {
    this.#all ??= this.#readAll();
    const rows = await this.#all;
    if (this.#first) for (const key of keys) countKey(this.#first, key);
    return rows;
  }

  /** As `all`, if no more than `pages` pages are left to ask for when the list's length is known; undefined otherwise. */
  async allWithin(pages: number, keys: readonly string[]): Promise<readonly Row[] | undefined> {
    const likely = this.#likelyPages();
    await Promise.all(this.#ask(Math.max(this.#pages.length, likely > pages ? 1 : likely)));
    return this.#pageCount() - this.#pages.length > pages ? undefined : this.all(keys);
  }

  async #readAll(): Promise<readonly Row[]> {
    await Promise.all(this.#ask(this.#likelyPages()));
    const pages = await Promise.all(this.#ask(Math.max(this.#pages.length, this.#pageCount())));
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
    if (found && isCounted) countKey(found.record, id);
    return found?.row;
  }

  /**
   * The rows with these ids that are on some page. Reads on until all are found, the list ends, or `isWorth` says no to the
   * number of rows not read yet and of ids not found yet. `failed` is the first page that could not be read, when rows are
   * missing: they may be on it. `isCounted` is false for a prefetch, which the report does not count.
   */
  async find(ids: ReadonlySet<string>, isWorth: Worth = () => true, isCounted = true): Promise<Search<Row>> {
    const missing = new Set<string>();
    for (const id of ids) if (!this.#found.has(id)) missing.add(id);
    let settled = 0;
    let failed: unknown;
    const read = async (pages: number): Promise<void> => {
      for (const result of await Promise.allSettled(this.#ask(pages))) {
        if (result.status === 'rejected') failed ??= result.reason;
      }
      settled = pages;
      for (const id of missing) if (this.#found.has(id)) missing.delete(id);
    };
    // Pages that another search has asked for meanwhile are waited for, and then it is asked whether to read on.
    const next = (): number => {
      if (settled < this.#pages.length) return this.#pages.length;
      const isWorthReading = isWorth((this.#total ?? 0) - settled * MAX_PAGE_SIZE, missing.size);
      return isWorthReading ? Math.min(this.#pageCount(), settled + PAGES_AT_ONCE) : settled;
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

  /** Sees to it that pages 1 to `count` are under way. */
  #ask(count: number): Promise<readonly Row[]>[] {
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

  /** Pages that a search asks for at once: those that the list had last time, if so many are worth it, or the first alone. */
  #firstRound(wanted: number, isWorth: Worth): number {
    return wanted < MANY || !isWorth(this.#likelyTotal(), wanted) ? 1 : this.#likelyPages();
  }

  #likelyTotal(): number {
    return rememberedTotal(this.#operation, this.#list) ?? 0;
  }

  #likelyPages(): number {
    const rows = this.#likelyTotal();
    return Math.max(1, Math.min(PAGES_AT_ONCE, Math.ceil(rows / MAX_PAGE_SIZE)));
  }
}
