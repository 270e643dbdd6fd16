import { LRUCache } from 'lru-cache';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { Service } from './client/call.js';
import { createUpstreamClient, type UpstreamClient } from './client/client.js';
import type { ProxySettings } from './client/proxy.js';
import { type CredentialRules, type HeaderReader, readCredentials } from './credentials.js';
import { FailureLog } from './failure-log.js';
import { INKEEP_ID } from './inkeep/keys.js';
import { Operation, type OperationOptions } from './operation.js';

/** Configuration of one upstream. `anonymousToken` is used for callers without a credential. */
export interface UpstreamSettings {
  readonly url: string;
  /** Undefined if it is called directly. */
  readonly proxy?: ProxySettings | undefined;
  readonly anonymousToken?: string | undefined;
  readonly anonymousAccountId?: string | undefined;
}

export interface UpstreamsOptions {
  readonly inkeep?: UpstreamSettings | undefined;
  readonly kataven?: UpstreamSettings | undefined;
  readonly inkeepMaxProbes: number;
  readonly inkeepMaxCalls: number;
  readonly maxCallsPerOperation: number;
  readonly coalesce: boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** The id of the operation in the logs, and the signal that ends it. */
type OperationScope = Pick<OperationOptions, 'requestId' | 'signal'>;

export interface Upstreams {
  /** Starts the upstream side of one operation, with the credentials in these headers. */
  begin(header: HeaderReader, scope: OperationScope): Operation;
  close(): Promise<void>;
}

const PLAIN_DEADLINE_MS = 5_000;
/** The upstream gives up on a hanging MCP server after 10 s. */
const PROBE_DEADLINE_MS = 11_000;
/** Kataven answers 20 calls of an account at a time and refuses more. */
const KATAVEN_MAX_CALLS = 20;
/** Lists whose length is remembered, of all callers together. */
const REMEMBERED_LISTS = 10_000;

/** Creates the clients of the configured upstreams, shared by all operations. Opens no connection. */
export function createUpstreams(options: UpstreamsOptions): Upstreams {
  const clients = createClients(options);
  const rules: CredentialRules = { inkeep: options.inkeep, kataven: options.kataven };
  const listTotals = new LRUCache<string, number>({ max: REMEMBERED_LISTS });
  return {
    begin: (header, { requestId, signal }) =>
      new Operation({
        clients,
        credentials: readCredentials(header, rules),
        listTotals,
        maxCalls: options.maxCallsPerOperation,
        requestId,
        failures: new FailureLog(options.log, requestId),
        signal,
      }),
    async close() {
      await Promise.all(Object.values(clients).map((client) => client.close()));
    },
  };
}

function createClients(options: UpstreamsOptions): Partial<Record<Service, UpstreamClient>> {
  const { inkeep, kataven, coalesce, log, metrics } = options;
  return {
    ...(inkeep && {
      inkeep: createUpstreamClient({
        service: 'inkeep',
        baseUrl: inkeep.url,
        proxy: inkeep.proxy,
        lanes: {
          plain: { max: options.inkeepMaxCalls, deadlineMs: PLAIN_DEADLINE_MS },
          probe: { max: options.inkeepMaxProbes, deadlineMs: PROBE_DEADLINE_MS },
        },
        idPattern: INKEEP_ID,
        coalesce,
        log,
        metrics,
      }),
    }),
    ...(kataven && {
      kataven: createUpstreamClient({
        service: 'kataven',
        baseUrl: kataven.url,
        proxy: kataven.proxy,
        lanes: { plain: { max: KATAVEN_MAX_CALLS, deadlineMs: PLAIN_DEADLINE_MS } },
        coalesce,
        log,
        metrics,
      }),
    }),
  };
}
