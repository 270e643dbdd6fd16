import type { IncomingMessage } from 'node:http';
import type { Logger } from '../log.js';
import { type Exchange, firstHeader, readRequestId } from './exchange.js';

/** Headers that a browser sets and a page cannot: `connectionParams` must not stand in for them. */
const OF_THE_UPGRADE = new Set(['cookie', 'origin']);

/** Whoever opened a socket. */
export interface SocketCaller {
  /** The exchange of its next operation. Request ids count up from that of the upgrade: `id:1`, `id:2` … */
  startExchange(signal: AbortSignal, log: Logger): Exchange;
}

/**
 * What a caller presented: its `connectionParams` as headers, names in any letter case, values only where they are strings;
 * cookies and Origin from the upgrade request. As among headers, the first of a name counts.
 */
export function readSocketCaller(request: IncomingMessage, params: Readonly<Record<string, unknown>>): SocketCaller {
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(params)) {
    const name = key.toLowerCase();
    if (typeof value === 'string' && !values.has(name)) values.set(name, value);
  }
  const connectionId = readRequestId(request);
  let count = 0;
  return {
    startExchange(signal, log) {
      count += 1;
      return {
        requestId: `${connectionId}:${count}`,
        headers: (name) => (OF_THE_UPGRADE.has(name) ? firstHeader(request, name) : values.get(name)),
        signal,
        wantsReport: values.get('x-gateway-report') === '1',
        record: { codes: new Set() },
        log,
      };
    },
  };
}
