import type { UpstreamTool } from '../upstream/inkeep/tool.js';
import { isChange, type Observation, type ToolChange } from './observation.js';
import type { Sink } from './watchers.js';

/** A source of observations. A mailbox that joins receives what is known at once, and every change until it leaves. */
export interface Feed {
  join(mailbox: Mailbox): void;
  /** Does nothing if the mailbox has not joined, or has left. */
  leave(mailbox: Mailbox): void;
}

export interface MailboxEvents {
  /** Called at the first `next`. */
  onStart?(): void;
  /** Called when the mailbox ends, if it had started. */
  onEnd?(): void;
  /** Reads the stored fields for an observation that has none, because its watchers have different credentials. */
  readStored?(observation: Observation): Promise<UpstreamTool | null>;
}

type Result = IteratorResult<ToolChange, undefined>;

interface Pull {
  resolve(result: Result): void;
  reject(error: unknown): void;
}

const DONE: Result = { done: true, value: undefined };

/**
 * The events that one watcher has not received yet. Only the newest observation of each tool is kept: a slow reader misses the
 * ones in between, and receives nothing if a status changed and changed back. Joins its feeds at the first `next`.
 */
export class Mailbox implements AsyncIterableIterator<ToolChange, undefined>, Sink {
  readonly #feeds: Set<Feed>;
  readonly #events: MailboxEvents;
  readonly #delivered = new Map<string, Observation>();
  readonly #pending = new Map<string, Observation>();
  #pulls: Pull[] = [];
  #state: 'new' | 'open' | 'ended' = 'new';
  #failure: { readonly error: unknown } | undefined;

  constructor(feeds: readonly Feed[], events: MailboxEvents = {}) {
    this.#feeds = new Set(feeds);
    this.#events = events;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Resolves with the next change. Concurrent calls are settled in their order. */
  next(): Promise<Result> {
    const result = new Promise<Result>((resolve, reject) => {
      this.#pulls.push({ resolve, reject });
    });
    if (this.#state === 'new') this.#start();
    this.#settlePulls();
    return result;
  }

  /** Ends the mailbox. Every pending `next` resolves as done. */
  return(): Promise<Result> {
    this.#end();
    return Promise.resolve(DONE);
  }

  /** The consumer failed: the same as `return`. */
  throw(): Promise<Result> {
    return this.return();
  }

  /** Replaces a pending observation of the same tool. */
  put(observation: Observation): void {
    if (this.#state === 'ended') return;
    if (isChange(this.#delivered.get(observation.key), observation)) this.#pending.set(observation.key, observation);
    else this.#pending.delete(observation.key);
    this.#settlePulls();
  }

  /** A tool is no longer watched, but still exists. If it comes back, its first event is sent again. */
  forget(key: string): void {
    this.#delivered.delete(key);
    this.#pending.delete(key);
  }

  /** Whether the watcher has received an observation that is not its last. */
  has(key: string): boolean {
    return this.#delivered.has(key);
  }

  /**
   * The watcher may no longer see a tool (`removed`), or nothing current is known of it (`STALE`). Sends that with the status that
   * the watcher has received. Does nothing if it has received none.
   */
  withdraw(key: string, change: { readonly removed: true } | { readonly freshness: 'STALE' }): void {
    const delivered = this.#delivered.get(key);
    this.#pending.delete(key);
    if (delivered) this.put({ ...delivered, ...change, observedAt: new Date().toISOString() });
  }

  /** A feed has ended. After the last one the mailbox ends, once its pending changes are read. */
  finish(feed: Feed): void {
    this.#feeds.delete(feed);
    this.#settlePulls();
  }

  /** Ends the mailbox with an error, once its pending changes are read. Later errors are ignored. */
  fail(error: unknown): void {
    if (this.#state === 'ended' || this.#failure) return;
    this.#failure = { error };
    this.#leaveFeeds();
    this.#settlePulls();
  }

  #start(): void {
    this.#state = 'open';
    this.#events.onStart?.();
    for (const feed of [...this.#feeds]) feed.join(this);
  }

  /**
   * Settles pending `next` calls, as long as there is a change or an end to settle them with. Example: two calls are pending and one change
   * arrives → the first resolves with it, the second waits; if the last feed then ends, the second resolves as done.
   */
  #settlePulls(): void {
    while (this.#pulls.length > 0) {
      const change = this.#state === 'ended' ? undefined : this.#takeChange();
      if (change) this.#pulls.shift()?.resolve({ done: false, value: change });
      else if (this.#feeds.size > 0) return;
      else this.#settleLast();
    }
  }

  /** No feed is left and no change is pending: the failure goes to one `next`, all others are done. */
  #settleLast(): void {
    const pull = this.#pulls.shift();
    if (this.#failure && this.#state !== 'ended') pull?.reject(this.#failure.error);
    else pull?.resolve(DONE);
    this.#end();
  }

  #takeChange(): ToolChange | undefined {
    const [observation] = this.#pending.values();
    if (!observation) return undefined;
    const { key } = observation;
    const previousStatus = this.#delivered.get(key)?.status ?? null;
    this.#pending.delete(key);
    // A tool that is registered later under this id is a new one.
    if (observation.removed) this.#delivered.delete(key);
    else this.#delivered.set(key, observation);
    const { readStored } = this.#events;
    if (observation.stored || !readStored) return { observation, previousStatus };
    return { observation, previousStatus, readStored: () => readStored(observation) };
  }

  #end(): void {
    if (this.#state === 'ended') return;
    const hadStarted = this.#state === 'open';
    this.#state = 'ended';
    this.#leaveFeeds();
    this.#delivered.clear();
    this.#pending.clear();
    this.#settlePulls();
    if (hadStarted) this.#events.onEnd?.();
  }

  #leaveFeeds(): void {
    const feeds = [...this.#feeds];
    this.#feeds.clear();
    for (const feed of feeds) feed.leave(this);
  }
}
