import type { ProjectKey } from '../../upstream/inkeep/keys.js';
import { ListReader } from '../../upstream/inkeep/readers/list-reader.js';
import { toolList, type UpstreamTool } from '../../upstream/inkeep/tool.js';
import type { Operation } from '../../upstream/operation.js';

/**
 * Reads stored fields of the tools in one poll, when the first watcher selects them in an event. All tools of the poll share the
 * pages, which are read without discovery. Each poll has its own, so that no event shows fields older than its poll.
 */
export class StoredRows {
  readonly #project: ProjectKey;
  readonly #begin: () => Operation;
  #pages: ListReader<UpstreamTool> | undefined;

  constructor(project: ProjectKey, begin: () => Operation) {
    this.#project = project;
    this.#begin = begin;
  }

  /** The stored row of a tool; null if it does not exist. Rejects with an UpstreamError, and the next call reads again. */
  async read(toolId: string): Promise<UpstreamTool | null> {
    this.#pages ??= new ListReader(this.#begin(), toolList(this.#project, { discover: false }));
    const pages = this.#pages;
    const { rows, failed } = await pages.find(new Set([toolId]));
    const row = rows.get(toolId);
    if (row !== undefined || failed === undefined) return row ?? null;
    if (this.#pages === pages) this.#pages = undefined;
    throw failed;
  }
}
