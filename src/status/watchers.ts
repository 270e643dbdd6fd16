import type { Feed } from './mailbox.js';
import type { Observation } from './observation.js';

/** Where the events of a watch go: the mailbox of a subscription, or a view that filters them for one. */
export interface Sink {
  /** The newest observation of a tool. */
  put(observation: Observation): void;
  /** A tool is no longer watched, but still exists. `key` is that of its observation. */
  forget(key: string): void;
  /** There is nothing left to watch. `feed` is that of the watcher. */
  finish(feed: Feed): void;
  /** Watching has failed for good. */
  fail(error: unknown, feed: Feed): void;
}

export interface Watcher {
  readonly feed: Feed;
  /** Ids of the tools to watch; undefined for all tools of the agent or project. */
  readonly ids: ReadonlySet<string> | undefined;
}

export interface WatcherEvents {
  /** A tool is watched by id for the first time. */
  onToolWatched(id: string): void;
  /** A tool is no longer watched by id: its last such watcher has left, or the tool was removed. */
  onToolUnwatched(id: string): void;
  /** The last watcher has left. */
  onEmpty(): void;
}

/** The watchers of one watch, each with its sink. Decides which sinks receive the events of a tool. */
export class Watchers {
  readonly #events: WatcherEvents;
  readonly #watchers = new Map<Sink, { readonly feed: Feed; readonly ids: Set<string> | undefined }>();
  readonly #byTool = new Map<string, Set<Sink>>();

  constructor(events: WatcherEvents) {
    this.#events = events;
  }

  /** Tools that are watched by id. */
  get toolIds(): Iterable<string> {
    return this.#byTool.keys();
  }

  hasTool(id: string): boolean {
    return this.#byTool.has(id);
  }

  /** A sink that has been added before watches exactly these tools from now on. */
  add(sink: Sink, { feed, ids }: Watcher): void {
    const before = this.#watchers.get(sink)?.ids;
    this.#watchers.set(sink, { feed, ids: ids && new Set(ids) });
    for (const id of ids ?? []) {
      if (before?.has(id)) continue;
      const sinks = this.#byTool.get(id);
      this.#byTool.set(id, (sinks ?? new Set()).add(sink));
      if (!sinks) this.#events.onToolWatched(id);
    }
    for (const id of before ?? []) if (!ids?.has(id)) this.#removeFrom(id, sink);
  }

  /** Does nothing if the watcher has left already. */
  remove(sink: Sink): void {
    const watcher = this.#watchers.get(sink);
    if (!watcher) return;
    this.#watchers.delete(sink);
    for (const id of watcher.ids ?? []) this.#removeFrom(id, sink);
    if (this.#watchers.size === 0) this.#events.onEmpty();
  }

  /** The sinks that receive events of a tool: those that watch it by id or, if there are none, those that watch everything. */
  of(id: string): Iterable<Sink> {
    return this.#byTool.get(id) ?? [...this.#watchers].filter(([, { ids }]) => !ids).map(([sink]) => sink);
  }

  /** A tool is gone. Ends the watchers that watch no other tool. Returns false if no one watches it by id. */
  removeTool(id: string): boolean {
    const sinks = this.#byTool.get(id);
    if (!sinks) return false;
    this.#byTool.delete(id);
    this.#events.onToolUnwatched(id);
    for (const sink of sinks) {
      const ids = this.#watchers.get(sink)?.ids;
      ids?.delete(id);
      if (ids?.size === 0) this.#finish(sink);
    }
    return true;
  }

  /** Ends every watcher without an error: there is nothing left to watch. */
  finish(): void {
    for (const sink of [...this.#watchers.keys()]) this.#finish(sink);
  }

  /** Ends every watcher with an error, or only those of one tool. */
  fail(error: unknown, id?: string): void {
    for (const sink of [...(id === undefined ? this.#watchers.keys() : this.of(id))]) {
      const watcher = this.#watchers.get(sink);
      if (watcher) sink.fail(error, watcher.feed);
    }
  }

  #removeFrom(id: string, sink: Sink): void {
    const sinks = this.#byTool.get(id);
    sinks?.delete(sink);
    if (sinks?.size !== 0) return;
    this.#byTool.delete(id);
    this.#events.onToolUnwatched(id);
  }

  #finish(sink: Sink): void {
    const watcher = this.#watchers.get(sink);
    this.remove(sink);
    if (watcher) sink.finish(watcher.feed);
  }
}
