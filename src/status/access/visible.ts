import type { UpstreamTool } from '../../upstream/inkeep/tool.js';

/** The tools that one person may see of a watched thing. */
export interface Visible {
  readonly ids: ReadonlySet<string>;
  /** Their stored rows by id, if the read returned them. */
  readonly rows: ReadonlyMap<string, UpstreamTool> | undefined;
}

/**
 * Makes equal answers to different people one object in memory. What is shared was returned to each of them, so no one receives
 * anything of another.
 */
export class VisiblePool {
  readonly #rows = new Map<string, { readonly text: string; readonly row: UpstreamTool }>();
  #last: Visible | undefined;
  #lastRows: ReadonlyMap<string, UpstreamTool> | undefined;

  /** Returns the last shared object if it is equal. */
  share({ ids, rows }: Visible): Visible {
    const shared = { ids, rows: rows && this.shareRows(rows) };
    if (!this.#last || !hasSame(this.#last.ids, ids) || this.#last.rows !== shared.rows) this.#last = shared;
    return this.#last;
  }

  shareRows(rows: ReadonlyMap<string, UpstreamTool>): ReadonlyMap<string, UpstreamTool> {
    const shared = new Map([...rows].map(([id, row]) => [id, this.#share(id, row)]));
    const last = this.#lastRows;
    if (last?.size === shared.size && [...shared].every(([id, row]) => last.get(id) === row)) return last;
    this.#lastRows = shared;
    return shared;
  }

  #share(id: string, row: UpstreamTool): UpstreamTool {
    const text = JSON.stringify(row);
    const last = this.#rows.get(id);
    if (last?.text === text) return last.row;
    this.#rows.set(id, { text, row });
    return row;
  }
}

/** The ids that are in one of them only. */
export function differenceOf(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  return [...[...a].filter((id) => !b.has(id)), ...[...b].filter((id) => !a.has(id))];
}

function hasSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}
