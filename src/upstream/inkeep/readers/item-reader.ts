import type { Operation } from '../../operation.js';
import { readSlice, type SliceRows } from '../../paging/slice.js';
import type { Slice } from '../../paging/window.js';
import type { Item } from '../item.js';
import { type List, MAX_PAGE_SIZE, paged } from '../list.js';
import { ListReader } from './list-reader.js';

/** Rows that are read by their ids and as one list for each parent. `Part` are the names of the parts of the parent's key. */
export interface Resource<Part extends string, Row> {
  readonly parent: readonly Part[];
  readonly list: (parent: Readonly<Record<Part, string>>) => List<Row>;
  readonly get: (operation: Operation, parent: Readonly<Record<Part, string>>, id: string) => Item<Row>;
}

/**
 * Plans how the rows of one parent are read in one operation: a single row by itself, several from the list. Rows that other
 * answers included are not requested again.
 */
export class ItemReader<Row> {
  readonly #operation: Operation;
  readonly #list: List<Row>;
  readonly #get: (id: string) => Item<Row>;
  readonly #reader: ListReader<Row>;
  readonly #seen = new Map<string, Row>();
  /** Rows inside other answers, which lack some members. */
  readonly #partial = new Map<string, Row>();

  constructor(operation: Operation, list: List<Row>, get: (id: string) => Item<Row>) {
    this.#operation = operation;
    this.#list = list;
    this.#get = get;
    this.#reader = new ListReader(operation, list);
  }

  /** Remembers a row that another answer included, which may lack some members. */
  sawPartial(row: Row): void {
    this.#partial.set(this.#list.idOf(row), row);
  }

  /** The rows with these ids, each as its own promise; null only after a 404 for the row. With `isWhole`, no partial ones. */
  byIds(ids: readonly string[], { isWhole = false } = {}): ReadonlyMap<string, Promise<Row | null>> {
    const seen = (id: string): Row | undefined => this.#seen.get(id) ?? (isWhole ? undefined : this.#partial.get(id));
    const unseen = new Set(ids.filter((id) => seen(id) === undefined));
    const search =
      unseen.size >= this.#operation.readLimits.minRowsForList ? this.#reader.find(unseen, isWorthPaging) : undefined;
    if (unseen.size > 0) {
      const { operation } = this.#list.call;
      this.#operation.planned(`rows of ${operation}`, search ? 'pages of the list' : 'one call', unseen.size);
    }
    return new Map(ids.map((id) => [id, this.#row(id, seen(id), search)]));
  }

  /** Prefetches what `byIds` needs for these ids. The reader of a row gets its error. */
  start(ids: readonly string[]): void {
    const [first, ...more] = new Set(ids);
    if (more.length > 0) this.#reader.start();
    else if (first !== undefined) this.#get(first).row.catch(() => {});
  }

  /** One row by its own call, which proves whether it exists. */
  async prove(id: string): Promise<Row | null> {
    const { row, record } = this.#get(id);
    record.countKey();
    const found = await row;
    if (found !== null) this.#saw(found);
    return found;
  }

  /** Every row, in the upstream's order. */
  async all({ isPrefetch = false } = {}): Promise<readonly Row[]> {
    const rows = await this.#reader.all(isPrefetch ? [] : undefined);
    for (const row of rows) this.#saw(row);
    return rows;
  }

  /** A window of the list. */
  async window(slice: Slice, { isPrefetch = false } = {}): Promise<SliceRows<Row>> {
    const window = await readSlice(paged(this.#operation, this.#list), slice, { isPrefetch });
    for (const { row } of window.rows) this.#saw(row);
    return window;
  }

  #saw(row: Row): void {
    this.#seen.set(this.#list.idOf(row), row);
  }

  async #row(
    id: string,
    seen: Row | undefined,
    search: ReturnType<ListReader<Row>['find']> | undefined,
  ): Promise<Row | null> {
    const found = seen ?? (await search)?.rows.get(id);
    if (found !== undefined) return found;
    const failed = (await search)?.failed;
    if (failed !== undefined) throw failed;
    return this.prove(id);
  }
}

/** Whether the unread pages are no more calls than one for each missing row. */
function isWorthPaging(unread: number, missing: number): boolean {
  return Math.ceil(unread / MAX_PAGE_SIZE) <= missing;
}
