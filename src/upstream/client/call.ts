/** The two REST APIs behind the gateway. */
export type Service = 'inkeep' | 'kataven';

/**
 * Who a call is made as. `headers` are all identity headers that the upstream receives, and nothing else of the client's.
 * `fingerprint` is the SHA-256 over service and headers: whatever is shared between calls is keyed by it.
 * `turn` is the same without the Inkeep ref: callers take turns by it in a lane.
 */
export interface Caller {
  readonly service: Service;
  readonly headers: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly turn: string;
}

/** Probing calls make the upstream dial MCP servers; they wait in a narrow lane of their own. */
export type LaneName = 'plain' | 'probe';

/** One REST call, as the resource modules describe it. Path segments are raw: the client checks and encodes them. */
export interface UpstreamCall {
  /** The documented operation, for example `list-tools`. Names the call in reports, metrics and errors. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly lane: LaneName;
  /** `json` (default): a 2xx must carry JSON. `any`: a 2xx counts whatever its body; `body` is then undefined unless it is JSON. */
  readonly answer?: 'json' | 'any';
}

/** How long a call may take, and when nobody wants it any more. */
export interface CallScope {
  /** Sent as `x-request-id`, with every attempt. A new one unless given; a joined call has that of the call it joined. */
  readonly requestId?: string;
  /** Aborted when the client has left. A joined call goes on while others wait for it. */
  readonly signal?: AbortSignal;
  /** The last moment for an answer, on the clock of `performance.now()`. The lane's own deadline may end the call earlier. */
  readonly deadline?: number;
}

export interface UpstreamAnswer {
  /** To be told of an answer that turns out to be of no use: another shape, or about something else. */
  readonly onUnusable?: (error: Error) => void;
  readonly status: number;
  /** Parsed JSON; undefined where the call said `answer: 'any'` and there was none. */
  readonly body: unknown;
  /** The upstream's own id of the request (`x-request-id`), where it sent one. */
  readonly requestId?: string;
}

/** A call under way. `joined`: an identical call of the same caller was already in flight, and none was sent. */
export interface PendingCall {
  readonly joined: boolean;
  readonly answer: Promise<UpstreamAnswer>;
}
