/** Gives a place back. Calling it twice does nothing. */
export type Release = () => void;

export interface LaneOptions {
  /** Calls at a time. */
  readonly max: number;
  /** Calls that may wait, in all and of one identity. Beyond it `acquire` refuses. */
  readonly maxWaiting: number;
  readonly maxWaitingPerCaller: number;
}

/** The lane has as many waiters as it may have. Nothing was sent. */
export class LaneFull extends Error {}

type Grant = () => void;

/**
 * A fair gate for calls: at most `max` hold a place. Waiting callers take turns (round robin over `identity`), and none is given
 * more than half of the places while another waits; a caller that is alone may fill the lane, and is not cut short when
 * others come, but gets no further place until it is below half. A place is never free while somebody waits.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #share: number;
  /** Waiters by identity, in the order of arrival; the turns in the order in which they are served next. */
  readonly #queues = new Map<string, Set<Grant>>();
  readonly #activeByIdentity = new Map<string, number>();
  #active = 0;
  #waiting = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#share = Math.ceil(options.max / 2);
  }

  /** Calls that hold a place. */
  get active(): number {
    return this.#active;
  }

  /** Calls that wait for one. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Waits for a place. Rejects with LaneFull at once when too many wait, or with the signal's reason as soon as it aborts. */
  acquire(identity: string, signal: AbortSignal): Promise<Release> {
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

  /** A place, if one is free now. */
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
