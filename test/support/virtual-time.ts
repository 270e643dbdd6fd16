/** A timer, as `setTimeout` returns it. */
class VirtualTimer {
  /** Undefined when the timer was cleared. */
  callback: (() => void) | undefined;
  /** The number of its place in the queue; earlier places are skipped. */
  order = 0;
  readonly #start: (timer: VirtualTimer) => void;

  constructor(callback: () => void, start: (timer: VirtualTimer) => void) {
    this.callback = callback;
    this.#start = start;
    start(this);
  }

  /** Starts the time again. */
  refresh(): this {
    this.#start(this);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

interface Place {
  readonly at: number;
  readonly order: number;
  readonly timer: VirtualTimer;
}

const real = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, Date, now: performance.now };

/**
 * Replaces the global timers, `performance.now` and `Date` by a clock that moves only in `advance`. The queue is a heap, so that
 * hundreds of thousands of timers are cheap, which they are not in Vitest's fake timers. Promises are settled between milliseconds.
 */
export class VirtualTime {
  /** In whole milliseconds. */
  now = 0;
  readonly #queue: Place[] = [];
  #orders = 0;

  static install(): VirtualTime {
    const time = new VirtualTime();
    const start = (callback: () => void, ms = 0) =>
      new VirtualTimer(callback, (timer) => time.#start(timer, Math.max(1, Math.trunc(ms) || 0)));
    const stop = (timer: VirtualTimer | undefined): void => {
      if (timer instanceof VirtualTimer) timer.callback = undefined;
    };
    Object.assign(globalThis, {
      setTimeout: start,
      clearTimeout: stop,
      setInterval(callback: () => void, ms = 0) {
        const timer = start(() => {
          timer.refresh();
          callback();
        }, ms);
        return timer;
      },
      clearInterval: stop,
      Date: class extends real.Date {
        constructor(...values: [] | [number | string | Date]) {
          super(values[0] ?? EPOCH + time.now);
        }

        static override now(): number {
          return EPOCH + time.now;
        }
      },
    });
    performance.now = () => time.now;
    return time;
  }

  uninstall(): void {
    const { now, ...globals } = real;
    Object.assign(globalThis, globals);
    performance.now = now;
  }

  /** Runs everything that is due in the next `ms` milliseconds. */
  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    await settle();
    for (let next = this.#queue[0]; next && next.at <= end; next = this.#queue[0]) {
      this.now = next.at;
      for (let due: Place | undefined = next; due && due.at <= this.now; due = this.#queue[0]) {
        this.#removeFirst();
        if (due.order === due.timer.order) due.timer.callback?.();
      }
      await settle();
    }
    this.now = end;
  }

  #start(timer: VirtualTimer, ms: number): void {
    this.#orders += 1;
    timer.order = this.#orders;
    this.#add({ at: this.now + ms, order: timer.order, timer });
  }

  #add(place: Place): void {
    const queue = this.#queue;
    let index = queue.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = queue[parent] as Place;
      if (!isBefore(place, above)) break;
      queue[index] = above;
      index = parent;
    }
    queue[index] = place;
  }

  #removeFirst(): void {
    const queue = this.#queue;
    const last = queue.pop();
    if (!last || queue.length === 0) return;
    let index = 0;
    for (let child = 1; child < queue.length; child = 2 * index + 1) {
      const [left, right] = [queue[child] as Place, queue[child + 1]];
      const next = right && isBefore(right, left) ? child + 1 : child;
      const below = queue[next] as Place;
      if (!isBefore(below, last)) break;
      queue[index] = below;
      index = next;
    }
    queue[index] = last;
  }
}

const EPOCH = real.Date.UTC(2026, 0, 1);

function isBefore(a: Place, b: Place): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Resolves when no promise is left to settle. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    real.setImmediate(resolve);
  });
}
