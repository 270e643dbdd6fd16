import { isChange, type Observation, type ToolChange } from './observation.js';

/** Where observations come from. Joining brings what is known at once, and news later, until `leave`. */
export interface Feed {
  join(mailbox: Mailbox): void;
  /** Does nothing where the mailbox has not joined, or has left. */
  leave(mailbox: Mailbox): void;
}

export interface MailboxEvents {
  /** The first `next`. */
  onStart?(): void;
  /** Nothing is told any more, to a watcher that had started. */
  onEnd?(): void;
}

type Result = IteratorResult<ToolChange, undefined>;

interface Pull {
  resolve(result: Result): void;
  reject(error: unknown): void;
}

const DONE: Result = { done: true, value: undefined };

/**
 * What one watcher has not been told yet. Status is a state, not a log: for each tool only the newest observation waits, and
 * one that takes back what was never told is dropped. Nothing is asked of the upstream before the first `next`.
 */
export class Mailbox implements AsyncIterableIterator<ToolChange, undefined> {
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

  /** The next change, as soon as there is one. Calls are answered in their order. */
  next(): Promise<Result> {
    const result = new Promise<Result>((resolve, reject) => {
      this.#pulls.push({ resolve, reject });
    });
    if (this.#state === 'new') this.#start();
    this.#answer();
    return result;
  }

  /** Ends the watch. Every `next` that waits learns of it. */
  return(): Promise<Result> {
    this.#end();
    return Promise.resolve(DONE);
  }

  /** The consumer failed: the same as leaving. */
  throw(): Promise<Result> {
    return this.return();
  }

  /** Takes an observation in. */
  put(observation: Observation): void {
    if (this.#state === 'ended') return;
    if (isChange(this.#delivered.get(observation.key), observation)) this.#pending.set(observation.key, observation);
    else this.#pending.delete(observation.key);
    this.#answer();
  }

  /** A tool left what is watched, without being gone. If it comes back, it is reported anew. */
  forget(key: string): void {
    this.#delivered.delete(key);
    this.#pending.delete(key);
  }

  /** A feed has nothing more to tell. After the last one the watcher is done, as soon as it knows what waits. */
  finish(feed: Feed): void {
    this.#feeds.delete(feed);
    this.#answer();
  }

  /** Ends the watch with an error, once what waits is told. The first error counts. */
  fail(error: unknown): void {
    if (this.#state === 'ended' || this.#failure) return;
    this.#failure = { error };
    this.#leaveFeeds();
    this.#answer();
  }

  #start(): void {
    this.#state = 'open';
    this.#events.onStart?.();
    for (const feed of [...this.#feeds]) feed.join(this);
  }

  /** Answers as many of those who wait as there is something for. */
  #answer(): void {
    while (this.#pulls.length > 0) {
      const change = this.#state === 'ended' ? undefined : this.#takeChange();
      if (!change && this.#state !== 'ended' && this.#feeds.size > 0) return;
      const pull = this.#pulls.shift();
      if (change) pull?.resolve({ done: false, value: change });
      else if (this.#failure && this.#state !== 'ended') pull?.reject(this.#failure.error);
      else pull?.resolve(DONE);
      if (!change) this.#end();
    }
  }

  #takeChange(): ToolChange | undefined {
    const [observation] = this.#pending.values();
    if (!observation) return undefined;
    const { key } = observation;
    const previousStatus = this.#delivered.get(key)?.status ?? null;
    this.#pending.delete(key);
    // A tool of that id that comes later is another one.
    if (observation.removed) this.#delivered.delete(key);
    else this.#delivered.set(key, observation);
    return { observation, previousStatus };
  }

  #end(): void {
    if (this.#state === 'ended') return;
    const hadStarted = this.#state === 'open';
    this.#state = 'ended';
    this.#leaveFeeds();
    this.#delivered.clear();
    this.#pending.clear();
    this.#answer();
    if (hadStarted) this.#events.onEnd?.();
  }

  #leaveFeeds(): void {
    const feeds = [...this.#feeds];
    this.#feeds.clear();
    for (const feed of feeds) feed.leave(this);
  }
}
