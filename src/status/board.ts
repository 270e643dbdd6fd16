import type { ProjectKey, ToolKey } from '../upstream/inkeep/keys.js';
import type { UpstreamTool } from '../upstream/inkeep/tool.js';
import type { Feed, Mailbox } from './mailbox.js';
import { isChange, type Observation, type PollResult, UNKNOWN } from './observation.js';
import { type SharedState, sharedOf } from './sharing/share.js';

export interface Watcher {
  readonly feed: Feed;
  /** The tools it wants; all there are where undefined. */
  readonly ids: ReadonlySet<string> | undefined;
}

interface ToolState {
  readonly observation: Observation;
  /** When the look began that told it. */
  readonly startedAt: number;
  /** The newest stored row that anybody has seen. */
  readonly row: { last: UpstreamTool | null };
}

type Found = Omit<Observation, 'tool' | 'key' | 'observedAt'> & { readonly observedAt?: string };

export interface BoardEvents {
  /** A tool is wanted by its id for the first time, and by nobody any more. */
  onToolWatched(id: string): void;
  onToolUnwatched(id: string): void;
  /** Something was told that is news to watchers, by a look that began at `startedAt`. */
  onChange(observation: Observation, startedAt: number): void;
  /** The last watcher has left. */
  onEmpty(): void;
}

/**
 * What one watch knows of its tools, and who is to be told. Times are on the clock of `performance.now()`: what an older look
 * found never takes the place of what a newer one did.
 */
export class Board {
  readonly #project: ProjectKey;
  readonly #events: BoardEvents;
  readonly #watchers = new Map<Mailbox, { readonly feed: Feed; readonly ids: Set<string> | undefined }>();
  /** Who wants a tool by its id. */
  readonly #wanted = new Map<string, Set<Mailbox>>();
  readonly #states = new Map<string, ToolState>();
  readonly #removedAt = new Map<string, number>();
  #listed: ReadonlySet<string> = new Set();

  constructor(project: ProjectKey, events: BoardEvents) {
    this.#project = project;
    this.#events = events;
  }

