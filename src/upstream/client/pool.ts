import { type Dispatcher, Pool } from 'undici';
import { createProxyAgent, type ProxySettings } from './proxy.js';

export interface PoolOptions {
  /** Most connections: as many as all lanes together have slots. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** A connection that has been idle this long is not used again. */
  readonly keepAliveMs: number;
  /** Subtracted from the idle time that the upstream announces. */
  readonly keepAliveMarginMs: number;
  /** Undefined if the origin is called directly. */
  readonly proxy?: ProxySettings | undefined;
}

/**
 * Connections to one origin, one request at a time on each. The upstream closes an idle connection after 5 s (Node's default,
 * observed), so the pool closes it earlier, even if the upstream announces a longer time.
 * undici's timeouts for headers and body are off: the deadline of the call covers all of it.
 */
export function createPool(origin: string, options: PoolOptions): Dispatcher {
  const { connectTimeoutMs, proxy } = options;
  const shared = {
    connections: options.connections,
    pipelining: 1,
    keepAliveTimeout: options.keepAliveMs,
    keepAliveMaxTimeout: options.keepAliveMs,
    keepAliveTimeoutThreshold: options.keepAliveMarginMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  if (proxy) return createProxyAgent(origin, proxy, { ...shared, connectTimeoutMs });
  return new Pool(origin, { ...shared, connect: { timeout: connectTimeoutMs } });
}
