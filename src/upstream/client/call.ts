import type { AbortLike } from '../../light-abort.js';
import type { Trace } from '../../tracing.js';

/** The two REST APIs behind the gateway. */
export type Service = 'inkeep' | 'kataven';

/**
 * Whose credential a call carries.
 * - `headers`: all identity headers that the upstream receives. No other header of the client is forwarded.
 * - `fingerprint`: SHA-256 over service and headers. It is the key of everything that calls share.
 * - `identity`: the same without the Inkeep ref. Lanes are shared fairly between identities.
 */
export interface Caller {
  readonly service: Service;
  readonly headers: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly identity: string;
}

/** Probing calls, for which the upstream contacts MCP servers, use a narrow lane of their own. */
export type LaneName = 'plain' | 'probe';

/** One REST call, as the resource modules describe it. Path segments are raw: the client checks and encodes them. */
export interface UpstreamCall {
  /** The documented operation, for example `list-tools`. Names the call in reports, metrics and errors. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Whether it may be sent by PATCH instead of PUT, with the same body, if the upstream has no route for PUT. */
  readonly isUpdate?: true;
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly lane: LaneName;
  /** `json` (default): a 2xx must carry JSON. `any`: any 2xx is a success; `body` is undefined unless it is JSON. */
  readonly answer?: 'json' | 'any';
}

/** How long the caller of `request` waits, and under which request id. */
export interface CallScope {
  /** Sent as `x-request-id` with every attempt; a random one by default. A coalesced call has the id of the call that was sent. */
  readonly requestId?: string | undefined;
  /** Aborted when the client disconnects. A coalesced call continues for its other waiters. */
  readonly signal?: AbortLike | undefined;
  /** Deadline on the clock of `performance.now()`. The lane's own deadline may be earlier. */
  readonly deadline?: number;
  /** The span of the call is started below it, and the upstream receives its trace context. */
  readonly trace?: Trace | undefined;
}

export interface UpstreamAnswer {
  /** Reports that the answer is unusable: it has another shape, or it is about something else. */
  readonly onUnusable?: (error: Error) => void;
  readonly status: number;
  /** Parsed JSON; undefined if the call has `answer: 'any'` and the answer has none. */
  readonly body: unknown;
  /** The upstream's own id of the request (`x-request-id`), if it sent one. */
  readonly requestId?: string | undefined;
}

/** A call in flight. `coalesced`: nothing was sent, as an identical call of the same caller was already in flight. */
export interface PendingCall {
  readonly coalesced: boolean;
  readonly answer: Promise<UpstreamAnswer>;
  /** Grows while the call waits for a slot of its lane. Undefined if the call could not start. */
  readonly progress?: { readonly laneWaitMs: number };
}
