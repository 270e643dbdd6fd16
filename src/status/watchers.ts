import type { Feed, Mailbox } from './mailbox.js';

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

/** The watchers of one watch, each with its mailbox. Decides which mailboxes receive the events of a tool. */
export class Watchers {
  readonly #events: WatcherEvents;
  readonly #watchers = new Map<Mailbox, { readonly feed: Feed; readonly ids: Set<string> | undefined }>();
  readonly #byTool = new Map<string, Set<Mailbox>>();

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

  add(mailbox: Mailbox, { feed, ids }: Watcher): void {
    this.#watchers.set(mailbox, { feed, ids: ids && new Set(ids) });
    for (const id of ids ?? []) {
      const mailboxes = this.#byTool.get(id);
      this.#byTool.set(id, (mailboxes ?? new Set()).add(mailbox));
      if (!mailboxes) this.#events.onToolWatched(id);
    }
  }

  /** Does nothing if the watcher has left already. */
  remove(mailbox: Mailbox): void {
    const watcher = this.#watchers.get(mailbox);
    if (!watcher) return;
    this.#watchers.delete(mailbox);
    for (const id of watcher.ids ?? []) {
      const mailboxes = this.#byTool.get(id);
      mailboxes?.delete(mailbox);
      if (mailboxes?.size !== 0) continue;
      this.#byTool.delete(id);
      this.#events.onToolUnwatched(id);
    }
    if (this.#watchers.size === 0) this.#events.onEmpty();
  }

  /** The mailboxes that receive events of a tool: those that watch it by id or, if there are none, those that watch everything. */
  of(id: string): Iterable<Mailbox> {
    return this.#byTool.get(id) ?? [...this.#watchers].filter(([, { ids }]) => !ids).map(([mailbox]) => mailbox);
  }

  /** A tool is gone. Ends the watchers that watch no other tool. Returns false if no one watches it by id. */
  removeTool(id: string): boolean {
    const mailboxes = this.#byTool.get(id);
    if (!mailboxes) return false;
    this.#byTool.delete(id);
    this.#events.onToolUnwatched(id);
    for (const mailbox of mailboxes) {
      const ids = this.#watchers.get(mailbox)?.ids;
      ids?.delete(id);
      if (ids?.size === 0) this.#finish(mailbox);
    }
    return true;
  }

  /** Ends every watcher without an error: there is nothing left to watch. */
  finish(): void {
    for (const mailbox of [...this.#watchers.keys()]) this.#finish(mailbox);
  }

  /** Ends every watcher with an error, or only those of one tool. */
  fail(error: unknown, id?: string): void {
    const mailboxes = id === undefined ? this.#watchers.keys() : this.of(id);
    for (const mailbox of [...mailboxes]) mailbox.fail(error);
  }

  #finish(mailbox: Mailbox): void {
    const watcher = this.#watchers.get(mailbox);
    this.remove(mailbox);
    if (watcher) mailbox.finish(watcher.feed);
  }
}
