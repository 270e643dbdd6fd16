import type { CallRecord, Operation } from '../operation.js';
import { getTool, listTools, MAX_PAGE_SIZE, type UpstreamVoiceTool } from './tool.js';

type Tool = UpstreamVoiceTool | null;

/**
 * Plans the reads of an account's tools in one operation. A single tool is read by itself. For several, pages of the list are
 * read as long as the number of unread pages is at most the number of missing tools; then the missing tools are read one by
 * one.
 *
 * Example: 2 of 5,000 tools cost 3 calls: page 1 shows that 49 more pages would be needed, so each tool is read by itself.
 */
export class ToolReader {
  readonly #operation: Operation;
  readonly #pages: Promise<void>[] = [];
  readonly #byId = new Map<string, UpstreamVoiceTool>();
  readonly #byName = new Map<string, UpstreamVoiceTool>();
  #first: CallRecord | undefined;
  #total = 0;

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** Adds tools that came with another answer. */
  add(tools: readonly UpstreamVoiceTool[]): void {
    for (const tool of tools) {
      this.#byId.set(tool.id, tool);
      this.#byName.set(tool.name, tool);
    }
  }

  /** The tools with these ids or names (the upstream's route accepts either); null if the account has none. */
  byIdOrName(wanted: readonly string[]): ReadonlyMap<string, Promise<Tool>> {
    const unknown = wanted.filter((idOrName) => !this.#known(idOrName));
    const isWorthPage =
      unknown.length >= this.#operation.readLimits.minRowsForList || (unknown.length > 0 && this.#pages.length > 0);
    const search = isWorthPage ? this.#search(unknown) : undefined;
    return new Map(wanted.map((idOrName) => [idOrName, this.#tool(idOrName, search)]));
  }

  async #tool(idOrName: string, search: Promise<{ failed?: unknown }> | undefined): Promise<Tool> {
    const known = this.#known(idOrName);
    if (known) return known;
    const { failed } = (await search) ?? {};
    const found = this.#known(idOrName);
    if (found) {
      if (this.#first) this.#first.countKey(idOrName);
      return found;
    }
    // The tool may be on the page that failed. Reading each tool of that page would use up the account's calls.
    if (failed !== undefined) throw failed;
    // A row that was inserted while the pages were read may have moved it.
    return getTool(this.#operation, idOrName);
  }

  #known(idOrName: string): UpstreamVoiceTool | undefined {
    return this.#byId.get(idOrName) ?? this.#byName.get(idOrName);
  }

  /** Reads pages while that is cheaper than single reads. `failed` is the error of the first page that failed. Never rejects. */
  async #search(wanted: readonly string[]): Promise<{ failed?: unknown }> {
    let settled = 0;
    let failed: unknown;
    for (let next = Math.max(1, this.#pages.length); next > settled && failed === undefined; ) {
      for (const result of await Promise.allSettled(this.#request(next))) {
        if (result.status === 'rejected') failed ??= result.reason;
      }
      settled = next;
      next = this.#nextPage(settled, wanted.filter((idOrName) => !this.#known(idOrName)).length);
    }
    return { failed };
  }

  /** The last page of the next round; `settled` if single reads are cheaper. Pages in flight are always awaited. */
  #nextPage(settled: number, missing: number): number {
    if (missing === 0) return settled;
    const count = Math.ceil(this.#total / MAX_PAGE_SIZE);
    if (this.#pages.length > settled) return this.#pages.length;
    return count - settled <= missing ? Math.min(count, settled + this.#operation.readLimits.maxPagesAtOnce) : settled;
  }

  /** Requests those of pages 1 to `count` that were not requested yet. */
  #request(count: number): readonly Promise<void>[] {
    while (this.#pages.length < count) this.#pages.push(this.#read(this.#pages.length * MAX_PAGE_SIZE));
    return this.#pages.slice(0, count);
  }

  async #read(offset: number): Promise<void> {
    const { page, record } = listTools(this.#operation, {}, { offset, limit: MAX_PAGE_SIZE });
    this.#first ??= record;
    const { rows, total } = await page;
    this.#total = total;
    this.add(rows);
  }
}
