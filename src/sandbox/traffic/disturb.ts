import type { MiddlewareHandler } from 'hono';
import type { SandboxEnv } from '../env.js';
import { answerWithFault, type ErrorBody } from './fault-answers.js';
import { pause } from './latency.js';
import type { Traffic } from './traffic.js';

/** Applies the latencies and faults to each request. Must come after recordTraffic. */
export function disturbTraffic({ latencies, faults }: Traffic, errorBody: ErrorBody): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const target = c.env.incoming.url ?? '/';
    await pause(latencies.of(target), c.get('signal'));
    const fault = faults.take({ operation: c.get('operation'), method: c.req.method, target });
    return fault ? answerWithFault(c, next, fault, errorBody) : next();
  };
}
