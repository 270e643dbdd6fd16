import { UpstreamError } from '../../upstream/client/errors/upstream-errors.js';
import type { Operation } from '../../upstream/operation.js';
import { backoffMs } from '../poll/pace.js';
import { isFinal } from '../recorder.js';
import type { ReadSlots } from './read-slots.js';
import type { PlannedRead, ReadTimes } from './read-times.js';

/** What a reader does with the results of its read. */
export interface ReadListener<Value> {
  /** A read has succeeded. `before` is the previous value, which is the same object if nothing has changed. */
  onRead(value: Value, before: Value | undefined): void;
  /** The upstream refuses the credential. The read is repeated nevertheless, until the listener is removed. */
  onRefused(error: unknown): void;
  /** The upstream cannot answer: no read has succeeded yet, or none for two intervals. */
  onUnknown(): void;
}

export interface RepeatedReadOptions<Value> {
  readonly intervalMs: number;
  readonly maxBackoffMs: number;
  readonly slots: ReadSlots;
  readonly times: ReadTimes;
  /** Reads wait for a slot in rotation by this name. */
  readonly turn: string;
  begin(signal: AbortSignal): Operation;
  /** `before` is the previous value. Returns it again if nothing has changed. */
  read(operation: Operation, before: Value | undefined): Promise<Value>;
  /** The last listener was removed. */
  onUnused(): void;
}

/** The part of an interval that is left for the wait for a slot, so that a read ends within the interval. */
const SPARE = 0.05;

/** A plain read that is repeated within each interval while anyone listens, at a time when few others are. */
export class RepeatedRead<Value> {
  readonly #options: RepeatedReadOptions<Value>;
  readonly #listeners = new Set<ReadListener<Value>>();
  #stop: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #value: Value | undefined;
  #startedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #planned: PlannedRead | undefined;
  #isAgain = false;

  constructor(options: RepeatedReadOptions<Value>) {
    this.#options = options;
  }

  /** The last value that was read; undefined before the first. */
  get last(): Value | undefined {
    return this.#value;
  }

  /** The same, but undefined if no read has succeeded for two intervals. */
  get value(): Value | undefined {
    return performance.now() - this.#startedAt > 2 * this.#options.intervalMs ? undefined : this.#value;
  }

  /** When the read started whose value is the last one, by `performance.now()`. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** The listener receives the results of later reads. The first listener starts them. */
  add(listener: ReadListener<Value>): void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.readNow();
  }

  remove(listener: ReadListener<Value>): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#cancelNext();
    this.#stop?.abort();
    this.#options.onUnused();
  }

  /** Reads now, or again as soon as the read in progress has ended. */
  readNow(): void {
    this.#cancelNext();
    if (this.#stop) this.#isAgain = true;
    else void this.#run();
  }

  async #run(): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    this.#isAgain = false;
    this.#cancelNext();
    let startedAt = performance.now();
    let failureMs: number | undefined;
    try {
      const value = await this.#read(stop.signal, () => {
        startedAt = performance.now();
      });
      if (!stop.signal.aborted) this.#succeeded(value, startedAt);
    } catch (error) {
      failureMs = this.#failureMs(error);
      if (!stop.signal.aborted) this.#failed(error);
    }
    this.#stop = undefined;
    if (this.#listeners.size === 0) return;
    if (this.#isAgain) void this.#run();
    else this.#timer = setTimeout(() => void this.#run(), failureMs ?? this.#planNext(startedAt));
  }

  #cancelNext(): void {
    clearTimeout(this.#timer);
    this.#planned?.cancel();
    this.#planned = undefined;
  }

  #read(signal: AbortSignal, onStart: () => void): Promise<Value> {
    const { slots, turn, begin, read } = this.#options;
    return slots.take(turn, signal, () => {
      onStart();
      return read(begin(signal), this.#value);
    });
  }

  #succeeded(value: Value, startedAt: number): void {
    const before = this.value;
    this.#value = value;
    this.#startedAt = startedAt;
    this.#failures = 0;
    for (const listener of [...this.#listeners]) listener.onRead(value, before);
  }

  #failed(error: unknown): void {
    for (const listener of [...this.#listeners]) {
      if (isFinal(error)) listener.onRefused(error);
      else if (this.value === undefined) listener.onUnknown();
    }
  }

  /** Returns the pause after which the next read ends within the interval, if it takes as long as this one. */
  #planNext(startedAt: number): number {
    const { intervalMs, times } = this.#options;
    const tookMs = performance.now() - startedAt;
    this.#planned = times.plan(startedAt + intervalMs * (1 - SPARE) - tookMs);
    return this.#planned.pauseMs;
  }

  /** Sooner than the next regular read: a failure must not delay what the read would show. */
  #failureMs(error: unknown): number {
    const { intervalMs, maxBackoffMs } = this.#options;
    const ms = backoffMs(intervalMs / 16, this.#failures, Math.min(intervalMs, maxBackoffMs));
    this.#failures += 1;
    const retryAfter = error instanceof UpstreamError ? (error.call.retryAfter ?? 0) : 0;
    return Math.max(retryAfter * 1000, ms * (0.5 + 0.5 * Math.random()));
  }
}
