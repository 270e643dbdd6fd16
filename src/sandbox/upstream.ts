import type { FaultInput } from './traffic/faults.js';
import type { Latency } from './traffic/latency.js';
import type { SeenRequest } from './traffic/request-log.js';
import type { Traffic } from './traffic/traffic.js';

/** What both sandbox upstreams offer to a test: where they are, what they saw, and how they misbehave. */
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

  /** The most requests that were being answered at one moment. */
  get maxInFlight(): number {
    return this.#traffic.log.maxInFlight;
  }

  /** How many requests arrived: of this documented operation, or altogether. */
  count(operation?: string): number {
    return this.#traffic.log.count(operation);
  }

  /** Resolves once so many requests (of this operation, or of any; default 1) have arrived since the last reset. */
  arrived(operation?: string, count?: number): Promise<void> {
    return this.#traffic.log.arrived(operation, count);
  }

  /** Resolves once no request is being answered: after it, `status`, `endedAt` and `aborted` of all are settled. */
  idle(): Promise<void> {
    return this.#traffic.log.idle();
  }

  /** Makes requests wait before they are answered. Zero milliseconds take a latency away again. */
  latency(latency: Latency): void {
    this.#traffic.latencies.set(latency);
  }

  /** Spoils coming answers. Throws a ZodError where the fault is malformed. */
  fault(fault: FaultInput): void {
    this.#traffic.faults.add(fault);
  }

  /** Forgets requests, faults and latencies; not data. */
  reset(): void {
    this.#traffic.reset();
  }
}
