/**
 * Deadlines, sizes and counts of live status. `StatusHub` takes them as an option, so that tests inject shorter ones. Names say the
 * unit; `Ms` is milliseconds.
 */
export const STATUS_LIMITS = Object.freeze({
  /** A poll that takes longer is cancelled or counts as slow, so that one hanging tool does not delay the others. */
  slowPollMs: 3_000,
  /** A single poll that takes longer moves to the slots of slow polls, or gives its slot up if these are all taken. */
  slowSlotMs: 500,
  /** A tool that hangs is not polled again for this many times the duration of its poll. */
  restFactor: 5,
  /** Slots that slow polls leave free for fast ones, if there are that many. */
  slotsForFastPolls: 4,

  /** With more tools than this per page of the project, pages are polled instead of single tools. */
  minToolsForBulkPoll: 40,
  /** A bulk poll that takes longer is backed up by single polls of the tools that have never been observed. */
  hedgeMs: 200,
  /** After a bulk poll that timed out, tools are polled singly for this many intervals, */
  singlyIntervals: 10,
  /** and for at least this long: four times `slowPollMs`. */
  singlyMs: 12_000,

  /** Pauses vary by this part of the interval, so that watches that started together spread out. */
  jitter: 0.1,
  /** Longest pause while the upstream fails, unless its Retry-After is longer. */
  maxBackoffMs: 60_000,
  /** Removals of tools that a watch remembers, for instances that have missed the message about one. */
  maxRememberedRemovals: 100,
  /** Shortest time between two reads of which tools a service credential sees, however many tools are new. */
  minCoverageGapMs: 1_000,
  /** Upstream calls of one poll, or of what watchers select of one change. */
  maxCallsPerPoll: 1_000,

  /** Sharing through Redis. */
  redis: Object.freeze({
    /** A lease expires after this many intervals: longer than a late round takes, so that no other instance starts to poll. */
    leaseIntervals: 1.2,
    /** Renewals in the time of one lease, so that one or two may fail. */
    renewalsPerLease: 3,
    /** Redis keeps the number of the last lease for a day, so that numbers rise even if its clock is set back. */
    leaseNumberMs: 86_400_000,
    /** A Redis that does not answer for this part of the interval is unavailable: then each instance polls by itself, on time. */
    answerIntervals: 0.8,
    /** Longest time for an answer, however long the interval is. Redis normally answers within a millisecond. */
    maxAnswerMs: 2_000,
    /** A connection without an answer for this many times the time for an answer is closed and opened again. */
    silenceFactor: 3,
    /** Time to connect, TLS included. */
    connectMs: 2_000,
    /** The pause before the first attempt to reconnect; doubles with each attempt. */
    minRetryMs: 200,
    /** The longest pause between two attempts, so that polls are shared soon after Redis is back. */
    maxRetryMs: 2_000,
  }),
});

type Numbers<Limits> = {
  readonly [Name in keyof Limits]: Limits[Name] extends number ? number : Numbers<Limits[Name]>;
};

/** The type of `STATUS_LIMITS`, with any numbers. */
export type StatusLimits = Numbers<typeof STATUS_LIMITS>;

/** The part of `StatusLimits` about Redis. */
export type RedisLimits = StatusLimits['redis'];