  /** Tools that are watched: wanted by their id, or on the last list of what the agent or project has. */
  get members(): readonly string[] {
    return [...this.#listed, ...this.#wanted.keys()];
  }

  get isBlank(): boolean {
    return this.#states.size === 0;
  }

  isMember(id: string): boolean {
    return this.#wanted.has(id) || this.#listed.has(id);
  }

  isKnown(id: string): boolean {
    return this.#states.has(id);
  }

  /** Whether what is known of a tool comes from a poll that began at this time or later. */
  isObservedSince(id: string, startedAt: number): boolean {
    return (this.#states.get(id)?.startedAt ?? Number.NEGATIVE_INFINITY) >= startedAt;
  }

  /** Tells a newcomer what is known. Returns the tools it wants of which nothing is known yet. */
  join(mailbox: Mailbox, { feed, ids }: Watcher): readonly string[] {
    this.#watchers.set(mailbox, { feed, ids: ids && new Set(ids) });
    for (const id of ids ?? []) {
      const watchers = this.#wanted.get(id);
      this.#wanted.set(id, (watchers ?? new Set()).add(mailbox));
      if (!watchers) this.#events.onToolWatched(id);
    }
    for (const id of ids ?? this.#states.keys()) {
      const state = this.#states.get(id);
      if (state) mailbox.put(state.observation);
    }
    return [...(ids ?? [])].filter((id) => !this.#states.has(id));
  }

  /** Forgets a watcher, and what nobody else wants to know of. */
  leave(mailbox: Mailbox): void {
    const watcher = this.#watchers.get(mailbox);
    if (!watcher) return;
    this.#watchers.delete(mailbox);
    for (const id of watcher.ids ?? []) {
      const watchers = this.#wanted.get(id);
      watchers?.delete(mailbox);
      if (watchers?.size !== 0) continue;
      this.#wanted.delete(id);
      this.#states.delete(id);
      this.#events.onToolUnwatched(id);
    }
    if (this.#watchers.size === 0) this.#events.onEmpty();
  }

  /** Everything known, as other instances are told it. */
  get shared(): readonly SharedState[] {
    return [...this.#states.values()].map(({ observation, startedAt }) => sharedOf(observation, startedAt));
  }

  /** Another instance has told this of a tool. False where something newer is known. */
  applyShared(
    { toolId, removed, ageMs, ...told }: SharedState,
    readStored: () => Promise<UpstreamTool | null>,
  ): boolean {
    const startedAt = performance.now() - ageMs;
    if (removed) return this.remove(toolId, startedAt, told.observedAt);
    if (told.freshness === 'STALE') return this.markStale(toolId, startedAt, readStored, told);
    return this.observe(toolId, told, startedAt, readStored, told.observedAt);
  }

  /** Adds tools to those of the agent or project. */
  addMembers(ids: Iterable<string>): void {
    this.setMembers([...this.#listed, ...ids], performance.now());
  }

  /** Watches exactly these tools of the agent or project, and drops all others. */
  replaceMembers(ids: readonly string[]): void {
    for (const id of this.setMembers(ids, performance.now())) this.drop(id);
  }

  /** Sets which tools the agent or project has. Returns the known tools that are not among them; they are not dropped. */
  setMembers(ids: Iterable<string>, startedAt: number): readonly string[] {
    this.#listed = new Set(ids);
    for (const [id, removedAt] of this.#removedAt) if (removedAt < startedAt) this.#removedAt.delete(id);
    return [...this.#states.keys()].filter((id) => !this.isMember(id));
  }

  /** A look told this of a tool. `readStored` is for what the look did not tell. */
  observe(
    id: string,
    look: PollResult,
    startedAt: number,
    readStored: () => Promise<UpstreamTool | null>,
    observedAt?: string,
  ): boolean {
    const row = this.#states.get(id)?.row ?? { last: null };
    if (look.row) row.last = look.row;
    const stored = once(async () => {
      const read = look.row ?? (await readStored());
      if (read) row.last = read;
      return read;
    });
    const { status, lastError } = look;
    const found: Found = {
      status,
      lastError,
      row: look.row,
      freshness: 'LIVE',
      removed: false,
      stored,
      ...at(observedAt),
    };
    return this.#tell(id, found, startedAt, row);
  }

  /** A tool cannot be asked for now. */
  markStale(
    id: string,
    startedAt: number,
    readStored: () => Promise<UpstreamTool | null>,
    told?: { readonly status: string; readonly lastError: string | null; readonly observedAt: string },
  ): boolean {
    const state = this.#states.get(id);
    const { status = UNKNOWN, lastError = null, row } = state?.observation ?? {};
    const stored = state?.observation.stored ?? once(readStored);
    const found: Found = { status, lastError, row, freshness: 'STALE', removed: false, stored, ...told };
    return this.#tell(id, found, startedAt, state?.row ?? { last: null });
  }

  /** A tool is gone upstream: the last that watchers hear of it. Those who wanted no other are done. */
  remove(id: string, startedAt: number, observedAt?: string): boolean {
    const state = this.#states.get(id);
    const { status = UNKNOWN, lastError = null, row } = state?.observation ?? {};
    const stored = async () => state?.row.last ?? null;
    const found: Found = { status, lastError, row, freshness: 'LIVE', removed: true, stored, ...at(observedAt) };
    if (!this.#tell(id, found, startedAt)) return false;
    this.#states.delete(id);
    if (this.#listed.has(id)) this.#listed = new Set([...this.#listed].filter((other) => other !== id));
    const watchers = this.#wanted.get(id);
    this.#wanted.delete(id);
    if (watchers) this.#events.onToolUnwatched(id);
    else this.#removedAt.set(id, startedAt);
    for (const mailbox of watchers ?? []) {
      const ids = this.#watchers.get(mailbox)?.ids;
      ids?.delete(id);
      if (ids?.size === 0) this.#finish(mailbox);
    }
    return true;
  }

  /** The tool is no part of what is watched any more, and still there: nothing to tell. */
  drop(id: string): void {
    const state = this.#states.get(id);
    this.#states.delete(id);
    if (state) for (const mailbox of this.#watchersOf(id)) mailbox.forget(state.observation.key);
  }

  /** Nobody has anything more to wait for. */
  finish(): void {
    for (const mailbox of [...this.#watchers.keys()]) this.#finish(mailbox);
  }

  /** Ends the watch of everybody, or of those who watch this tool. */
  fail(error: unknown, id?: string): void {
    const watchers = id === undefined ? this.#watchers.keys() : this.#watchersOf(id);
    for (const mailbox of [...watchers]) mailbox.fail(error);
  }

  #finish(mailbox: Mailbox): void {
    const watcher = this.#watchers.get(mailbox);
    this.leave(mailbox);
    if (watcher) mailbox.finish(watcher.feed);
  }

  #watchersOf(id: string): Iterable<Mailbox> {
    return this.#wanted.get(id) ?? [...this.#watchers].filter(([, { ids }]) => !ids).map(([mailbox]) => mailbox);
  }

  /** False where something newer is known. */
  #tell(id: string, found: Found, startedAt: number, row: ToolState['row'] = { last: null }): boolean {
    const state = this.#states.get(id);
    if (startedAt < (state?.startedAt ?? this.#removedAt.get(id) ?? 0)) return false;
    const { tenantId, projectId } = this.#project;
    const tool: ToolKey = state?.observation.tool ?? { tenantId, projectId, toolId: id };
    const key = state?.observation.key ?? `${tenantId}/${projectId}/${id}`;
    const observation: Observation = { observedAt: new Date().toISOString(), ...found, tool, key };
    this.#states.set(id, { observation, startedAt, row });
    if (isChange(state?.observation, observation)) {
      for (const mailbox of this.#watchersOf(id)) mailbox.put(observation);
      this.#events.onChange(observation, startedAt);
    }
    return true;
  }
}

function at(observedAt: string | undefined): { observedAt?: string } {
  return observedAt === undefined ? {} : { observedAt };
}

/** One read for all who ask; a failed one is not kept. */
function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let result: Promise<Value> | undefined;
  return () => {
    result ??= read().catch((error: unknown) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
