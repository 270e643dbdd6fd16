import { LRUCache } from 'lru-cache';
import { UPSTREAM_LIMITS, type UpstreamLimits } from '../limits.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import type { AnonymousCredential, HeaderReader } from './caller.js';
import type { Caller, Service } from './client/call.js';
import { createUpstreamClient, type UpstreamClient } from './client/client.js';
import type { ProxySettings } from './client/proxy.js';
import { type Credentials, createCredentialReader } from './credentials.js';
import type { LaneSizes } from './definition.js';
import { forEachUpstream } from './definitions.js';
import { FailureLog } from './failure-log.js';
import { Operation, type OperationOptions } from './operation.js';

/** Configuration of one upstream. `anonymousToken` is used for callers without a credential. */
export interface UpstreamSettings extends AnonymousCredential, LaneSizes {
  readonly url: string;
  /** Undefined if it is called directly. */
  readonly proxy?: ProxySettings | undefined;
}

export interface UpstreamsOptions {
  /** The configured upstreams. */
  readonly settings: Readonly<Partial<Record<Service, UpstreamSettings>>>;
  readonly maxCallsPerOperation: number;
  readonly coalesce: boolean;
  /** `UPSTREAM_LIMITS` by default. */
  readonly limits?: UpstreamLimits | undefined;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** The id of the operation in the logs, the signal that ends it, the tally that counts its calls, and its place in a trace. */
type OperationScope = Pick<OperationOptions, 'requestId' | 'signal' | 'tally' | 'trace' | 'inParts'>;

export interface Upstreams {
  /** Starts the upstream side of one operation, with the credentials in these headers. */
  begin(header: HeaderReader, scope: OperationScope): Operation;
  /** The credentials that a caller has sent, as hashes, one for each upstream that gets one. The operator's own do not count. */
  identify(header: HeaderReader): readonly string[];
  /** Starts an operation with this caller's credential, whatever a client sends. */
  beginAs(caller: Caller, scope: OperationScope): Operation;
  close(): Promise<void>;
}

/** Creates the clients of the configured upstreams, shared by all operations. Opens no connection. */
export function createUpstreams(options: UpstreamsOptions): Upstreams {
  const limits = options.limits ?? UPSTREAM_LIMITS;
  const clients = createClients(options, limits);
  const listTotals = new LRUCache<string, number>({ max: limits.reads.maxRememberedLists });
  const readCredentials = createCredentialReader(options.settings, limits.maxRememberedCallers);
  const lent = identitiesOf(readCredentials(() => undefined));
  const beginWith = (credentials: Credentials, { requestId, signal, tally, trace, inParts }: OperationScope) =>
    new Operation({
      clients,
      credentials,
      listTotals,
      maxCalls: options.maxCallsPerOperation,
      requestId,
      log: options.log,
      failures: new FailureLog(options.log, requestId, limits.maxRememberedFailures),
      limits,
      signal,
      tally,
      trace,
      inParts,
    });
  return {
    identify: (header) => identitiesOf(readCredentials(header)).filter((identity) => !lent.includes(identity)),
    begin: (header, scope) => beginWith(readCredentials(header), scope),
    beginAs: (caller, scope) => beginWith({ [caller.service]: caller }, scope),
    async close() {
      await Promise.all(Object.values(clients).map((client) => client.close()));
    },
  };
}

function identitiesOf(credentials: Credentials): string[] {
  return Object.values(credentials).flatMap((found) => (found && 'identity' in found ? [found.identity] : []));
}

function createClients(options: UpstreamsOptions, limits: UpstreamLimits): Partial<Record<Service, UpstreamClient>> {
  const { settings, coalesce, log, metrics } = options;
  return forEachUpstream((service, { lanes, accountOf, idPattern }) => {
    const configured = settings[service];
    if (!configured) return undefined;
    return createUpstreamClient({
      service,
      baseUrl: configured.url,
      proxy: configured.proxy,
      lanes: lanes(limits, configured),
      ...(accountOf && configured.callsPerMinute && { budget: { maxCalls: configured.callsPerMinute, accountOf } }),
      ...(idPattern && { idPattern }),
      coalesce,
      limits,
      log,
      metrics,
    });
  });
}
