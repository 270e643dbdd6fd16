/** Gives a place back. Calling it twice does nothing. */
export type Release = () => void;

export interface LaneOptions {
  /** Calls at a time. */
  readonly max: number;
  /** Calls that may wait, in all and of one turn. Beyond it `acquire` refuses. */
  readonly maxWaiting: number;
  readonly maxWaitingPerTurn: number;
}

/** The lane has as many waiters as it may have. Nothing was sent. */
export class LaneFull extends Error {}

type Grant = () => void;

/**
 * A fair gate for calls: at most `max` hold a place. Waiting callers take turns (round robin over `turn`), and none is given
 * more than half of the places while another waits; a caller that is alone may fill the lane, and is not cut short when
 * others come, but gets no further place until it is below half. A place is never free while somebody waits.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #share: number;
  /** Waiters by turn, in the order of arrival; the turns in the order in which they are served next. */
  readonly #queues = new Map<string, Set<Grant>>();
  readonly #activeByTurn = new Map<string, number>();
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
  acquire(turn: string, signal: AbortSignal): Promise<Release> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#active < this.#options.max) return Promise.resolve(this.#occupy(turn));
    if (!this.#hasRoom(turn)) return Promise.reject(new LaneFull());
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(this.#occupy(turn));
      };
      const leave = (): void => {
        this.#dequeue(turn, grant);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#enqueue(turn, grant);
    });
  }

  /** A place, if one is free now. */
  tryAcquire(turn: string): Release | undefined {
    return this.#active < this.#options.max ? this.#occupy(turn) : undefined;
  }

  #hasRoom(turn: string): boolean {
    const ofTurn = this.#queues.get(turn)?.size ?? 0;
    return this.#waiting < this.#options.maxWaiting && ofTurn < this.#options.maxWaitingPerTurn;
  }

  #occupy(turn: string): Release {
    this.#active++;
    this.#activeByTurn.set(turn, this.#activeOf(turn) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#vacate(turn);
    };
  }

  #vacate(turn: string): void {
    this.#active--;
    const left = this.#activeOf(turn) - 1;
    if (left > 0) this.#activeByTurn.set(turn, left);
    else this.#activeByTurn.delete(turn);
    this.#admitNext();
  }

  #admitNext(): void {
    const turn = this.#nextTurn();
    if (turn === undefined) return;
    const queue = this.#queues.get(turn);
    const grant = queue?.values().next().value;
    if (!queue || !grant) return;
    this.#dequeue(turn, grant);
    if (this.#queues.delete(turn)) this.#queues.set(turn, queue);
    grant();
  }

  #nextTurn(): string | undefined {
    for (const turn of this.#queues.keys()) {
      if (this.#queues.size === 1 || this.#activeOf(turn) < this.#share) return turn;
    }
    return undefined;
  }

  #enqueue(turn: string, grant: Grant): void {
    const queue = this.#queues.get(turn);
    if (queue) queue.add(grant);
    else this.#queues.set(turn, new Set([grant]));
    this.#waiting++;
  }

  #dequeue(turn: string, grant: Grant): void {
    const queue = this.#queues.get(turn);
    if (!queue?.delete(grant)) return;
    if (queue.size === 0) this.#queues.delete(turn);
    this.#waiting--;
  }

  #activeOf(turn: string): number {
    return this.#activeByTurn.get(turn) ?? 0;
  }
}
