import { countKey, type Operation } from '../operation.js';
import type { Page, PagedList, PendingPage } from '../paging/slice.js';
import type { ProjectKey } from './keys.js';
import { type List, paged } from './list.js';
import { unlessFinal, withPatience } from './patience.js';
import { getTool, type UpstreamTool } from './tool.js';

/** Rows of a late page are asked for again this many at a time. */
const SMALL_PAGE = 10;

type Row = UpstreamTool | null;

/** The live row of one tool, as soon as any call brings it. */
interface Slot {
  readonly row: Promise<Row>;
  readonly settle: (row: Row) => void;
  readonly fail: (error: unknown) => void;
  /** A call that is under way will settle or fail it. */
  isExpected: boolean;
  isSettled: boolean;
}

/**
 * Live rows of one project's tools, read in one operation: singly, or in probed pages. A row that one page has brought is not
 * asked for again.
 *
 * A page with a tool that hangs comes late, or never. Its rows alone are then probed once more: in pages of ten, and what is
 * missing of these singly. With one such tool among 500, that is 10 small pages and 10 single calls. If the late page comes
 * first after all, it answers for them. At most half of the calls that the operation has left are spent on it at a time.
 */
export class LiveTools {
  readonly #operation: Operation;
  readonly #project: ProjectKey;
  readonly #stored: PagedList<UpstreamTool>;
  readonly #probed: PagedList<UpstreamTool>;
  readonly #slots = new Map<string, Slot>();

  /** `lists` are the project's tools, without discovery and with it. */
  constructor(
    operation: Operation,
    project: ProjectKey,
    lists: { readonly stored: List<UpstreamTool>; readonly probed: List<UpstreamTool> },
  ) {
    this.#operation = operation;
    this.#project = project;
    this.#stored = paged(operation, lists.stored);
    this.#probed = paged(operation, lists.probed);
  }

  /** Live row of a tool that was asked for, or that came with a page; undefined for any other. */
  get(id: string): Promise<Row> | undefined {
    return this.#slots.get(id)?.row;
  }

  /** Live row of a tool that is about to be asked for. */
  want(id: string): Promise<Row> {
    return this.#slot(id).row;
  }

  /** Asks for a tool by itself, unless it is here or under way. */
  ask(id: string): void {
    const slot = this.#slot(id);
    if (slot.isSettled || slot.isExpected) return;
    slot.isExpected = true;
    this.#getTool(id, { isCounted: true }).then(slot.settle, slot.fail);
  }

  /** Tools that are not here and not under way have failed. */
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
      ...this.#stored,
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
    return this.#stored;
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
      stored = await this.#stored.readPage(number, limit).page;
    } catch {
      // The late page is the only hope left, and its failure the one that matters.
      return late;
    }
    const places = stored.rows.map(({ id }, index) => ({ id, offset: (number - 1) * limit + index }));
    void this.#probeAgain(
      places.filter(({ id }) => isWanted(id) && !this.#slot(id).isExpected && !this.#slot(id).isSettled),
      late,
    );
    return stored;
  }

  async #probeAgain(places: readonly { id: string; offset: number }[], late: Promise<unknown>): Promise<void> {
    for (const { id } of places) this.#slot(id).isExpected = true;
    if (places.length > SMALL_PAGE) await this.#probeSmallPages(places.map(({ offset }) => offset));
    const missing = places.map(({ id }) => id).filter((id) => !this.#slot(id).isSettled);
    const affordable = this.#affordable();
    for (const [index, id] of missing.entries()) void this.#probeOne(id, late, index < affordable);
  }

  async #probeSmallPages(offsets: readonly number[]): Promise<void> {
    const numbers = [...new Set(offsets.map((offset) => Math.floor(offset / SMALL_PAGE) + 1))];
    const probe = async (number: number): Promise<unknown> => this.#probe(number, SMALL_PAGE).page;
    const { patienceMs } = this.#operation.readLimits;
    await withPatience(Promise.allSettled(numbers.slice(0, this.#affordable()).map(probe)), patienceMs);
  }

  /** One tool of a late page: by itself if that is affordable, by the page if that comes first or the single call fails. */
  async #probeOne(id: string, late: Promise<unknown>, isAffordable: boolean): Promise<void> {
    const slot = this.#slot(id);
    try {
      if (!isAffordable) await late;
      if (!slot.isSettled) slot.settle(await this.#getTool(id));
    } catch (error) {
      await late.catch(() => {});
      slot.fail(error);
    }
  }

  /** What a late page brings was counted with that page. */
  async #getTool(id: string, { isCounted = false } = {}): Promise<Row> {
    const { row, record } = getTool(this.#operation, { ...this.#project, toolId: id });
    if (isCounted) countKey(record);
    return row;
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
  // A row may come, or fail to, that no field waits for.
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
