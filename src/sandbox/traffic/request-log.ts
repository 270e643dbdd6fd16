import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';

/** One request as it arrived at a sandbox upstream. Fields without a value yet are undefined while it is being answered. */
export interface SeenRequest {
  /** The documented operation, for example `list-tools`; `unknown` where no route matches. */
  readonly operation: string;
  readonly method: string;
  /** As sent, percent-encoding kept, without the query. */
  readonly path: string;
  /** The first value of each query parameter. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** Parsed where it is JSON, else the text; undefined where there was none. */
  readonly body: unknown;
  /** The status of the answer; undefined while there is none, and where a fault gave none. */
  status: number | undefined;
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
  endedAt: number | undefined;
  /** The client left before the whole answer was sent. */
  aborted: boolean;
}

/** A request on its arrival. */
export type Arrival = Omit<SeenRequest, 'status' | 'endedAt' | 'aborted'>;

// A sandbox can run for days under a polling gateway; the counters below keep the totals when old rows go.
const KEPT_REQUESTS = 10_000;

/** What arrived at one upstream since the last reset. */
export class RequestLog {
  #requests: SeenRequest[] = [];
  #counts = new Map<string, number>();
  #running = new Set<SeenRequest>();
  #maxInFlight = 0;
  readonly #events = new EventEmitter().setMaxListeners(0);

  /** The newest 10 000 requests, oldest first. */
  get requests(): readonly SeenRequest[] {
    return this.#requests;
  }

  get inFlight(): number {
    return this.#running.size;
  }

  /** The most requests that were being answered at one moment. */
  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /** Requests per operation. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** How many requests arrived: of this operation, or altogether. */
  count(operation?: string): number {
    if (operation !== undefined) return this.#counts.get(operation) ?? 0;
    return [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
  }

  /** Notes a request that is complete on the wire and about to be answered. */
  begin(arrival: Arrival): SeenRequest {
    const seen: SeenRequest = { ...arrival, status: undefined, endedAt: undefined, aborted: false };
    this.#requests.push(seen);
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift();
    this.#counts.set(seen.operation, this.count(seen.operation) + 1);
    this.#running.add(seen);
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#running.size);
    this.#events.emit('change');
    return seen;
  }

  /** Notes the end of an answer. The first call counts; later ones change nothing. */
  end(seen: SeenRequest, how: { status: number | undefined; aborted: boolean }): void {
    if (seen.endedAt !== undefined) return;
    Object.assign(seen, how, { endedAt: performance.now() });
    this.#running.delete(seen);
    this.#events.emit('change');
  }

  /** Resolves once so many requests (of this operation, or of any) have arrived since the last reset. */
  arrived(operation?: string, count = 1): Promise<void> {
    return this.#until(() => this.count(operation) >= count);
  }

  /** Resolves once no request is being answered. */
  idle(): Promise<void> {
    return this.#until(() => this.#running.size === 0);
  }

  /** Forgets what arrived. Requests still being answered stay in flight. */
  reset(): void {
    this.#requests = [];
    this.#counts = new Map();
    this.#maxInFlight = this.#running.size;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => this.#events.once('change', resolve));
  }
}
