import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';

/** One request as it arrived at a sandbox upstream. `status` and `endedAt` are undefined until it ends. */
export interface SeenRequest {
  /** The documented operation, for example `list-tools`; `unknown` if no route matches. */
  readonly operation: string;
  readonly method: string;
  /** As sent, with percent-encoding and without the query. */
  readonly path: string;
  /** The first value of each query parameter. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** Parsed if it is JSON, otherwise the text; undefined if there is none. */
  readonly body: unknown;
  /** The status of the response; undefined until there is one, and if a fault prevented it. */
  status: number | undefined;
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
  endedAt: number | undefined;
  /** Whether the client left before it received the whole response. */
  aborted: boolean;
}

/** A request when it arrives. */
export type Arrival = Omit<SeenRequest, 'status' | 'endedAt' | 'aborted'>;

// A sandbox can run for days behind a polling gateway. The counters keep the totals when old requests are dropped.
const KEPT_REQUESTS = 10_000;

/** The requests that one upstream received since the last reset. */
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

  /** The maximum of concurrent requests. */
  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /** Requests per operation. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** The number of requests that arrived, in total or of this operation. */
  count(operation?: string): number {
    if (operation !== undefined) return this.#counts.get(operation) ?? 0;
    return [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
  }

  /** Adds a request that has arrived completely. */
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

  /** Ends a request. Only the first call has an effect. */
  end(seen: SeenRequest, how: { status: number | undefined; aborted: boolean }): void {
    if (seen.endedAt !== undefined) return;
    Object.assign(seen, how, { endedAt: performance.now() });
    this.#running.delete(seen);
    this.#events.emit('change');
  }

  /** Resolves when `count` requests, of this operation or of any, have arrived since the last reset. */
  arrived(operation?: string, count = 1): Promise<void> {
    return this.#until(() => this.count(operation) >= count);
  }

  /** Resolves when no request is in flight. */
  idle(): Promise<void> {
    return this.#until(() => this.#running.size === 0);
  }

  /** Clears the log. Requests in flight stay in flight. */
  reset(): void {
    this.#requests = [];
    this.#counts = new Map();
    this.#maxInFlight = this.#running.size;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => this.#events.once('change', resolve));
  }
}
