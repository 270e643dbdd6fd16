import { type CallRecord, countKey, type Operation } from '../operation.js';
import { getTool, listTools, MAX_PAGE_SIZE, type UpstreamVoiceTool } from './tool.js';

/** From this many wanted tools on, pages of the list are read: the account has 60 calls a minute. */
const MANY = 2;

/** Pages asked for at once. */
const PAGES_AT_ONCE = 8;

type Tool = UpstreamVoiceTool | null;

/**
 * Plans how tools of the account are read in one operation. One is asked for by itself. For several, pages of the list are
 * read while no more pages are left than tools to find; what is missing then is asked for singly. Two tools of 5,000 cost
 * three calls.
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

  /** Keeps tools that another answer held. */
  saw(tools: readonly UpstreamVoiceTool[]): void {
    for (const tool of tools) {
      this.#byId.set(tool.id, tool);
      this.#byName.set(tool.name, tool);
    }
  }

  /** The tools with these ids or names, as the upstream's own route takes either; null if the account has none. */
  byIdOrName(wanted: readonly string[]): ReadonlyMap<string, Promise<Tool>> {
    const unseen = wanted.filter((idOrName) => !this.#seen(idOrName));
    const isWorthPage = unseen.length >= MANY || (unseen.length > 0 && this.#pages.length > 0);
    const search = isWorthPage ? this.#find(unseen) : undefined;
    return new Map(wanted.map((idOrName) => [idOrName, this.#tool(idOrName, search)]));
  }

  async #tool(idOrName: string, search: Promise<{ failed?: unknown }> | undefined): Promise<Tool> {
    const seen = this.#seen(idOrName);
    if (seen) return seen;
    const { failed } = (await search) ?? {};
    const found = this.#seen(idOrName);
    if (found) {
      if (this.#first) countKey(this.#first, idOrName);
      return found;
    }
    // It may be on the page that failed: asking for each tool of that page would use up the account's calls.
    if (failed !== undefined) throw failed;
    // An insert while the pages were read may have moved it.
    return getTool(this.#operation, idOrName);
  }

  #seen(idOrName: string): UpstreamVoiceTool | undefined {
    return this.#byId.get(idOrName) ?? this.#byName.get(idOrName);
  }

  /** Reads pages as far as they are worth it. `failed` is why a page could not be read. Never rejects. */
  async #find(wanted: readonly string[]): Promise<{ failed?: unknown }> {
    let settled = 0;
    let failed: unknown;
    for (let next = Math.max(1, this.#pages.length); next > settled && failed === undefined; ) {
      for (const result of await Promise.allSettled(this.#ask(next))) {
        if (result.status === 'rejected') failed ??= result.reason;
      }
      settled = next;
      next = this.#nextRound(settled, wanted.filter((idOrName) => !this.#seen(idOrName)).length);
    }
    return { failed };
  }

  /** Up to which page to read next; `settled` if no more pages are worth it. Pages that are under way cost nothing. */
  #nextRound(settled: number, missing: number): number {
    if (missing === 0) return settled;
    const count = Math.ceil(this.#total / MAX_PAGE_SIZE);
    if (this.#pages.length > settled) return this.#pages.length;
    return count - settled <= missing ? Math.min(count, settled + PAGES_AT_ONCE) : settled;
  }

  /** Sees to it that pages 1 to `count` are under way. */
  #ask(count: number): readonly Promise<void>[] {
    while (this.#pages.length < count) this.#pages.push(this.#read(this.#pages.length * MAX_PAGE_SIZE));
    return this.#pages.slice(0, count);
  }

  async #read(offset: number): Promise<void> {
    const { page, record } = listTools(this.#operation, {}, { offset, limit: MAX_PAGE_SIZE });
    this.#first ??= record;
    const { rows, total } = await page;
    this.#total = total;
    this.saw(rows);
  }
}
