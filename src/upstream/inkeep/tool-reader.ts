import { UpstreamForbidden, UpstreamNotFound, UpstreamRateLimited, UpstreamUnauthenticated } from '../http/errors.js';
import { countKey, type Operation } from '../operation.js';
import { type PagedList, readSlice, type SliceRows } from '../slice.js';
import type { Slice } from '../window.js';
import type { ProjectKey } from './keys.js';
import { MAX_PAGE_SIZE, paged } from './list.js';
import { ListReader } from './list-reader.js';
import { getTool, toolList, type UpstreamTool } from './tool.js';

/** A probe that takes longer than this keeps nothing else waiting. */
const PATIENCE_MS = 3_000;

/**
 * Patience where every row of a page is wanted at once. The upstream gives a hanging MCP server up after 10 s, and the page
 * with it comes then; asking for a hundred tools one by one would dial every server again and use up the operation's calls.
 */
export const WHOLE_PAGE_PATIENCE_MS = 10_500;

/** From more live tools than this on, whole pages are probed: one call for a hundred. */
const MANY_LIVE = 40;

/** In a project of more pages than this, one or two tools are asked for singly. */
const MANY_PAGES = 10;
const FEW_TOOLS = 3;

/** Whole pages are probed only while they hold at least one wanted tool in this many. */
const PROBES_PER_WANTED = 10;

/**
 * Plans how the tools of one project are read in one operation. Stored fields come from pages without discovery; live fields
 * from get-tool, or from probed pages when many are wanted. A live answer serves the stored fields too.
 */
export class ToolReader {
  readonly #operation: Operation;
  readonly #project: ProjectKey;
  readonly #stored: ListReader<UpstreamTool>;
  readonly #probed: ListReader<UpstreamTool>;
  readonly #live = new Map<string, Promise<UpstreamTool | null>>();
  readonly #arrivals = new Map<string, (tool: UpstreamTool) => void>();

