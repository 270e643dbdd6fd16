import type { AbortLike } from '../../../light-abort.js';

/** Returns a slot to the lane. A second call does nothing. */
export type Release = () => void;

export interface LaneOptions {
  /** Calls at a time. */
  readonly max: number;
  /** Calls that may wait, of all callers and of one. `acquire` rejects any more. */
  readonly maxWaiting: number;
  readonly maxWaitingPerCaller: number;
}

/** Rejection of `acquire` if too many calls are waiting already. */
export class LaneFull extends Error {}

type Grant = () => void;

/**
 * A fair semaphore: at most `max` calls hold a slot. Waiting callers are served round robin by `identity`. A caller that
 * already holds half of the slots gets no other slot while another caller waits; slots that it holds are never taken back, and
 * a caller that is alone may hold all. No slot stays free while a call waits.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #share: number;
  /** Waiting calls by identity, in order of arrival. The identity that is served next comes first. */
  readonly #queues = new Map<string, Set<Grant>>();
  readonly #activeByIdentity = new Map<string, number>();
  #active = 0;
  #waiting = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#share = Math.ceil(options.max / 2);
  }

  /** Calls that hold a slot. */
  get active(): number {
    return this.#active;
  }

  /** Calls that wait for a slot. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Waits for a slot. Rejects with LaneFull at once if too many calls wait, or with the signal's reason when it aborts. */
  acquire(identity: string, signal: AbortLike): Promise<Release> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#active < this.#options.max) return Promise.resolve(this.#occupy(identity));
    if (!this.#hasRoom(identity)) return Promise.reject(new LaneFull());
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(this.#occupy(identity));
      };
      const leave = (): void => {
        this.#dequeue(identity, grant);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#enqueue(identity, grant);
    });
  }

  /** Takes a slot if one is free now. */
  tryAcquire(identity: string): Release | undefined {
    return this.#active < this.#options.max ? this.#occupy(identity) : undefined;
  }

  #hasRoom(identity: string): boolean {
    const ofIdentity = this.#queues.get(identity)?.size ?? 0;
    return this.#waiting < this.#options.maxWaiting && ofIdentity < this.#options.maxWaitingPerCaller;
  }

  #occupy(identity: string): Release {
    this.#active++;
    this.#activeByIdentity.set(identity, this.#activeOf(identity) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#vacate(identity);
    };
  }

  #vacate(identity: string): void {
    this.#active--;
    const left = this.#activeOf(identity) - 1;
    if (left > 0) this.#activeByIdentity.set(identity, left);
    else this.#activeByIdentity.delete(identity);
    this.#admitNext();
  }

  #admitNext(): void {
    const identity = this.#nextIdentity();
    if (identity === undefined) return;
    const queue = this.#queues.get(identity);
    const grant = queue?.values().next().value;
    if (!queue || !grant) return;
    this.#dequeue(identity, grant);
    if (this.#queues.delete(identity)) this.#queues.set(identity, queue);
    grant();
  }

  #nextIdentity(): string | undefined {
    for (const identity of this.#queues.keys()) {
      if (this.#queues.size === 1 || this.#activeOf(identity) < this.#share) return identity;
    }
    return undefined;
  }

  #enqueue(identity: string, grant: Grant): void {
    const queue = this.#queues.get(identity);
    if (queue) queue.add(grant);
    else this.#queues.set(identity, new Set([grant]));
    this.#waiting++;
  }

  #dequeue(identity: string, grant: Grant): void {
    const queue = this.#queues.get(identity);
    if (!queue?.delete(grant)) return;
    if (queue.size === 0) this.#queues.delete(identity);
    this.#waiting--;
  }

  #activeOf(identity: string): number {
    return this.#activeByIdentity.get(identity) ?? 0;
  }
}
