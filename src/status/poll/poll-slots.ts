import { Lane } from '../../upstream/client/admission/lane.js';

/** Places that slow looks leave to quick ones, where there are so many. */
const RESERVED_FOR_FAST = 2;

export interface SlotRequest {
  /** Callers take turns by it. */
  readonly turn: string;
  /** Likely to hang: waits until its own kind leaves it a place. */
  readonly slow: boolean;
  readonly signal: AbortSignal;
}

/**
 * Places for looks of all watches: fewer than the lane of probing calls has, so that queries always find one there. However
 * many tools hang, looks at the others find a place here too.
 */
export class PollSlots {
  readonly #all: Lane;
  readonly #slow: Lane;

  constructor(max: number) {
    const unlimited = { maxWaiting: Infinity, maxWaitingPerTurn: Infinity };
    this.#all = new Lane({ max, ...unlimited });
    this.#slow = new Lane({ max: Math.max(1, max - RESERVED_FOR_FAST), ...unlimited });
  }

  /**
   * Runs one probing call when there is a place. Rejects as the call does, or with the signal's reason while waiting. A call that
   * turns out to be slow asks `becomeSlow` whether it may go on: not if its kind has all its places.
   */
  async take<Value>(
    { turn, slow, signal }: SlotRequest,
    call: (becomeSlow: () => boolean) => Promise<Value>,
  ): Promise<Value> {
    let releaseSlow = slow ? await this.#slow.acquire(turn, signal) : undefined;
    const becomeSlow = (): boolean => {
      releaseSlow ??= this.#slow.tryAcquire(turn);
      return releaseSlow !== undefined;
    };
    try {
      const leave = await this.#all.acquire(turn, signal);
      try {
        return await call(becomeSlow);
      } finally {
        leave();
      }
    } finally {
      releaseSlow?.();
    }
  }
}
