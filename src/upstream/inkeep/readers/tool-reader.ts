import type { Operation } from '../../operation.js';
import { readSlice, type SliceRows } from '../../paging/slice.js';
import type { Slice } from '../../paging/window.js';
import type { ProjectKey } from '../keys.js';
import { type List, MAX_PAGE_SIZE } from '../list.js';
import { toolList, type UpstreamTool } from '../tool.js';
import { ListReader, type Search } from './list-reader.js';
import { LiveTools } from './live-tools.js';
import { unlessFinal, withPatience } from './patience.js';

/** If more live tools than this are requested, whole pages are probed: one call per 100 tools. */
const MANY_LIVE = 40;

/** In a project with more pages than this, one or two tools are read one by one. */
const MANY_PAGES = 10;
const FEW_TOOLS = 3;

/** Whole pages are probed only if at least one of this many tools on them is requested. */
const PROBES_PER_WANTED = 10;

/**
 * Plans how the tools of one project are read in one operation. Stored fields are read from pages without discovery, live fields
 * by get-tool, or from probed pages if many tools are requested. The answer to a probe has the stored fields too.
 */
export class ToolReader {
  readonly #operation: Operation;
  readonly #lists: Record<'stored' | 'probed', List<UpstreamTool>>;
  readonly #live: LiveTools;
  /** Created on first use: a query for one tool needs neither list. */
  #storedReader: ListReader<UpstreamTool> | undefined;
  #probedReader: ListReader<UpstreamTool> | undefined;

  constructor(operation: Operation, project: ProjectKey) {
    this.#operation = operation;
    this.#lists = { stored: toolList(project, { discover: false }), probed: toolList(project, { discover: true }) };
    this.#live = new LiveTools(operation, project, this.#lists);
  }

  get #stored(): ListReader<UpstreamTool> {
    this.#storedReader ??= new ListReader(this.#operation, this.#lists.stored);
    return this.#storedReader;
  }

  get #probed(): ListReader<UpstreamTool> {
    this.#probedReader ??= new ListReader(
      this.#operation,
      this.#lists.probed,
      undefined,
      this.#live.pages({ wantedOnly: true }).readPage,
    );
    return this.#probedReader;
  }

  /** The stored fields of a tool if a page has brought them. Undefined once its live fields are requested, which have them too. */
  knownStored(id: string): UpstreamTool | undefined {
    return this.#live.get(id) ? undefined : this.#stored.known(id);
  }

  /** Prefetches the first page of stored fields. The reader of a tool gets its error. */
  startStored(): void {
    this.#stored.start();
  }

  /** Prefetches up to 8 pages of stored fields, if it is likely that tools on them will be requested. */
  readAhead(): void {
    this.#stored.readAhead().catch(() => {});
  }

  /** Prefetches the pages that have these tools, without probes and single calls. */
  expectStored(ids: readonly string[]): void {
    this.#stored.find(new Set(ids.filter((id) => !this.#live.get(id))), isWorthPaging, false).catch(() => {});
  }

  /**
   * Stored fields of the tools with these ids; null only after a 404 of get-tool, because offset paging may skip a row. If the live
   * fields of a tool are being read, its stored ones are requested only if those take longer than `patienceMs`.
   */
  stored(ids: readonly string[]): ReadonlyMap<string, Promise<UpstreamTool | null>> {
    const unprobed = new Set(ids.filter((id) => !this.#live.get(id)));
    const search = unprobed.size > 0 ? this.#stored.find(unprobed, isWorthPaging) : undefined;
    return new Map(
      ids.map((id) => {
        const live = this.#live.get(id);
        return [id, live ? this.#storedBesideLive(id, live) : this.#storedFrom(id, search)];
      }),
    );
  }

  async #storedFrom(
    id: string,
    search: ReturnType<ListReader<UpstreamTool>['find']> | undefined,
  ): Promise<UpstreamTool | null> {
    const { rows, failed } = (await search) ?? { rows: new Map<string, UpstreamTool>() };
    const tool = rows.get(id);
    if (tool) return tool;
    if (failed !== undefined) throw failed;
    this.#live.ask(id);
    return this.#live.want(id);
  }

  async #storedBesideLive(id: string, live: Promise<UpstreamTool | null>): Promise<UpstreamTool | null> {
    const inTime = await withPatience(live.catch(unlessFinal), this.#operation.readLimits.patienceMs);
    if (inTime !== undefined) return inTime;
    // The key is counted for the call that reads the live fields.
    const { rows, failed } = await this.#stored.find(new Set([id]), undefined, false);
    const tool = rows.get(id);
    if (tool) return tool;
    if (failed !== undefined) throw failed;
    return live;
  }

  /** Live fields of the tools with these ids, each as its own promise: a tool that hangs does not delay the others. */
  live(ids: readonly string[]): ReadonlyMap<string, Promise<UpstreamTool | null>> {
    const unknown = ids.filter((id) => !this.#live.get(id));
    const rows = new Map(ids.map((id) => [id, this.#live.want(id)]));
    // Pages in flight may have these tools. Single calls would probe them a second time.
    if (unknown.length > 0 && (this.#probedReader?.started || this.#isManyOfThem(unknown.length))) {
      void this.#findLive(new Set(unknown));
    } else {
      for (const id of unknown) this.#live.ask(id);
    }
    return rows;
  }

  async #findLive(ids: ReadonlySet<string>): Promise<void> {
    let failed: unknown;
    try {
      ({ failed } = await this.#searchProbed(ids));
    } catch (error) {
      failed = error;
    }
    for (const id of ids) {
      if (failed === undefined) this.#live.ask(id);
      else this.#live.fail(id, failed);
    }
  }

  /** Pages are probed in parallel. Their number comes from the list without discovery, because the first probed page may be late. */
  async #searchProbed(ids: ReadonlySet<string>): Promise<Search<UpstreamTool>> {
    const { knownTotal, readPage } = this.#live.stored;
    if (knownTotal?.() === undefined) {
      this.#probed.start();
      await readPage(1, 1).page.catch(() => {});
    }
    return this.#probed.find(ids, isWorthProbing);
  }

  #isManyOfThem(wanted: number): boolean {
    if (wanted > MANY_LIVE) return true;
    const total = this.#storedReader?.total ?? this.#probedReader?.total;
    return total !== undefined && total <= MAX_PAGE_SIZE && wanted >= FEW_TOOLS && wanted > total / 2;
  }

  /**
   * A window of the project's tools with their live fields, from probed pages. The rows of a page that fails, or takes
   * longer than `patienceMs`, come without discovery; `live` gives their live ones as they come. With `isWhole`, all rows of the
   * window are needed at once, and `wholePagePatienceMs` applies instead.
   */
  liveWindow(slice: Slice, { isWhole = false } = {}): Promise<SliceRows<UpstreamTool>> {
    const { patienceMs: usual, wholePagePatienceMs } = this.#operation.readLimits;
    const patienceMs = isWhole ? wholePagePatienceMs : usual;
    return readSlice(this.#live.pages({ patienceMs }), slice, { totals: this.#live.stored });
  }

  /** A window of the project's tools with their stored fields. */
  storedWindow(slice: Slice, { isPrefetch = false } = {}): Promise<SliceRows<UpstreamTool>> {
    return readSlice(this.#live.stored, slice, { isPrefetch });
  }
}

function isWorthPaging(unread: number, missing: number): boolean {
  return missing >= FEW_TOOLS || unread <= (MANY_PAGES - 1) * MAX_PAGE_SIZE;
}

function isWorthProbing(unread: number, missing: number): boolean {
  return unread <= missing * PROBES_PER_WANTED;
}
