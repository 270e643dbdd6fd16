import { Hono } from 'hono';
import { z } from 'zod';
import type { SandboxEnv } from '../env.js';
import { FaultSchema } from './faults.js';
import type { Traffic } from './traffic.js';

const LatencySchema = z.object({
  ms: z.number().nonnegative(),
  jitterMs: z.number().nonnegative().optional(),
  match: z.string().optional(),
});

/** What one upstream adds to the control routes: its own statistics, and what a reset clears besides traffic. */
export interface OwnControls {
  stats(): Readonly<Record<string, number>>;
  reset(): void;
}

// The newest requests are of interest; the counters cover the others.
const SHOWN_REQUESTS = 500;

/**
 * The routes with which people and other processes control an upstream: `/__stats`, `/__reset`, `/__latency`, `/__fault`.
 * They return JSON, or 400 with the issues if the input is malformed. They never show headers or bodies of requests.
 */
export function controlRoutes(traffic: Traffic, own?: OwnControls): Hono<SandboxEnv> {
  const stats = () => ({ ...statsOf(traffic), ...own?.stats() });
  const app = new Hono<SandboxEnv>();
  app.get('/__stats', (c) => c.json(stats()));
  app.post('/__reset', (c) => {
    traffic.reset();
    own?.reset();
    return c.json(stats());
  });
  app.post('/__latency', async (c) => {
    const latency = LatencySchema.safeParse(await jsonOf(c.req.raw));
    if (!latency.success) return c.json({ error: latency.error.issues }, 400);
    traffic.latencies.set(latency.data);
    return c.json({ latencies: traffic.latencies.rules });
  });
  app.post('/__fault', async (c) => {
    const fault = FaultSchema.safeParse(await jsonOf(c.req.raw));
    if (!fault.success) return c.json({ error: fault.error.issues }, 400);
    traffic.faults.add(fault.data);
    return c.json({ faults: traffic.faults.waiting });
  });
  return app;
}

/** The body of a control request, with any content type, as `curl -d` sends it; undefined if it is not JSON. */
export async function jsonOf(request: Request): Promise<unknown> {
  return request.json().catch(() => undefined);
}

function statsOf({ log, faults, latencies }: Traffic) {
  return {
    total: log.count(),
    inFlight: log.inFlight,
    maxInFlight: log.maxInFlight,
    byOperation: Object.fromEntries(log.counts),
    latencies: latencies.rules,
    faults: faults.waiting,
    requests: log.requests
      .slice(-SHOWN_REQUESTS)
      .map(({ operation, method, path, query, status, aborted, ...times }) => ({
        operation,
        method,
        path,
        query,
        status,
        aborted,
        ms: times.endedAt === undefined ? undefined : times.endedAt - times.startedAt,
      })),
  };
}