  constructor(operation: Operation, project: ProjectKey) {
    this.#operation = operation;
    this.#project = project;
    this.#stored = new ListReader(operation, toolList(project, { discover: false }));
    this.#probed = new ListReader(operation, toolList(project, { discover: true }), (tools) => {
      for (const tool of tools) this.#arrivals.get(tool.id)?.(tool);
    });
  }

  /** Starts to read stored fields before anybody asks for them. */
  startStored(): void {
    this.#stored.start();
  }

  /** Reads on, up to 8 pages, when it is likely that tools on them will be asked for. Failures are told to whoever asks. */
  readAhead(): void {
    this.#stored.readAhead().catch(() => {});
  }

  /** Reads on for tools that will be asked for. Nothing is proven or probed; failures are told to whoever asks. */
  expectStored(ids: readonly string[]): void {
    this.#stored.find(new Set(ids.filter((id) => !this.#live.has(id))), isWorthPaging, true).catch(() => {});
  }

  /**
   * Stored fields of the tools with these ids. "Not there" is said only after get-tool's 404: offset paging may skip a row.
   * A tool whose live fields are under way waits 3 s for them before its stored ones are asked for.
   */
  stored(ids: readonly string[]): ReadonlyMap<string, Promise<UpstreamTool | null>> {
    const unprobed = new Set(ids.filter((id) => !this.#live.has(id)));
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
    return this.#getTool(id);
  }

  async #storedBesideLive(id: string, live: Promise<UpstreamTool | null>): Promise<UpstreamTool | null> {
    const inTime = await withPatience(live.catch(unlessFinal));
    if (inTime !== undefined) return inTime;
    const { rows, failed } = await this.#stored.find(new Set([id]));
    const tool = rows.get(id);
    if (tool) return tool;
    if (failed !== undefined) throw failed;
    return live;
  }

  /** Live fields of the tools with these ids, each on its own: one hanging tool keeps no other waiting. */
  live(ids: readonly string[]): ReadonlyMap<string, Promise<UpstreamTool | null>> {
    const unknown = ids.filter((id) => !this.#live.has(id));
    if (this.#isManyOfThem(unknown.length)) {
      const search = this.#probed.find(new Set(unknown), isWorthProbing);
      for (const id of unknown) this.#remember(id, this.#fromPages(id, search));
    } else {
      for (const id of unknown) this.#remember(id, this.#getTool(id));
    }
    return new Map(ids.map((id) => [id, this.#live.get(id) ?? this.#getTool(id)]));
  }

  #isManyOfThem(wanted: number): boolean {
    if (wanted > MANY_LIVE) return true;
    const total = this.#stored.total ?? this.#probed.total;
    return total !== undefined && total <= MAX_PAGE_SIZE && wanted >= FEW_TOOLS && wanted > total / 2;
  }

  /** From a probed page when it comes in time; otherwise whichever is first, the page or get-tool. */
  async #fromPages(id: string, search: Promise<unknown>): Promise<UpstreamTool | null> {
    const onPage = new Promise<UpstreamTool>((resolve, reject) => {
      this.#arrivals.set(id, resolve);
      search.then(() => reject(new NotOnPage()), reject);
    });
    const inTime = await withPatience(onPage.catch(() => undefined));
    if (inTime !== undefined) return inTime;
    return eitherOf(this.#getTool(id), onPage);
  }

  /**
   * A window of the project's tools with their live fields, probed a page at a time. Where that fails, or takes longer than
   * `patienceMs` (3 s), the rows come without discovery, and live fields follow as they can, tool by tool.
   */
  async liveWindow(slice: Slice, patienceMs = PATIENCE_MS): Promise<SliceRows<UpstreamTool>> {
    const plain = this.#paged({ discover: false });
    const probing = readSlice(this.#paged({ discover: true }), slice, { totals: plain });
    const inTime = await withPatience(probing.catch(unlessFinal), patienceMs);
    if (inTime !== undefined) {
      for (const { row } of inTime.rows) this.#remember(row.id, Promise.resolve(row));
      return inTime;
    }
    const stored = await readSlice(plain, slice);
    for (const { row } of stored.rows) this.#remember(row.id, this.#besides(row.id, probing));
    return stored;
  }

  /** A window of the project's tools with their stored fields. */
  storedWindow(slice: Slice, { isPrefetch = false } = {}): Promise<SliceRows<UpstreamTool>> {
    return readSlice(this.#paged({ discover: false }), slice, { isPrefetch });
  }

  #paged(how: { discover: boolean }): PagedList<UpstreamTool> {
    return paged(this.#operation, toolList(this.#project, how));
  }

  async #besides(id: string, probing: Promise<SliceRows<UpstreamTool>>): Promise<UpstreamTool | null> {
    const onPage = probing.then(({ rows }) => {
      const tool = rows.find(({ row }) => row.id === id)?.row;
      if (!tool) throw new NotOnPage();
      return tool;
    });
    return eitherOf(this.#getTool(id), onPage);
  }

  async #getTool(id: string): Promise<UpstreamTool | null> {
    const { row, record } = getTool(this.#operation, { ...this.#project, toolId: id });
    countKey(record);
    return row;
  }

  #remember(id: string, tool: Promise<UpstreamTool | null>): void {
    tool.catch(() => {});
    this.#live.set(id, tool);
  }
}

class NotOnPage extends Error {}

/** What the promise gives within the patience, undefined otherwise. */
async function withPatience<Value>(promise: Promise<Value>, patienceMs = PATIENCE_MS): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, patienceMs, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The first of two that succeeds; when both fail, the first one's error. */
async function eitherOf<Value>(single: Promise<Value>, page: Promise<Value>): Promise<Value> {
  try {
    return await Promise.any([single, page]);
  } catch {
    return single;
  }
}

/** Lets a failure pass as "late", unless another way to ask would be answered the same. */
function unlessFinal(error: unknown): undefined {
  if (
    error instanceof UpstreamUnauthenticated ||
    error instanceof UpstreamForbidden ||
    error instanceof UpstreamNotFound ||
    error instanceof UpstreamRateLimited
  ) {
    throw error;
  }
}

function isWorthPaging(unread: number, missing: number): boolean {
  return missing >= FEW_TOOLS || unread <= (MANY_PAGES - 1) * MAX_PAGE_SIZE;
}

function isWorthProbing(unread: number, missing: number): boolean {
  return unread <= missing * PROBES_PER_WANTED;
}
