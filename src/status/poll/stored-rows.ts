import type { ProjectKey } from '../../upstream/inkeep/keys.js';
import { ListReader } from '../../upstream/inkeep/list-reader.js';
import { toolList, type UpstreamTool } from '../../upstream/inkeep/tool.js';
import type { Operation } from '../../upstream/operation.js';

/**
 * Stored fields of the tools that one look told of, for whoever selects them in an event: read when the first one does, in
 * pages that all share, and never with discovery. Each look has its own, so no event shows what was stored before its look.
 */
export class StoredRows {
  readonly #project: ProjectKey;
  readonly #begin: () => Operation;
  #pages: ListReader<UpstreamTool> | undefined;

  constructor(project: ProjectKey, begin: () => Operation) {
    this.#project = project;
    this.#begin = begin;
  }

  /** The stored row of a tool; null where no page has it. Rejects with an UpstreamError; the next read begins anew then. */
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
