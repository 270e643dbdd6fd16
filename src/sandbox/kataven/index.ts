import { Hono } from 'hono';
import type { Operations } from '../env.js';
import { listen } from '../server.js';
import { controlRoutes } from '../traffic/control.js';
import { disturbTraffic } from '../traffic/disturb.js';
import { recordTraffic } from '../traffic/record.js';
import { Traffic } from '../traffic/traffic.js';
import { SandboxUpstream } from '../upstream.js';
import { defineAgentTools } from './agent-tools.js';
import { defineAgents } from './agents.js';
import { authenticate, type KatavenEnv } from './auth.js';
import { answerFailure, failureText } from './failures.js';
import { limitRate, type RateLimits } from './limits.js';
import { operationsOn, PREFIX } from './operation.js';
import type { AgentToolRow, VoiceAgentRow, VoiceToolRow } from './rows.js';
import { Seeding } from './seeding.js';
import { Store } from './store.js';
import { defineTools } from './tools.js';

export interface KatavenOptions extends RateLimits {
  /** 0: a free port. */
  readonly port: number;
}

/** The Hub API of the sandbox. Rows are added without a request; members that are not given have defaults. */
export class KatavenSandbox extends SandboxUpstream {
  readonly #seeding: Seeding;

  constructor(origin: string, traffic: Traffic, seeding: Seeding) {
    super(`${origin}${PREFIX}`, traffic);
    this.#seeding = seeding;
  }

  addAgent(row: Partial<VoiceAgentRow> & { id: string }): VoiceAgentRow {
    return this.#seeding.addAgent(row);
  }

  /** The default id is a UUID derived from the name. */
  addTool(row: Partial<VoiceToolRow> & { name: string }): VoiceToolRow {
    return this.#seeding.addTool(row);
  }

  /** The row of an agent and a tool, which need not exist. Replaces an earlier row of the same two. */
  addRow(row: Partial<AgentToolRow> & { agent_id: string; tool_name: string }): AgentToolRow {
    return this.#seeding.addRow(row);
  }
}

/** Starts the Hub API, empty. Rejects if the port is in use. */
export async function startKataven(
  options: KatavenOptions,
): Promise<{ sandbox: KatavenSandbox; close(): Promise<void> }> {
  const traffic = new Traffic();
  const store = new Store();
  const { origin, close } = await listen(katavenApp(store, traffic, options), options.port);
  return { sandbox: new KatavenSandbox(origin, traffic, new Seeding(store)), close };
}

function katavenApp(store: Store, traffic: Traffic, limits: RateLimits): Hono<KatavenEnv> {
  const operations: Operations = new Map();
  const app = new Hono<KatavenEnv>();
  app.onError(answerFailure);
  app.route('/', controlRoutes(traffic));
  app.use('*', recordTraffic(traffic, operations));
  // A delayed request counts as in flight, so the limits come before the delay.
  app.use(`${PREFIX}/*`, authenticate, limitRate(limits));
  app.use('*', disturbTraffic(traffic, failureText));
  const define = operationsOn(app, operations);
  defineAgents(define, store);
  defineAgentTools(define, store);
  defineTools(define, store);
  return app;
}
