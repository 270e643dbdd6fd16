import type { FaultInput } from './traffic/faults.js';
import type { Latency } from './traffic/latency.js';
import type { SeenRequest } from './traffic/request-log.js';
import type { Traffic } from './traffic/traffic.js';

/** The part that both sandbox upstreams share: their address, the requests they received, latencies and faults. */
export class SandboxUpstream {
  /** Everything before the resource routes, without a slash at the end. */
  readonly url: string;
  readonly #traffic: Traffic;

  constructor(url: string, traffic: Traffic) {
    this.url = url;
    this.#traffic = traffic;
  }

  /** Requests that arrived since the last reset, oldest first; control routes are left out. */
  get requests(): readonly SeenRequest[] {
    return this.#traffic.log.requests;
  }

  /** The maximum of concurrent requests. */
  get maxInFlight(): number {
    return this.#traffic.log.maxInFlight;
  }

  /** The number of requests that arrived, in total or of this documented operation. */
  count(operation?: string): number {
    return this.#traffic.log.count(operation);
  }

  /** Resolves when `count` requests (default 1), of this operation or of any, have arrived since the last reset. */
  arrived(operation?: string, count?: number): Promise<void> {
    return this.#traffic.log.arrived(operation, count);
  }

  /** Resolves when no request is in flight. All requests then have their final `status`, `endedAt` and `aborted`. */
  idle(): Promise<void> {
    return this.#traffic.log.idle();
  }

  /** Delays responses. Zero milliseconds remove a latency. */
  latency(latency: Latency): void {
    this.#traffic.latencies.set(latency);
  }

  /** Adds a fault to the next responses. Throws a ZodError if the fault is malformed. */
  fault(fault: FaultInput): void {
    this.#traffic.faults.add(fault);
  }

  /** Clears requests, faults and latencies. The data stays. */
  reset(): void {
    this.#traffic.reset();
  }
}
