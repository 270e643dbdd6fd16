import { setMaxListeners } from 'node:events';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { parseJson } from '../../exact-json.js';
import type { Operations, SandboxEnv } from '../env.js';
import type { RequestLog } from './request-log.js';
import type { Traffic } from './traffic.js';

/** Records every request, from its arrival to the end of its response. Must be the first middleware. */
export function recordTraffic({ log }: Traffic, operations: Operations): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const operation = operationOf(c, operations);
    c.set('operation', operation);
    await record(c, log, operation);
    await next();
  };
}

async function record(c: Context<SandboxEnv>, log: RequestLog, operation: string): Promise<void> {
  const { incoming, outgoing } = c.env;
  const startedAt = performance.now();
  const closed = new AbortController();
  // A page of 100 tools is 100 probes that listen to the signal; each stops when its probe ends.
  setMaxListeners(0, closed.signal);
  c.set('signal', closed.signal);
  outgoing.once('close', () => closed.abort());
  const seen = log.begin({
    operation,
    method: c.req.method,
    path: (incoming.url ?? '/').replace(/\?.*$/, ''),
    query: c.req.query(),
    headers: incoming.headers,
    body: await bodyOf(c),
    startedAt,
  });
  outgoing.once('finish', () => log.end(seen, { status: outgoing.statusCode, aborted: false }));
  const onClose = () => {
    const status = outgoing.headersSent ? outgoing.statusCode : undefined;
    log.end(seen, { status, aborted: c.get('cut') !== true });
  };
  if (closed.signal.aborted)
    onClose(); // The client left before its body was read.
  else closed.signal.addEventListener('abort', onClose, { once: true });
}

// The matching routes are known before any of them runs. The last one is the operation, the others are middleware.
function operationOf(c: Context<SandboxEnv>, operations: Operations): string {
  const route = matchedRoutes(c).at(-1);
  return (route && operations.get(`${c.req.method} ${route.path}`)) ?? 'unknown';
}

async function bodyOf(c: Context<SandboxEnv>): Promise<unknown> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return undefined;
  const text = await c.req.text();
  if (text === '') return undefined;
  try {
    return parseJson(text);
  } catch {
    return text; // The route rejects malformed JSON; the log keeps it.
  }
}
