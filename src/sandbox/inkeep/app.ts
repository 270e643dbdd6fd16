import { randomUUID } from 'node:crypto';
import { Hono, type MiddlewareHandler } from 'hono';
import type { Operations } from '../env.js';
import { controlRoutes, jsonOf } from '../traffic/control.js';
import { disturbTraffic } from '../traffic/disturb.js';
import { recordTraffic } from '../traffic/record.js';
import type { Traffic } from '../traffic/traffic.js';
import { authenticate } from './auth.js';
import { type Connections, withConnection } from './connections.js';
import type { InkeepEnv } from './env.js';
import type { Discovery } from './mcp/discovery.js';
import { McpInput, type McpServers } from './mcp/mcp-servers.js';
import { answerProblem, problemText } from './problems.js';
import { defineAgents } from './routes/agents.js';
import { defineCredentials } from './routes/credentials.js';
import { defineFullAgent } from './routes/full-agent.js';
import { operationsOn } from './routes/operation.js';
import { defineProjects } from './routes/projects.js';
import { defineRelations } from './routes/relations.js';
import { defineSubAgents } from './routes/sub-agents.js';
import { defineToolStatus } from './routes/tool-status.js';
import { defineTools } from './routes/tools.js';
import type { Store } from './store/store.js';

export interface InkeepParts {
  readonly store: Store;
  readonly servers: McpServers;
  readonly discovery: Discovery;
  readonly connections: Connections;
  readonly traffic: Traffic;
  readonly updateMethods: readonly ('PUT' | 'PATCH')[];
}

/**
 * The manage API over a store, with its control routes. In comments, `(observed)` marks behaviour that was seen in
 * version 0.80.6 of the API, and `(recorded)` behaviour that is also in the exchanges of `test/sandbox/recordings`.
 */
export function inkeepApp(parts: InkeepParts): Hono<InkeepEnv> {
  const { store, discovery, traffic, updateMethods } = parts;
  const operations: Operations = new Map();
  const app = new Hono<InkeepEnv>();
  app.onError(answerProblem);
  app.route(
    '/',
    controlRoutes(traffic, { stats: () => ({ probes: discovery.count() }), reset: () => discovery.reset() }),
  );
  defineMcpControl(app, parts.servers);
  app.use('*', usualHeaders, recordTraffic(traffic, operations), disturbTraffic(traffic, problemText));
  app.use('/manage/tenants/*', authenticate, withConnection(parts.connections));
  const define = operationsOn(app, store, operations);
  defineProjects(define, store);
  defineAgents(define, store);
  defineSubAgents(define, store);
  defineTools(define, store, discovery, updateMethods);
  defineRelations(define, store, updateMethods);
  defineToolStatus(define, store, discovery);
  defineCredentials(define, store);
  defineFullAgent(define, store);
  return app;
}

// The response repeats the request id, and has the upstream's headers for browsers. (observed)
const usualHeaders: MiddlewareHandler<InkeepEnv> = async (c, next) => {
  await next();
  c.header('x-request-id', c.req.header('x-request-id') || randomUUID());
  c.header('x-content-type-options', 'nosniff');
  c.header('referrer-policy', 'strict-origin-when-cross-origin');
  c.header('vary', 'Origin');
};

function defineMcpControl(app: Hono<InkeepEnv>, servers: McpServers): void {
  app.post('/__mcp', async (c) => {
    const input = McpInput.safeParse(await jsonOf(c.req.raw));
    if (!input.success) return c.json({ error: input.error.issues }, 400);
    const { toolId, url, ...behaviour } = input.data;
    servers.set(toolId ?? url ?? '', behaviour);
    return c.json({ mcp: input.data });
  });
}
