import { ListReader } from '../../upstream/inkeep/readers/list-reader.js';
import { toolList, type UpstreamTool } from '../../upstream/inkeep/tool.js';
import type { Operation } from '../../upstream/operation.js';
import type { Target } from '../target.js';
import { type ReadListener, RepeatedRead, type RepeatedReadOptions } from './repeated-read.js';
import type { Visible, VisiblePool } from './visible.js';

export interface AccessOptions extends Omit<RepeatedReadOptions<Visible | null>, 'read'> {
  readonly target: Target;
  readonly pool: VisiblePool;
}

/** A subscription that depends on the access of one person. Null is read if the agent or project does not exist for the person. */
export interface AccessListener extends ReadListener<Visible | null> {
  /** The single tools that are watched; undefined for all of the agent or project. */
  readonly ids: ReadonlySet<string> | undefined;
}

/**
 * What one person may see of a watched thing: a plain read with the person's own credential, repeated for all their subscriptions
 * together. Nothing is probed.
 */
export class Access {
  readonly #options: AccessOptions;
  readonly #read: RepeatedRead<Visible | null>;
  readonly #listeners = new Set<AccessListener>();
  /** The single tools that the last read looked for; undefined for all. */
  #asked: ReadonlySet<string> | undefined;
  #stored: { readonly rows: Promise<ReadonlyMap<string, UpstreamTool>>; readonly at: number } | undefined;
  #lastRows: ReadonlyMap<string, UpstreamTool> | undefined;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#read = new RepeatedRead({ ...options, read: (operation, before) => this.#check(operation, before) });
  }

  /** What the person may see; undefined if that is not known. */
  get visible(): Visible | null | undefined {
    return this.#read.value;
  }

  /** The same, however long ago it was read. */
  get lastVisible(): Visible | null | undefined {
    return this.#read.last;
  }

  /** When the last successful read started, by `performance.now()`. */
  get readAt(): number {
    return this.#read.startedAt;
  }

  /** False also if it is not known. */
  sees(toolId: string): boolean {
    return this.#read.value?.ids.has(toolId) === true;
  }

  /** The listener receives what is known at once, if that includes all its tools, and the results of later reads. */
  add(listener: AccessListener): void {
    const isFirst = this.#listeners.size === 0;
    this.#listeners.add(listener);
    const { visible } = this;
    const isCovered = this.#asked === undefined || [...(listener.ids ?? [])].every((id) => this.#asked?.has(id));
    this.#read.add(listener);
    if (isFirst) return;
    if (visible !== undefined && isCovered) listener.onRead(visible, undefined);
    else if (!isCovered) this.#read.readNow();
  }

  remove(listener: AccessListener): void {
    this.#listeners.delete(listener);
    this.#read.remove(listener);
  }

  checkNow(): void {
    this.#read.readNow();
  }

  /**
   * The stored row of a tool as the person may read it, at most one interval old; null if there is none. The rows of an agent's
   * tools are read when the first of them is wanted. `isGone`: the tool was removed, and the last row known is wanted.
   */
  async readStored(toolId: string, isGone: boolean): Promise<UpstreamTool | null> {
    const known = this.#read.value?.rows?.get(toolId);
    if (known) return known;
    if (isGone) return this.#lastRows?.get(toolId) ?? null;
    return (await this.#readRows()).get(toolId) ?? null;
  }

  #readRows(): Promise<ReadonlyMap<string, UpstreamTool>> {
    const { intervalMs, slots, turn, begin, target, pool } = this.#options;
    if (this.#stored && performance.now() - this.#stored.at < intervalMs) return this.#stored.rows;
    // Not tied to the check: a client can select stored fields of its last event after the subscription has ended.
    const { signal } = new AbortController();
    const read = async () => {
      const wanted = this.#read.last?.ids ?? new Set<string>();
      const { rows, failed } = await new ListReader(begin(signal), toolList(target.project, { discover: false })).find(
        wanted,
      );
      if (failed !== undefined) throw failed;
      this.#lastRows = pool.shareRows(rows);
      return this.#lastRows;
    };
    const rows = slots.take(turn, signal, read);
    const stored = { rows, at: performance.now() };
    this.#stored = stored;
    rows.catch(() => {
      if (this.#stored === stored) this.#stored = undefined;
    });
    return rows;
  }

  /** If a tool is missing that was there before, reads once more: a page can skip a row when another one is deleted. */
  async #check(operation: Operation, before: Visible | null | undefined): Promise<Visible | null> {
    const { target, pool } = this.#options;
    const ids =
      target.kind === 'tools' ? new Set([...this.#listeners].flatMap((one) => [...(one.ids ?? [])])) : undefined;
    let visible = await target.visible(operation, ids);
    if (before && visible && [...before.ids].some((id) => !visible?.ids.has(id) && ids?.has(id) !== false)) {
      visible = joined(visible, await target.visible(operation.again(), ids));
    }
    this.#asked = ids;
    if (visible === null) return null;
    const shared = pool.share(visible);
    if (before?.rows && before !== shared) this.#lastRows = before.rows;
    return shared;
  }
}

function joined(a: Visible, b: Visible | null): Visible | null {
  if (b === null) return null;
  return { ids: new Set([...a.ids, ...b.ids]), rows: a.rows && b.rows && new Map([...a.rows, ...b.rows]) };
}
