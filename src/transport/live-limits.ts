/** What long-lived connections may do. All are for tests to make smaller; times in milliseconds. */
export interface LiveLimits {
  /** Between two signs of life: a ping on a socket, a comment on an event stream. Who missed one is cut at the next. */
  readonly pingMs: number;
  /** From the upgrade to `connection_init`. */
  readonly initMs: number;
  /** How long more than `maxUnsentBytes` may wait for a socket's client. */
  readonly stallMs: number;
  /** How long a client may take to agree to the end of its socket. */
  readonly closeMs: number;
  readonly maxUnsentBytes: number;
  readonly maxFrameBytes: number;
  /** Operations of one socket that have not ended. */
  readonly maxOperations: number;
}

/** Proxies drop connections that are silent for 15 s to a minute. */
export const LIVE_LIMITS: LiveLimits = {
  pingMs: 12_000,
  initMs: 3_000,
  stallMs: 5_000,
  closeMs: 5_000,
  maxUnsentBytes: 1024 * 1024,
  maxFrameBytes: 128 * 1024,
  maxOperations: 100,
};
