import { Lane } from '../../upstream/client/admission/lane.js';

/** Limits the concurrent plain reads of live status, so that queries always find a place. Waiting reads are not limited. */
export class ReadSlots {
  readonly #lane: Lane;

  constructor(max: number) {
    this.#lane = new Lane({ max, maxWaiting: Infinity, maxWaitingPerCaller: Infinity });
  }

  /** Runs one read when a slot is free; callers of different turns in rotation. Rejects as it does, or if the signal aborts. */
  async take<Value>(turn: string, signal: AbortSignal, read: () => Promise<Value>): Promise<Value> {
    const release = await this.#lane.acquire(turn, signal);
    try {
      return await read();
    } finally {
      release();
    }
  }
}
