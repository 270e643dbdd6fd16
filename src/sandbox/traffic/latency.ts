import { setTimeout as sleep } from 'node:timers/promises';

/** Time added before a request is answered, in milliseconds. */
export interface Latency {
  readonly ms: number;
  /** The maximum of a random addition, evenly distributed. */
  readonly jitterMs?: number;
  /** Only requests whose path with query contains this. Default: all requests. */
  readonly match?: string;
}

/** The latencies in force at one upstream. The newest one that matches a request applies. */
export class Latencies {
  #rules: Latency[] = [];

  get rules(): readonly Latency[] {
    return this.#rules;
  }

  /** Adds a latency, or replaces the one with the same `match`. Zero milliseconds remove it. */
  set(latency: Latency): void {
    this.#rules = this.#rules.filter(({ match }) => match !== latency.match);
    if (latency.ms > 0 || latency.jitterMs) this.#rules.unshift(latency);
  }

  clear(): void {
    this.#rules = [];
  }

  /** Milliseconds to wait for this path with query. */
  of(target: string): number {
    const rule = this.#rules.find(({ match }) => match === undefined || target.includes(match));
    return rule ? rule.ms + Math.random() * (rule.jitterMs ?? 0) : 0;
  }
}

/** Waits; rejects with an AbortError as soon as the signal is aborted. Zero does not wait at all. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms > 0) await sleep(ms, undefined, { signal });
}
