/**
 * Deadlines, sizes and counts of everything that faces the network. `createTransport` takes them as an option, so that tests
 * inject shorter ones. Names say the unit; `Ms` is milliseconds.
 */
export const TRANSPORT_LIMITS = Object.freeze({
  http: Object.freeze({
    /** Time for the headers of a request. A slow client must not hold a connection for long. */
    headersMs: 10_000,
    /** Time for a whole request, body included. */
    requestMs: 30_000,
    /** How often the two times above are checked. */
    checkMs: 5_000,
    /** Idle time after which a connection is closed: longer than the 60 s of proxies, which must not use it again after that. */
    keepAliveMs: 65_000,
    /**
     * Open connections, WebSockets included. A flood of connections must not use up the memory. The number is an estimate: 20
     * times the 1,000 sockets of the largest benchmark.
     */
    maxConnections: 20_000,
    /** Time between two warnings about refused connections. */
    dropLogMs: 60_000,
    /** Bytes of the request line and the headers together. */
    maxHeaderBytes: 16_384,
    /** Bytes of a request body: 2 MiB, because an `imageUrl` may be a data URL of 1 MB. */
    maxBodyBytes: 2 * 1024 * 1024,
    /** How long the rest of a refused body is read, so that the client can read the answer. */
    lingerMs: 1_000,
    /** Time for responses in flight when the gateway closes. */
    graceMs: 10_000,
    /** Time for which idle connections stay open then: longer than a request of a proxy is on its way. */
    closeIdleMs: 500,
    /** `Accept` headers that are remembered. Clients send few different ones. */
    maxRememberedAccepts: 100,
    /** Characters of a header in the log. */
    maxLoggedHeaderChars: 200,
    /** Refused values of each header that are logged. Clients can send any number of distinct ones. */
    maxLoggedValues: 100,
    /** Seconds for which a browser remembers that a page may send a request: the most that Chromium remembers. */
    preflightMaxAgeS: 7_200,
  }),

  live: Object.freeze({
    /**
     * Time between two pings on a socket, or two comments on an event stream. Proxies close connections that are silent for
     * 15 to 60 s. A client that misses one is cut off at the next.
     */
    pingMs: 12_000,
    /** Time from the upgrade to `connection_init`. */
    initMs: 3_000,
    /** How long more than `maxUnsentBytes` may wait to be read by the client of a socket. */
    stallMs: 5_000,
    /** How long a client may take to answer a close frame. */
    closeMs: 5_000,
    maxUnsentBytes: 1024 * 1024,
    maxFrameBytes: 128 * 1024,
    /** Operations of one socket that have not ended. */
    maxOperations: 100,
  }),

  log: Object.freeze({
    /** Characters of the name and of the version of a client in the log. */
    maxClientChars: 100,
    /** Upstream calls that the log shows for a slow operation: the slowest ones. */
    maxSlowCalls: 20,
  }),

  documents: Object.freeze({
    /** Errors of one validation. Finding all errors of a hostile document takes too long. */
    maxErrors: 20,
    /** Problems that are listed for the variables of one operation. */
    maxVariableProblems: 20,
    /** Names of an enum that an error message lists. */
    maxListedEnumValues: 20,
    /** Characters of an operation's name in the log. */
    maxOperationNameLength: 100,
    /** Characters of the message of graphql-js about a variable: a client can choose long names. */
    maxVariableMessageLength: 300,
    /** Bytes of heap for parsed documents. Clients send a few documents often; a flood of distinct ones must not fill the memory. */
    maxCacheBytes: 64 * 1024 * 1024,
    /** Bytes of heap of one cached document; a larger one is parsed for each request. */
    maxCachedDocumentBytes: 8 * 1024 * 1024,
    /** Executions of a query after which code is generated for it: generating takes as long as some hundred executions. */
    runsBeforeCompiling: 3,
    /** Bytes of heap for generated code and its documents: about 160 documents of 14 fields. */
    maxCompiledBytes: 16 * 1024 * 1024,
    /** Bytes of heap for generated code of persisted operations, which is never dropped: about 800 documents of 14 fields. */
    maxPersistedCompiledBytes: 64 * 1024 * 1024,
    /** Parts of a result with `@defer`; with more, it is delivered at once. Each part makes waiting for the next one slower. */
    maxResultParts: 1_000,
    /** Persisted operations that are not valid and that the message of a failed start names. */
    maxPersistedProblems: 20,
    /** Bytes of heap of the code of one document: about 170 fields. A larger one is always executed without. */
    maxCompiledDocumentBytes: 1024 * 1024,
  }),

  /**
   * What a document may have, all its operations and fragments together: a fragment counts each time it is spread. The names are
   * those of `extensions.limit`. The tests have what must pass: the examples, the introspection of all tools, and a query
   * through every type down to the functions of a tool.
   */
  shape: Object.freeze({
    /** The introspection queries have 350. Parsed, it takes 5 MB, and validating it 0.3 s at most. */
    tokens: 10_000,
    /** Selection sets and fragments in each other. The deepest honest query has 13 fields, with a fragment for each 26 levels. */
    depth: 50,
    fields: 5_000,
    /** Twenty objects by 10 aliases each; aliases repeat work that merged fields do once. */
    aliases: 500,
    /** More upstream calls than MAX_UPSTREAM_CALLS allows by default. */
    rootFields: 200,
    /** One for each fragment of a large page. */
    directives: 500,
    /** A page of 100 components whose fragments spread those of their parts. */
    fragmentSpreads: 1_000,
    /** `__schema` and `__type`. gql.tada selects four. Each answer of `__schema` can have 0.5 MB. */
    introspectionFields: 8,
    /** Aliases below them: no tool uses any, and each makes the answer larger. */
    introspectionAliases: 0,
    /** The introspection queries have 17. */
    introspectionDepth: 25,
    /**
     * Rows of the operation that is executed, if every list is as long as its arguments allow. Four levels of lists of the default
     * size have 127,550.
     */
    rows: 200_000,
    /** Fields of all these rows. 400,000 take 1 s and 8 MB, so 500 aliases in 200,000 rows would hold the gateway for minutes. */
    values: 2_500_000,
  }),
});

/** The type of `TRANSPORT_LIMITS`, with any numbers. */
export type TransportLimits = {
  readonly [Group in keyof typeof TRANSPORT_LIMITS]: {
    readonly [Name in keyof (typeof TRANSPORT_LIMITS)[Group]]: number;
  };
};

/** Limits of event streams and WebSockets. */
export type LiveLimits = TransportLimits['live'];
