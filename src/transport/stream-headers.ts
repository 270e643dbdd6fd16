/** The headers of a response that is sent piece by piece. Proxies that compress would buffer it, and so would nginx. */
export const STREAM_HEADERS = { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' } as const;
