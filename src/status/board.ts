import type { ProjectKey, ToolKey } from '../upstream/inkeep/keys.js';
import type { UpstreamTool } from '../upstream/inkeep/tool.js';
import { STATUS_LIMITS } from './limits.js';
import { isChange, liveFieldsOf, type Observation, type PollResult, UNKNOWN } from './observation.js';
import { type SharedState, sharedOf } from './sharing/share.js';
import { type Sink, type Watcher, type WatcherEvents, Watchers } from './watchers.js';

/** Reads the stored fields of a tool; null if it does not exist. */
type ReadStored = () => Promise<UpstreamTool | null>;

interface ToolState {
  readonly observation: Observation;
  /** When the poll started that found the observation. */
  readonly startedAt: number;
  /** The newest stored row that was read. */
  readonly row: { last: UpstreamTool | null };
}

/** An observation without its tool. `observedAt` is now if it is not given. */
type Finding = Omit<Observation, 'tool' | 'key' | 'observedAt'> & { readonly observedAt?: string };

export interface BoardEvents extends WatcherEvents {
  /** An observation that watchers receive; its poll started at `startedAt`. */
  onChange(observation: Observation, startedAt: number): void;
}

/**
 * What is known of the tools of one watch. Each change goes to the sinks of the tool's watchers.
 *
 * Polls overlap, so each result comes with the start of its poll, by `performance.now()`. A result is ignored if its poll started
 * before the poll of what is already known; the method then returns false.
 */
export class Board {
  readonly #project: ProjectKey;
  readonly #isForAll: boolean;
  readonly #events: BoardEvents;
  readonly #watchers: Watchers;
  readonly #states = new Map<string, ToolState>();
  readonly #removedAt = new Map<string, number>();
  /** The last tools that were removed, for instances that have missed the message about it. */
  readonly #lastRemoved = new Map<string, ToolState>();
  /** Tools of the agent or project. */
  #listed: ReadonlySet<string> = new Set();

