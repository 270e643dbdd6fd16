/** Limits of event streams and WebSockets. Times are in milliseconds. Tests use smaller ones. */
export interface LiveLimits {
  /** Time between two pings on a socket, or two comments on an event stream. A client that misses one is cut off at the next. */
  readonly pingMs: number;
  /** Time from the upgrade to `connection_init`. */
  readonly initMs: number;
  /** How long more than `maxUnsentBytes` may wait to be read by the client of a socket. */
  readonly stallMs: number;
  /** How long a client may take to answer a close frame. */
  readonly closeMs: number;
  readonly maxUnsentBytes: number;
  readonly maxFrameBytes: number;
  /** Operations of one socket that have not ended. */
  readonly maxOperations: number;
}

/** Proxies close connections that are silent for 15 to 60 s. */
export const LIVE_LIMITS: LiveLimits = {
  pingMs: 12_000,
  initMs: 3_000,
  stallMs: 5_000,
  closeMs: 5_000,
  maxUnsentBytes: 1024 * 1024,
  maxFrameBytes: 128 * 1024,
  maxOperations: 100,
};
