// The limits of `src/transport` and `src/status` are in `limits.ts` of these folders.

/** Sizes and counts of arguments and JSON values. They are part of the API: the schema and its errors name them. */
export const GRAPH_LIMITS = Object.freeze({
  /** Rows of a page if neither `first` nor `last` is given. */
  defaultPageSize: 50,
  /** Most rows of a page: five calls of 100 rows. */
  maxPageSize: 500,
  /** Tools that one subscription may name. A project or an agent with more can be watched as a whole. */
  maxSubscribedTools: 100,
  /** Characters of a value of an HTTP header for an MCP server. */
  maxHeaderValueLength: 1_000,
  /** Levels of objects and lists in a JSON value. Code that walks through values is recursive, and the stack holds some thousands. */
  maxJsonDepth: 500,
});

/**
 * Deadlines, sizes and counts of everything that calls the upstreams. `createUpstreams` takes them as an option, so that tests
 * inject shorter ones. Names say the unit; `Ms` is milliseconds.
 */
export const UPSTREAM_LIMITS = Object.freeze({
  /** Time for one GraphQL operation. Longer than the deadline of a probing call, so that fields without it are answered. */
  operationDeadlineMs: 11_500,

  /** Time for one call without probes, the wait in the lane included. Such calls take about 10 ms; the slowest pages 1 s. */
  plainDeadlineMs: 5_000,
  /** Time for one probing call. Inkeep gives up on an MCP server that hangs after 10 s, and answers then. */
  probeDeadlineMs: 11_000,
  /** Calls to Inkeep at a time, without and with probes, if INKEEP_MAX_CALLS and INKEEP_MAX_PROBES are not set. */
  inkeepMaxCalls: 32,
  inkeepMaxProbes: 16,
  /** Calls to Kataven at a time. Kataven rejects further calls of an account. */
  katavenMaxCalls: 20,
  callBudget: Object.freeze({
    /** Kataven rejects further calls of an account in a minute (documented), if KATAVEN_CALLS_PER_MINUTE is not set. */
    katavenMaxCalls: 60,
    windowMs: 60_000,
    /** Accounts whose calls are counted, 10 KB each. */
    maxAccounts: 1_000,
  }),
  /** Calls that may wait in one lane; one caller may have half of them. More could not be answered before their deadline. */
  maxWaitingCalls: 1_000,
  /** `retryAfter` of calls that a full lane refuses, in seconds: a lane of plain calls has moved on by then. */
  laneRetryAfterSeconds: 1,

  /** Time to connect, TLS included. Leaves time for a retry before `plainDeadlineMs`. */
  connectTimeoutMs: 3_000,
  /** Idle time after which a connection is not used again. The upstream closes it after 5 s (Node's default, observed). */
  keepAliveMs: 4_000,
  /** Subtracted from the idle time that the upstream announces (`Keep-Alive: timeout=5`), for the time on the network. */
  keepAliveMarginMs: 1_000,
  /** Most bytes of a 2xx answer, decompressed. A page of 100 tools has less, unless they are unusually large. */
  maxBodyBytes: 5 * 1024 * 1024,
  /** Most bytes of any other answer. Only the reason of an error is read from it. */
  maxErrorBytes: 64 * 1024,
  /** Bodies that are kept, so that an answer with the same bytes is not parsed again: parsing is most of the work for a list. */
  parsedBodies: Object.freeze({
    maxBytes: 16 * 1024 * 1024,
    /** A page of 100 tools has 25 to 200 KB. */
    maxBodyBytes: 512 * 1024,
  }),
  /** Content codings of one answer. Servers use one; each costs time and memory before the content is known. */
  maxContentCodings: 2,
  /** Characters of a path segment. Ids upstream have at most 255. */
  maxPathSegmentLength: 255,

  /** Longest `retryAfter` that is passed on: the longest rate limit window of Kataven is one day. */
  maxRetryAfterSeconds: 86_400,

  rejections: Object.freeze({
    /** Fields of a validation error that reach the client. A form does not have more. */
    maxFields: 50,
    /** Characters of the upstream's message about a field that reach the client. */
    maxFieldMessageLength: 200,
    /** Characters of the upstream's reason for a whole input that reach the client. */
    maxReasonLength: 300,
  }),

  retry: Object.freeze({
    /** Attempts after the first. */
    maxRetries: 2,
    /** Longest wait before the first retry; doubles with each retry. */
    backoffMs: 100,
    /** Longest `Retry-After` that is waited for. After a longer one the client gets the error, and can wait itself. */
    maxRetryAfterMs: 2_000,
    /** Retries that each call adds to the budget: limits retries to 15 % of the calls, so that they do not add to an overload. */
    budgetRatio: 0.15,
    /** Retries that each second adds to the budget, so that there are retries when there are few calls. */
    budgetFloorPerSecond: 1,
    /** Most retries that the budget can hold. */
    budgetMax: 10,
  }),

  breaker: Object.freeze({
    /** Attempts older than this are not judged. */
    windowMs: 10_000,
    /** Latest attempts that are judged: each failure reads all of them. */
    maxOutcomes: 200,
    /** The breaker stays closed while the window has fewer attempts than this: they prove nothing. */
    minAttempts: 10,
    /** Time for which an open breaker refuses calls before it lets a trial through: operations work again within 2 s of an outage. */
    openMs: 1_500,
  }),

  reads: Object.freeze({
    /** A probe that takes longer than this delays no other field: stored fields are read without it. */
    patienceMs: 3_000,
    /**
     * The same when all rows of a page are needed at once: longer than the 10 s after which Inkeep answers for a hanging MCP
     * server, as probing a hundred tools one by one would contact each server again and use up the call budget.
     */
    wholePagePatienceMs: 10_500,
    /** Most rows of a page (Inkeep's and Kataven's maximum). */
    maxPageSize: 100,
    /** Rows of the small pages in which the tools of a late page are probed again: one of them hangs, the others answer. */
    smallPageSize: 10,
    /** Most pages that are requested at once: before it is known that they are needed, and in each round of a search. */
    maxPagesAtOnce: 8,
    /** If at least this many rows are wanted, their list is read instead of each row. */
    minRowsForList: 2,
    /** If at least this many rows are wanted, a search starts with all pages that the list had last time. */
    minRowsForKnownPages: 3,
    /** If at least this many tools are wanted, pages are read however long the list is. */
    minToolsForLongList: 3,
    /** Pages that are read for fewer tools than that. A longer list costs more than single probes. */
    maxPagesForFewTools: 10,
    /** If more live tools than this are wanted, pages are probed: one call for a hundred. */
    maxSingleProbes: 40,
    /** The same if each status is delivered when it is known, because of `@defer`: a list of the default size. */
    maxSingleProbesInParts: 50,
    /**
     * If only statuses of the tools of an agent are selected, and their number is in this range, one call of tool-status reads
     * them. It probes in groups of five, one after the other, so it would be slow for many.
     */
    minToolsForToolStatus: 3,
    maxToolsForToolStatus: 25,
    /** Pages are probed while the list has at most this many unread tools for each one that is missing. */
    maxProbesPerWantedTool: 10,
    /** Lists whose length is remembered, of all callers together: about 200 bytes each. */
    maxRememberedLists: 10_000,
  }),

  /** Callers whose credentials are remembered, so that they are not hashed for each request: at most 20 KB each. */
  maxRememberedCallers: 1_000,
  /** Errors of a chain of causes that are logged. */
  maxLoggedCauses: 8,
  /** Failing calls that the log of one operation remembers, so as not to log a cause twice. */
  maxRememberedFailures: 1_000,
});

/** The type of `UPSTREAM_LIMITS`, with any numbers. */
export type UpstreamLimits = Numbers<typeof UPSTREAM_LIMITS>;

type Numbers<Limits> = {
  readonly [Name in keyof Limits]: Limits[Name] extends number ? number : Numbers<Limits[Name]>;
};
