import { LRUCache } from 'lru-cache';
import { UPSTREAM_LIMITS, type UpstreamLimits } from '../limits.js';
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
  /** `UPSTREAM_LIMITS` by default. */
  readonly limits?: UpstreamLimits | undefined;
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

/** Creates the clients of the configured upstreams, shared by all operations. Opens no connection. */
export function createUpstreams(options: UpstreamsOptions): Upstreams {
  const limits = options.limits ?? UPSTREAM_LIMITS;
  const clients = createClients(options, limits);
  const rules: CredentialRules = { inkeep: options.inkeep, kataven: options.kataven };
  const listTotals = new LRUCache<string, number>({ max: limits.reads.maxRememberedLists });
  return {
    begin: (header, { requestId, signal }) =>
      new Operation({
        clients,
        credentials: readCredentials(header, rules),
        listTotals,
        maxCalls: options.maxCallsPerOperation,
        requestId,
        failures: new FailureLog(options.log, requestId, limits.maxRememberedFailures),
        limits,
        signal,
      }),
    async close() {
      await Promise.all(Object.values(clients).map((client) => client.close()));
    },
  };
}

function createClients(options: UpstreamsOptions, limits: UpstreamLimits): Partial<Record<Service, UpstreamClient>> {
  const { inkeep, kataven, coalesce, log, metrics } = options;
  return {
    ...(inkeep && {
      inkeep: createUpstreamClient({
        service: 'inkeep',
        baseUrl: inkeep.url,
        proxy: inkeep.proxy,
        lanes: {
          plain: { max: options.inkeepMaxCalls, deadlineMs: limits.plainDeadlineMs },
          probe: { max: options.inkeepMaxProbes, deadlineMs: limits.probeDeadlineMs },
        },
        idPattern: INKEEP_ID,
        coalesce,
        limits,
        log,
        metrics,
      }),
    }),
    ...(kataven && {
      kataven: createUpstreamClient({
        service: 'kataven',
        baseUrl: kataven.url,
        proxy: kataven.proxy,
        lanes: { plain: { max: limits.katavenMaxCalls, deadlineMs: limits.plainDeadlineMs } },
        coalesce,
        limits,
        log,
        metrics,
      }),
    }),
  };
}
