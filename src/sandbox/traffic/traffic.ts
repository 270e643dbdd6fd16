import { Faults } from './faults.js';
import { Latencies } from './latency.js';
import { RequestLog } from './request-log.js';

/** The requests that one upstream received, and the latencies and faults of its responses. */
export class Traffic {
  readonly log = new RequestLog();
  readonly latencies = new Latencies();
  readonly faults = new Faults();

  /** Clears requests, faults and latencies. */
  reset(): void {
    this.log.reset();
    this.faults.clear();
    this.latencies.clear();
  }
}