  /** `isForAll`: the watchers have different credentials, so that observations have no stored fields. */
  constructor(project: ProjectKey, events: BoardEvents, isForAll = false) {
    this.#project = project;
    this.#isForAll = isForAll;
    this.#events = events;
    this.#watchers = new Watchers({
      onToolWatched: (id) => events.onToolWatched(id),
      onToolUnwatched: (id) => {
        this.#states.delete(id);
        events.onToolUnwatched(id);
      },
      onEmpty: () => events.onEmpty(),
    });
  }

  /** Ids of the watched tools: those watched by id, and those of the agent or project. */
  get members(): readonly string[] {
    return [...this.#listed, ...this.#watchers.toolIds];
  }

  /** Ids of the tools of which something is known. */
  get knownIds(): readonly string[] {
    return [...this.#states.keys()];
  }

  get isBlank(): boolean {
    return this.#states.size === 0;
  }

  isMember(id: string): boolean {
    return this.#watchers.hasTool(id) || this.#listed.has(id);
  }

  isKnown(id: string): boolean {
    return this.#states.has(id);
  }

  /** True if the last result for a tool came from a poll that started at this time or later. */
  isObservedSince(id: string, startedAt: number): boolean {
    return (this.#states.get(id)?.startedAt ?? Number.NEGATIVE_INFINITY) >= startedAt;
  }

  /** Everything known, and the last removals, as they are published to other instances. */
  shared(withLive: boolean): readonly SharedState[] {
    return [...this.#states.values(), ...this.#lastRemoved.values()].map(({ observation, startedAt }) =>
      sharedOf(observation, startedAt, withLive),
    );
  }

  /** Adds a watcher and sends it what is known. Returns the ids of its tools of which nothing is known yet. */
  join(sink: Sink, watcher: Watcher): readonly string[] {
    this.#watchers.add(sink, watcher);
    const { ids } = watcher;
    this.replay(sink, ids ?? [...this.#states.keys()]);
    return [...(ids ?? [])].filter((id) => !this.#states.has(id));
  }

  /** Sends what is known of these tools to one sink. */
  replay(sink: Sink, ids: Iterable<string>): void {
    for (const id of ids) {
      const state = this.#states.get(id);
      if (state) sink.put(state.observation);
    }
  }

  /** Removes a watcher. Tools that no other watcher watches by id are forgotten. */
  leave(sink: Sink): void {
    this.#watchers.remove(sink);
  }

  /** Ends all watchers without an error: there is nothing left to watch. */
  finish(): void {
    this.#watchers.finish();
  }

  /** Ends all watchers with an error, or only those of one tool. */
  fail(error: unknown, id?: string): void {
    this.#watchers.fail(error, id);
  }

  /** Adds tools to those of the agent or project. */
  addMembers(ids: Iterable<string>, startedAt: number): void {
    this.setMembers([...this.#listed, ...ids], startedAt);
  }

  /** Watches exactly these tools of the agent or project, and drops all others. */
  replaceMembers(ids: readonly string[], startedAt: number): void {
    for (const id of this.setMembers(ids, startedAt)) this.drop(id);
  }

  /**
   * Sets which tools the agent or project has, without those that were removed since `startedAt`, when the list was requested.
   * Returns the known tools that are not among them; they are not dropped.
   */
  setMembers(ids: Iterable<string>, startedAt: number): readonly string[] {
    const isRemoved = (id: string) => (this.#removedAt.get(id) ?? Number.NEGATIVE_INFINITY) > startedAt;
    this.#listed = new Set([...ids].filter((id) => !isRemoved(id)));
    for (const [id, removedAt] of this.#removedAt) if (removedAt < startedAt) this.#removedAt.delete(id);
    return [...this.#states.keys()].filter((id) => !this.isMember(id));
  }

  /** Records what a poll found. `readStored` is called if a watcher selects fields that the poll did not return. */
  observe(id: string, result: PollResult, startedAt: number, readStored: ReadStored, observedAt?: string): boolean {
    const { status, lastError, live = result.row && liveFieldsOf(result.row) } = result;
    const found = { status, lastError, live, freshness: 'LIVE', removed: false } as const;
    if (this.#isForAll) {
      const isPersonal = result.row?.credentialScope === 'user';
      return this.#record(id, withTime({ ...found, isPersonal }, observedAt), startedAt);
    }
    const row = this.#states.get(id)?.row ?? { last: null };
    if (result.row) row.last = result.row;
    const stored = once(async () => {
      const read = result.row ?? (await readStored());
      if (read) row.last = read;
      return read;
    });
    return this.#record(id, withTime({ ...found, row: result.row, stored }, observedAt), startedAt, row);
  }

  /** The upstream cannot answer for a tool now. Its last status stays, unless `shared` says what another instance knew. */
  markStale(
    id: string,
    startedAt: number,
    readStored: ReadStored,
    shared?: Pick<SharedState, 'status' | 'lastError' | 'observedAt'>,
  ): boolean {
    const state = this.#states.get(id);
    const { status = UNKNOWN, lastError = null, live, row } = state?.observation ?? {};
    const stored = this.#isForAll ? undefined : (state?.observation.stored ?? once(readStored));
    const finding: Finding = { status, lastError, live, row, freshness: 'STALE', removed: false, stored, ...shared };
    return this.#record(id, finding, startedAt, state?.row ?? { last: null });
  }

  /**
   * A tool does not exist upstream any more. Its watchers receive one last event with what was last known. Example: a watcher
   * named `desk` and `wiki` → removing `desk` sends `{ desk, removed: true }`, and only removing `wiki` as well ends its stream.
   */
  remove(id: string, startedAt: number, observedAt?: string): boolean {
    const state = this.#states.get(id);
    const { status = UNKNOWN, lastError = null, live, row } = state?.observation ?? {};
    const stored = this.#isForAll ? undefined : async () => state?.row.last ?? null;
    const finding: Finding = { status, lastError, live, row, freshness: 'LIVE', removed: true, stored };
    if (!this.#record(id, withTime(finding, observedAt), startedAt)) return false;
    this.#rememberRemoval(id);
    this.#states.delete(id);
    if (this.#listed.has(id)) this.#listed = new Set([...this.#listed].filter((other) => other !== id));
    const wasWatchedById = this.#watchers.removeTool(id);
    // An agent or project goes on: an older poll must not bring the tool back.
    if (!wasWatchedById) this.#removedAt.set(id, startedAt);
    return true;
  }

  #rememberRemoval(id: string): void {
    const state = this.#states.get(id);
    const [oldest] = this.#lastRemoved.keys();
    if (this.#lastRemoved.size >= STATUS_LIMITS.maxRememberedRemovals && oldest !== undefined)
      this.#lastRemoved.delete(oldest);
    if (state) this.#lastRemoved.set(id, state);
  }

  /** A tool left the agent or project but still exists: watchers receive no event. */
  drop(id: string): void {
    const state = this.#states.get(id);
    this.#states.delete(id);
    if (state) for (const sink of this.#watchers.of(id)) sink.forget(state.observation.key);
  }

  /** Records what another instance published. */
  applyShared({ toolId, removed, ageMs, ...state }: SharedState, readStored: ReadStored): boolean {
    const startedAt = performance.now() - ageMs;
    if (removed) return this.remove(toolId, startedAt, state.observedAt);
    if (state.freshness === 'STALE') {
      // An instance that has just started to poll does not know the last status.
      const isUnknown = state.status === UNKNOWN && this.isKnown(toolId);
      return this.markStale(toolId, startedAt, readStored, isUnknown ? undefined : state);
    }
    return this.observe(toolId, state, startedAt, readStored, state.observedAt);
  }

  /**
   * Keeps a finding, and sends it to the tool's watchers if they can see a difference. Example: two polls of `desk` find HEALTHY →
   * both are kept and return true, but only the first one is sent.
   */
  #record(id: string, finding: Finding, startedAt: number, row: ToolState['row'] = { last: null }): boolean {
    const state = this.#states.get(id);
    if (startedAt < (state?.startedAt ?? this.#removedAt.get(id) ?? 0)) return false;
    const { tenantId, projectId } = this.#project;
    const tool: ToolKey = state?.observation.tool ?? { tenantId, projectId, toolId: id };
    const key = state?.observation.key ?? `${tenantId}/${projectId}/${id}`;
    const observation: Observation = { observedAt: new Date().toISOString(), ...finding, tool, key };
    this.#states.set(id, { observation, startedAt, row });
    this.#lastRemoved.delete(id);
    if (isChange(state?.observation, observation)) {
      for (const sink of this.#watchers.of(id)) sink.put(observation);
      this.#events.onChange(observation, startedAt);
    }
    return true;
  }
}

function withTime(finding: Finding, observedAt: string | undefined): Finding {
  return observedAt === undefined ? finding : { ...finding, observedAt };
}

/** Shares one read among all callers; a failed read is not kept. */
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
