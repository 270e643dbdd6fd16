/** What is counted in each second of the simulation. */
export type Counter = 'probes' | 'polls' | 'reads' | 'serviceReads' | 'commands' | 'redisBytes' | 'events' | 'people';

/** The figures of each second of a simulation, by the number of the second since it was created. */
export class Recording {
  readonly #startedAt = performance.now();
  readonly #counts = new Map<Counter, number[]>();
  /** Delays of changes in ms, by the second in which the change was made. */
  readonly #delays: number[][] = [];

  add(counter: Counter, atMs: number, by = 1): void {
    const seconds = this.#secondsOf(counter);
    const second = this.#secondOf(atMs);
    seconds[second] = (seconds[second] ?? 0) + by;
  }

  /** One watcher has received a change that was made at `changedAt`. */
  received(changedAt: number, now: number): void {
    const second = this.#secondOf(changedAt);
    this.#delays[second] ??= [];
    this.#delays[second].push(now - changedAt);
  }

  /** Mean and most in a second, from the second `from` to the second before `to`. */
  rate(counter: Counter, from: number, to: number): { readonly mean: number; readonly most: number } {
    const seconds = this.series(counter, to).slice(from);
    return { mean: seconds.reduce((sum, one) => sum + one, 0) / seconds.length, most: Math.max(...seconds) };
  }

  /** The counts of the first `to` seconds. */
  series(counter: Counter, to: number): readonly number[] {
    const seconds = this.#secondsOf(counter);
    return Array.from({ length: to }, (_, second) => seconds[second] ?? 0);
  }

  /** Parts (0 to 1) of the delays of the changes in these seconds; NaN if there were none. */
  delays(from: number, to: number, parts: readonly number[]): readonly number[] {
    const sorted = Float64Array.from(this.#delays.slice(from, to).flatMap((one) => one ?? [])).sort();
    return parts.map((part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN);
  }

  #secondOf(atMs: number): number {
    return Math.floor((atMs - this.#startedAt) / 1_000);
  }

  #secondsOf(counter: Counter): number[] {
    const seconds = this.#counts.get(counter) ?? [];
    this.#counts.set(counter, seconds);
    return seconds;
  }
}
