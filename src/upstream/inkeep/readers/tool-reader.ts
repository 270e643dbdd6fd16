import type { Operation } from '../../operation.js';
import { readSlice, type SliceRows } from '../../paging/slice.js';
import type { Slice } from '../../paging/window.js';
import type { ProjectKey } from '../keys.js';
import { MAX_PAGE_SIZE } from '../list.js';
import { toolList, type UpstreamTool } from '../tool.js';
import { ListReader, type Search } from './list-reader.js';
import { LiveTools } from './live-tools.js';
import { unlessFinal, withPatience } from './patience.js';

/**
 * Plans how the tools of one project are read in one operation. Stored fields are read from pages without discovery, live fields
 * by get-tool, or from probed pages if many tools are requested. The answer to a probe has the stored fields too.
 */
export class ToolReader {
  readonly #operation: Operation;
  readonly #project: ProjectKey;
  readonly #live: LiveTools;
  /** Created on first use: a query for one tool needs neither list. */
  #storedReader: ListReader<UpstreamTool> | undefined;
  #probedReader: ListReader<UpstreamTool> | undefined;

  constructor(operation: Operation, project: ProjectKey) {
    this.#operation = operation;
    this.#project = project;
    this.#live = new LiveTools(operation, project);
  }

  get #stored(): ListReader<UpstreamTool> {
    this.#storedReader ??= new ListReader(this.#operation, toolList(this.#project, { discover: false }));
    return this.#storedReader;
  }

  get #probed(): ListReader<UpstreamTool> {
    this.#probedReader ??= new ListReader(
      this.#operation,
      toolList(this.#project, { discover: true }),
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
    this.#stored.find(new Set(ids.filter((id) => !this.#live.get(id))), this.#isWorthPaging, false).catch(() => {});
  }

  /**
   * Stored fields of the tools with these ids, in their order; null only after a 404 of get-tool, because offset paging may skip a row. If the live
   * fields of a tool are being read, its stored ones are requested only if those take longer than `patienceMs`.
   */
  stored(ids: readonly string[]): readonly Promise<UpstreamTool | null>[] {
    const unprobed = ids.filter((id) => !this.#live.get(id));
    if (unprobed.length > 0) this.#operation.planned('stored fields of tools', 'pages of list-tools', unprobed.length);
    const search = unprobed.length > 0 ? this.#stored.find(new Set(unprobed), this.#isWorthPaging) : undefined;
    return ids.map((id) => {
      const live = this.#live.get(id);
      return live ? this.#storedBesideLive(id, live) : this.#storedFrom(id, search);
    });
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

  /** Live fields of the tools with these ids, in their order. Each has its own promise: a tool that hangs does not delay the others. */
  live(ids: readonly string[]): readonly Promise<UpstreamTool | null>[] {
    const unknown = ids.filter((id) => !this.#live.get(id));
    const rows = ids.map((id) => this.#live.want(id));
    // Pages in flight may have these tools. Single calls would probe them a second time.
    if (unknown.length > 0 && (this.#probedReader?.started || this.#isManyOfThem(unknown.length))) {
      this.#operation.planned('live fields of tools', 'probed pages of list-tools', unknown.length);
      void this.#findLive(new Set(unknown));
    } else {
      if (unknown.length > 0) this.#operation.planned('live fields of tools', 'get-tool for each', unknown.length);
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
    return this.#probed.find(ids, this.#isWorthProbing);
  }

  #isManyOfThem(wanted: number): boolean {
    const { maxSingleProbes, maxSingleProbesInParts, minToolsForLongList } = this.#operation.readLimits;
    // A page comes when its slowest tool has answered.
    if (this.#operation.inParts) return wanted > maxSingleProbesInParts;
    if (wanted > maxSingleProbes) return true;
    const total = this.#storedReader?.total ?? this.#probedReader?.total;
    return total !== undefined && total <= MAX_PAGE_SIZE && wanted >= minToolsForLongList && wanted > total / 2;
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

  /** Whether it costs less to read on, with this many rows unread, than to probe the tools that are missing one by one. */
  #isWorthPaging = (unread: number, missing: number): boolean => {
    const { minToolsForLongList, maxPagesForFewTools } = this.#operation.readLimits;
    return missing >= minToolsForLongList || unread <= (maxPagesForFewTools - 1) * MAX_PAGE_SIZE;
  };

  #isWorthProbing = (unread: number, missing: number): boolean =>
    unread <= missing * this.#operation.readLimits.maxProbesPerWantedTool;
}
