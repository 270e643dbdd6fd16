import { Lane } from '../../upstream/client/admission/lane.js';

export interface SlotRequest {
  /** Callers of different turns take slots in rotation. */
  readonly turn: string;
  /** The poll will probably hang: it takes one of the slots for slow polls. */
  readonly slow: boolean;
  readonly signal: AbortSignal;
}

/**
 * Limits the concurrent polls of all watches. There are fewer slots than places for probes upstream, so that queries always find a
 * place. Slow polls cannot take all slots, so that other tools are polled on time even if many tools hang.
 */
export class PollSlots {
  readonly #all: Lane;
  readonly #slow: Lane;

  /** `forFastPolls` of the `max` slots are not available to slow polls, if there are that many. */
  constructor(max: number, forFastPolls: number) {
    const unlimited = { maxWaiting: Infinity, maxWaitingPerCaller: Infinity };
    this.#all = new Lane({ max, ...unlimited });
    this.#slow = new Lane({ max: Math.max(1, max - forFastPolls), ...unlimited });
  }

  /**
   * Runs one call when a slot is free. Rejects if the call does, or with the signal's reason if it aborts during the wait. A call
   * that turns out to be slow calls `becomeSlow`. If that returns false, all slots for slow polls are taken, and the call must end.
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
      const release = await this.#all.acquire(turn, signal);
      try {
        return await call(becomeSlow);
      } finally {
        release();
      }
    } finally {
      releaseSlow?.();
    }
  }
}
