import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReadSlots } from '../../../src/status/access/read-slots.js';
import { ReadTimes } from '../../../src/status/access/read-times.js';
import { type ReadListener, RepeatedRead } from '../../../src/status/access/repeated-read.js';
import { UpstreamUnavailable } from '../../../src/upstream/client/errors/upstream-errors.js';
import type { Operation } from '../../../src/upstream/operation.js';
import { VirtualTime } from '../../support/virtual-time.js';

const INTERVAL_MS = 60_000;
const SECOND = 1_000;
const CALL = { service: 'inkeep', operation: 'list-tools', method: 'GET', path: '/tools' } as const;

let time: VirtualTime;
beforeEach(() => {
  time = VirtualTime.install();
});
afterEach(() => time.uninstall());

/** People whose reads take 20 ms. `isDown` makes all of them fail. */
class Crowd {
  isDown = false;
  readonly readsAt: number[] = [];
  readonly #lastReads = new Map<number, number>();
  readonly #slots = new ReadSlots(25);
  readonly #times = new ReadTimes(INTERVAL_MS);
  /** Longest time between the ends of two reads of a person. */
  longestMs = 0;

  add(person: number): () => void {
    const listener: ReadListener<number> = { onRead: () => this.#ended(person), onRefused() {}, onUnknown() {} };
    const read = new RepeatedRead<number>({
      intervalMs: INTERVAL_MS,
      maxBackoffMs: INTERVAL_MS,
      slots: this.#slots,
      times: this.#times,
      turn: String(person),
      begin: () => ({}) as Operation,
      read: async () => {
        this.readsAt.push(performance.now());
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (this.isDown) throw new UpstreamUnavailable('failed', CALL);
        return 1;
      },
      onUnused() {},
    });
    read.add(listener);
    return () => read.remove(listener);
  }

  /** The most reads in a second, among those after this time. */
  worstSecondSince(at: number): number {
    const seconds = new Map<number, number>();
    for (const readAt of this.readsAt.filter((one) => one >= at)) {
      const second = Math.floor(readAt / SECOND);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
    }
    return Math.max(...seconds.values());
  }

  #ended(person: number): void {
    const now = performance.now();
    this.longestMs = Math.max(this.longestMs, now - (this.#lastReads.get(person) ?? now));
    this.#lastReads.set(person, now);
  }
}

test('the reads of people who come in a crowd spread evenly, and each person is read within the interval', async () => {
  const crowd = new Crowd();
  for (let person = 0; person < 3_000; person++) {
    crowd.add(person);
    if (person % 20 === 19) await time.advance(100);
  }
  const everyoneCameAt = performance.now();
  await time.advance(3 * INTERVAL_MS);
  // 3,000 people in 57 s: 53 a second.
  expect(crowd.worstSecondSince(everyoneCameAt)).toBeLessThan(70);
  expect(crowd.worstSecondSince(everyoneCameAt + INTERVAL_MS)).toBeLessThan(58);
  expect(crowd.longestMs).toBeLessThanOrEqual(INTERVAL_MS);
});

test('the reads spread evenly again after an outage', async () => {
  const crowd = new Crowd();
  for (let person = 0; person < 600; person++) crowd.add(person);
  await time.advance(INTERVAL_MS);
  crowd.isDown = true;
  await time.advance(INTERVAL_MS);
  crowd.isDown = false;
  await time.advance(2 * INTERVAL_MS);
  const evenSince = performance.now();
  await time.advance(2 * INTERVAL_MS);
  // 600 people in 57 s: 10.5 a second.
  expect(crowd.worstSecondSince(evenSince)).toBeLessThan(17);
});

test('people who have left take no share of the time', async () => {
  const times = new ReadTimes(INTERVAL_MS);
  const until = performance.now() + INTERVAL_MS;
  const left = Array.from({ length: 3_000 }, () => times.plan(until));
  for (const plan of left) plan.cancel();
  const [first] = left;
  first?.cancel();
  expect(times.plan(until).pauseMs).toBeGreaterThan(0.9 * INTERVAL_MS);
});

test('a read whose time has passed is planned for now', () => {
  expect(new ReadTimes(INTERVAL_MS).plan(performance.now() - 1).pauseMs).toBe(0);
});
