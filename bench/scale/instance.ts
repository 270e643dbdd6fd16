import { LRUCache } from 'lru-cache';
import { Registry } from 'prom-client';
import { UPSTREAM_LIMITS } from '../../src/limits.js';
import { createLogger } from '../../src/log.js';
import { StatusHub } from '../../src/status/hub.js';
import { Tracing } from '../../src/tracing.js';
import type { Caller } from '../../src/upstream/client/call.js';
import { FailureLog } from '../../src/upstream/failure-log.js';
import { Operation } from '../../src/upstream/operation.js';
import type { FakeConnection, FakeRedis } from './fake-redis.js';
import type { FakeUpstream } from './fake-upstream.js';

export interface Settings {
  readonly intervalMs: number;
  readonly accessMs: number;
  /** INKEEP_MAX_PROBES and INKEEP_MAX_CALLS. */
  readonly maxProbes: number;
  readonly maxCalls: number;
}

const log = createLogger('silent');

export function callerOf(token: string): Caller {
  return { service: 'inkeep', headers: { authorization: token }, fingerprint: token, identity: token };
}

/** One instance of the gateway, as far as live status goes: its hub, and the operations that its people start. */
export class Instance {
  readonly #upstream: FakeUpstream;
  readonly #hub: StatusHub;
  readonly #listTotals = new LRUCache<string, number>({ max: UPSTREAM_LIMITS.reads.maxRememberedLists });
  #connection: FakeConnection | undefined;

  constructor(upstream: FakeUpstream, redis: FakeRedis, settings: Settings, service: Caller) {
    this.#upstream = upstream;
    this.#hub = new StatusHub({
      intervalMs: settings.intervalMs,
      maxPolls: Math.ceil(settings.maxProbes / 2),
      registry: new Registry(),
      upstreamUrl: 'https://inkeep.example.com',
      redisUrl: 'redis://redis.example.com',
      connectRedis: ({ onChange }) => {
        this.#connection = redis.connect(onChange);
        return this.#connection;
      },
      service: {
        begin: () => this.#begin(service),
        accessMs: settings.accessMs,
        maxReads: Math.ceil(settings.maxCalls / 2),
      },
      log,
      tracing: new Tracing(),
    });
  }

  /** The changes of an agent's tools, as a subscription of this person receives them. */
  watch(person: Caller, agent: number) {
    return this.#hub.watch(this.#begin(person), { agent: this.#upstream.agentKey(agent) }, { withLive: false });
  }

  /** Its process has ended without a word: the subscriptions must be ended after this. */
  die(): void {
    this.#connection?.cut();
    void this.#hub.close();
  }

  #begin(caller: Caller): Operation {
    const requestId = 'scale';
    return new Operation({
      clients: { inkeep: this.#upstream },
      credentials: { inkeep: caller },
      listTotals: this.#listTotals,
      maxCalls: 100,
      limits: UPSTREAM_LIMITS,
      requestId,
      log,
      failures: new FailureLog(log, requestId, 100),
    });
  }
}
