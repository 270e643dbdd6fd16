import type { Operation } from '../../operation.js';
import type { Page, PagedList, PendingPage } from '../../paging/slice.js';
import type { Item } from '../item.js';
import type { ProjectKey } from '../keys.js';
import { paged } from '../list.js';
import { getTool, toolList, type UpstreamTool } from '../tool.js';
import { unlessFinal, withPatience } from './patience.js';

type Row = UpstreamTool | null;

/** The live row of one tool, from the first call that returns it. */
interface Slot {
  readonly row: Promise<Row>;
  readonly settle: (row: Row) => void;
  readonly fail: (error: unknown) => void;
  /** A call in flight will settle it or make it fail. */
  isExpected: boolean;
  isSettled: boolean;
}

/**
 * Reads the live rows of one project's tools in one operation: each by itself, or in probed pages. A row that was on a page is not
 * requested again.
 *
 * A page with a tool that hangs arrives late or never. Its tools are then probed again in pages of ten, and those that are still
 * missing one by one. With one such tool among 500, that is 10 small pages and 10 single calls. If the late page arrives first, its
 * rows are used. At most half of the operation's remaining calls are spent on this at a time.
 */
export class LiveTools {
  readonly #operation: Operation;
  readonly #project: ProjectKey;
  /** Created on first use: a query for one tool needs neither list. */
  #storedList: PagedList<UpstreamTool> | undefined;
  #probedList: PagedList<UpstreamTool> | undefined;
  readonly #slots = new Map<string, Slot>();

  constructor(operation: Operation, project: ProjectKey) {
    this.#operation = operation;
    this.#project = project;
  }

  /** The live row of a tool that was requested, or that was on a page; undefined for any other. */
  get(id: string): Promise<Row> | undefined {
    return this.#slots.get(id)?.row;
  }

  /** The live row of a tool that the caller requests next. */
  want(id: string): Promise<Row> {
    return this.#slot(id).row;
  }

  /** Requests a tool by itself, unless it has arrived or is being read. */
  ask(id: string): void {
    const slot = this.#slot(id);
    if (slot.isSettled || slot.isExpected) return;
    slot.isExpected = true;
    try {
      const { row, record } = this.#getTool(id);
      record.countKey();
      row.then(slot.settle, slot.fail);
    } catch (error) {
      slot.fail(error);
    }
  }

  /** Rejects the row of a tool that has not arrived and is not being read. */
  fail(id: string, error: unknown): void {
    const slot = this.#slot(id);
    if (!slot.isExpected) slot.fail(error);
  }

  /**
   * The project's tools in probed pages. A page that fails, or takes longer than `patienceMs`, is given without discovery,
   * and the live rows of its tools follow: of all of them, or, with `wantedOnly`, of those that were asked for.
   */
  pages({
    patienceMs = this.#operation.readLimits.patienceMs,
    wantedOnly = false,
  }: {
    patienceMs?: number | undefined;
    wantedOnly?: boolean;
  } = {}): PagedList<UpstreamTool> {
    return {
      ...this.stored,
      readPage: (number, limit) => {
        const { page, record } = this.#probe(number, limit);
        const isWanted = (id: string): boolean => !wantedOnly || this.#slots.has(id);
        const inTime = withPatience(page.catch(unlessFinal), patienceMs);
        return { record, page: inTime.then((read) => read ?? this.#withoutDiscovery(number, limit, page, isWanted)) };
      },
    };
  }

  /** The list without discovery. */
  get stored(): PagedList<UpstreamTool> {
    this.#storedList ??= paged(this.#operation, toolList(this.#project, { discover: false }));
    return this.#storedList;
  }

  get #probed(): PagedList<UpstreamTool> {
    this.#probedList ??= paged(this.#operation, toolList(this.#project, { discover: true }));
    return this.#probedList;
  }

  #probe(number: number, limit: number): PendingPage<UpstreamTool> {
    const pending = this.#probed.readPage(number, limit);
    const settle = ({ rows }: Page<UpstreamTool>): void => {
      for (const row of rows) this.#slot(row.id).settle(row);
    };
    pending.page.then(settle, () => {});
    return pending;
  }

  async #withoutDiscovery(
    number: number,
    limit: number,
    late: Promise<Page<UpstreamTool>>,
    isWanted: (id: string) => boolean,
  ): Promise<Page<UpstreamTool>> {
    let stored: Page<UpstreamTool>;
    try {
      stored = await this.stored.readPage(number, limit).page;
    } catch {
      // Only the late page can still have the rows. If it fails too, its error is reported.
      return late;
    }
    this.#operation.planned('live fields of a late page', 'small pages, then get-tool for each', stored.rows.length);
    const places = stored.rows.map(({ id }, index) => ({ id, offset: (number - 1) * limit + index }));
    void this.#probeAgain(
      places.filter(({ id }) => isWanted(id) && !this.#slot(id).isExpected && !this.#slot(id).isSettled),
      late,
    );
    return stored;
  }

  async #probeAgain(places: readonly { id: string; offset: number }[], late: Promise<unknown>): Promise<void> {
    for (const { id } of places) this.#slot(id).isExpected = true;
    if (places.length > this.#operation.readLimits.smallPageSize)
      await this.#probeSmallPages(places.map(({ offset }) => offset));
    const missing = places.map(({ id }) => id).filter((id) => !this.#slot(id).isSettled);
    const affordable = this.#affordable();
    for (const [index, id] of missing.entries()) void this.#probeOne(id, late, index < affordable);
  }

  async #probeSmallPages(offsets: readonly number[]): Promise<void> {
    const { smallPageSize } = this.#operation.readLimits;
    const numbers = [...new Set(offsets.map((offset) => Math.floor(offset / smallPageSize) + 1))];
    const probe = async (number: number): Promise<unknown> => this.#probe(number, smallPageSize).page;
    const { patienceMs } = this.#operation.readLimits;
    await withPatience(Promise.allSettled(numbers.slice(0, this.#affordable()).map(probe)), patienceMs);
  }

  /** Reads one tool of a late page: by its own call if that is affordable, or from the page if that arrives first or the call fails. */
  async #probeOne(id: string, late: Promise<unknown>, isAffordable: boolean): Promise<void> {
    const slot = this.#slot(id);
    try {
      if (!isAffordable) await late;
      // Its key was counted for the page.
      if (!slot.isSettled) slot.settle(await this.#getTool(id).row);
    } catch (error) {
      await late.catch(() => {});
      slot.fail(error);
    }
  }

  #getTool(id: string): Item<UpstreamTool> {
    const { tenantId, projectId } = this.#project;
    return getTool(this.#operation, { tenantId, projectId, toolId: id });
  }

  #affordable(): number {
    return Math.floor(this.#operation.callsLeft / 2);
  }

  #slot(id: string): Slot {
    const known = this.#slots.get(id);
    if (known) return known;
    const slot = createSlot();
    this.#slots.set(id, slot);
    return slot;
  }
}

function createSlot(): Slot {
  let resolve: (row: Row) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const row = new Promise<Row>((onRow, onError) => {
    resolve = onRow;
    reject = onError;
  });
  // No field may wait for this row.
  row.catch(() => {});
  const slot: Slot = {
    row,
    fail: reject,
    isExpected: false,
    isSettled: false,
    settle(settled) {
      slot.isSettled = true;
      resolve(settled);
    },
  };
  return slot;
}
