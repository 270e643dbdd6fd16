/** Parts of an interval in which reads are counted. */
const SLOTS = 30;
/** Multiples of it, without their whole part, are spread evenly, however many there are. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * Plans when the reads of an instance are repeated, so that each part of an interval has equally many. Example: with an interval of
 * 60 s, 600 people who all come in the same second are read again at 20 in each slot of 2 s, and so in every later interval.
 *
 * Random times would not do that: people who come in a crowd are still a crowd an interval later.
 */
export class ReadTimes {
  readonly #slotMs: number;
  /** Planned reads by the number of their slot, counted from the origin of `performance.now()`. */
  readonly #planned = new Map<number, number>();
  #total = 0;
  #plans = 0;

  constructor(intervalMs: number) {
    this.#slotMs = intervalMs / SLOTS;
  }

  /**
   * Plans a read for the latest time before `until`, by `performance.now()`, whose slot has less than its share of all reads. Now if
   * `until` has passed. The read must call `cancel` when it starts, or if it is no longer needed.
   */
  plan(until: number): PlannedRead {
    const now = performance.now();
    const slot = this.#findSlot(Math.ceil(now / this.#slotMs), Math.floor(until / this.#slotMs) - 1);
    this.#count(slot, 1);
    this.#plans += 1;
    const startAt = (slot + ((this.#plans * GOLDEN_RATIO) % 1)) * this.#slotMs;
    let isPlanned = true;
    return {
      pauseMs: Math.max(0, Math.min(startAt, until) - now),
      cancel: () => {
        if (isPlanned) this.#count(slot, -1);
        isPlanned = false;
      },
    };
  }

  /** The slot with the fewest reads if all have their share, which happens if fewer than an interval's slots are left. */
  #findSlot(first: number, last: number): number {
    const share = Math.ceil((this.#total + 1) / SLOTS);
    let best = Math.max(first, last);
    for (let slot = best; slot >= first && this.#at(best) >= share; slot--) {
      if (this.#at(slot) < this.#at(best)) best = slot;
    }
    return best;
  }

  #at(slot: number): number {
    return this.#planned.get(slot) ?? 0;
  }

  #count(slot: number, change: 1 | -1): void {
    this.#total += change;
    const reads = this.#at(slot) + change;
    if (reads > 0) this.#planned.set(slot, reads);
    else this.#planned.delete(slot);
  }
}

export interface PlannedRead {
  readonly pauseMs: number;
  /** Does nothing the second time. */
  cancel(): void;
}
