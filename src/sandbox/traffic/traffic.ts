import { setMaxListeners } from 'node:events';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { parseJson } from '../../exact-json.js';
import type { Operations, SandboxEnv } from '../env.js';
import { answerWithFault, type ErrorBody } from './fault-answers.js';
import { Faults } from './faults.js';
import { Latencies, pause } from './latency.js';
import { RequestLog } from './request-log.js';

/** What arrives at one upstream, and what is done to it before it is answered. */
export class Traffic {
  readonly log = new RequestLog();
  readonly latencies = new Latencies();
  readonly faults = new Faults();

  /** Forgets requests, faults and latencies. */
  reset(): void {
    this.log.reset();
    this.faults.clear();
    this.latencies.clear();
  }
}

/** Records every request, from its arrival to the end of its answer. It comes before everything else. */
export function recordTraffic({ log }: Traffic, operations: Operations): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const operation = operationOf(c, operations);
    c.set('operation', operation);
    await record(c, log, operation);
    await next();
  };
}

/** Makes requests wait and spoils their answers, as was asked for. It comes after recordTraffic. */
export function disturbTraffic({ latencies, faults }: Traffic, errorBody: ErrorBody): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const target = c.env.incoming.url ?? '/';
    await pause(latencies.of(target), c.get('signal'));
    const fault = faults.take({ operation: c.get('operation'), method: c.req.method, target });
    return fault ? answerWithFault(c, next, fault, errorBody) : next();
  };
}

async function record(c: Context<SandboxEnv>, log: RequestLog, operation: string): Promise<void> {
  const { incoming, outgoing } = c.env;
  const startedAt = performance.now();
  const left = new AbortController();
  // A page of 100 tools is 100 probes that all listen; each stops when its probe ends.
  setMaxListeners(0, left.signal);
  c.set('signal', left.signal);
  outgoing.once('close', () => left.abort());
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
  if (left.signal.aborted)
    onClose(); // It was gone before its body had been read.
  else left.signal.addEventListener('abort', onClose, { once: true });
}

// The routes that match are known before any of them runs; the last one is the operation, the others are middleware.
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
    return text; // Broken JSON is for the route to refuse, not for the log.
  }
}
