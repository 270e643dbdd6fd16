import { randomUUID } from 'node:crypto';
import { lexicographicSortSchema, printSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Config } from './config/load-config.js';
import { exampleTabs } from './example-tabs.js';
import { GraphContext } from './graph/core/context.js';
import { schema } from './graph/index.js';
import type { UpstreamLimits } from './limits.js';
import type { Logger } from './log.js';
import { createMetrics } from './metrics.js';
import { StatusHub, type StatusService } from './status/hub.js';
import type { StatusLimits } from './status/limits.js';
import { Tracing } from './tracing.js';
import { readManifestFile } from './transport/execution/documents/manifest.js';
import type { PersistedOptions } from './transport/execution/documents/persisted-operations.js';
import { createPipeline } from './transport/execution/pipeline.js';
import { TRANSPORT_LIMITS } from './transport/limits.js';
import { createTransport, type Transport, type TransportOptions } from './transport/server.js';
import type { Service } from './upstream/client/call.js';
import { forEachUpstream } from './upstream/definitions.js';
import { inkeepCaller } from './upstream/inkeep/definition.js';
import { createUpstreams, type UpstreamSettings, type Upstreams } from './upstream/upstreams.js';

/** The embedded upstreams: their addresses, and the credentials that a caller without one uses there. */
export interface SandboxAddress extends Readonly<Record<Service, UpstreamSettings>> {
  readonly tenantId: string;
}

export interface Gateway {
  /** Starts to listen. Rejects if the address cannot be used. `url` has no trailing slash. */
  listen(host: string, port: number): Promise<{ url: string }>;
  /** Stops being ready, and closes when the operations in flight have finished, after 10 s at most. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** Replace the usual limits: tests inject short deadlines. */
  readonly limits?: {
    readonly status?: StatusLimits | undefined;
    readonly upstream?: UpstreamLimits;
    readonly transport?: TransportOptions<object>['limits'];
  };
  /** Envelop plugins: their hooks are called for every operation and every event of a subscription, on every transport. */
  readonly plugins?: readonly Plugin[];
  /** Default: no spans. */
  readonly tracing?: Tracing;
}

/**
 * Builds the gateway, which does not listen yet. `sandbox` is required if `config.sandbox` is true. Throws
 * `PersistedOperationsError` if the file of persisted operations cannot be used.
 */
export function createGateway(
  config: Config,
  log: Logger,
  sandbox?: SandboxAddress,
  { limits = {}, plugins = [], tracing = new Tracing() }: GatewayOptions = {},
): Gateway {
  const metrics = createMetrics();
  const upstreams = createUpstreams({
    settings: forEachUpstream((service) => settingsOf(service, config, sandbox)),
    maxCallsPerOperation: config.maxUpstreamCalls,
    coalesce: config.coalesce,
    limits: limits.upstream,
    log,
    metrics,
  });
  const persisted = readPersisted(config);
  const defaultTenantId = sandbox?.tenantId ?? config.inkeep?.tenantId;
  const transport: Transport = createTransport<GraphContext>({
    schema,
    createContext: ({ headers, requestId, signal, summary: tally, trace, inParts }) =>
      new GraphContext({
        operation: upstreams.begin(headers, { requestId, signal, tally, trace, inParts }),
        defaultTenantId,
        status,
      }),
    report: (context) => context.operation.report(),
    alwaysReport: config.sandbox,
    corsOrigins: config.corsOrigins,
    publicOrigin: config.publicUrl === undefined ? undefined : new URL(config.publicUrl).origin,
    trustProxy: config.trustProxy,
    allowedHosts: config.allowedHosts,
    identify: upstreams.identify,
    maxWebSocketsPerClient: config.maxWebSocketsPerClient,
    maxSubscriptionsPerClient: config.maxSubscriptionsPerClient,
    graphiql: config.graphiql,
    introspection: config.introspection,
    persisted,
    maxOperationCost: config.maxOperationCost,
    plugins,
    tracing,
    slowOperationMs: config.slowOperationMs,
    limits: limits.transport,
    exampleTabs: exampleTabs(config),
    sdl: `${printSchema(lexicographicSortSchema(schema))}\n`,
    // Without Redis the instance is still ready: it polls by itself.
    readiness: () => ({ ready: true, body: readyBody(status) }),
    registry: metrics.registry,
    log,
  });
  if (persisted) log.info({ documents: persisted.documents.size, only: persisted.only }, 'persisted operations loaded');
  // After the transport, which throws if a persisted operation is not valid: a connection to Redis would stay open.
  const status = new StatusHub({
    intervalMs: config.statusIntervalMs,
    maxPolls: Math.ceil(config.lanes.inkeep.maxProbes / 2),
    registry: metrics.registry,
    upstreamUrl: (sandbox ?? config).inkeep?.url ?? '',
    redisUrl: config.redisUrl,
    service: statusServiceOf(config, upstreams),
    log,
    tracing,
    limits: limits.status,
  });
  return {
    listen: (host, port) => transport.listen(host, port),
    async close() {
      await transport.close();
      await status.close();
      await upstreams.close();
    },
  };
}

/** Throws like `createGateway` if the persisted operations cannot be used. Opens no connection. */
export function checkPersistedOperations(config: Config): void {
  createPipeline({
    schema,
    introspection: config.introspection,
    limits: TRANSPORT_LIMITS.documents,
    shape: TRANSPORT_LIMITS.shape,
    persisted: readPersisted(config),
    // Nothing is executed.
    createContext: () => ({}),
    clients: { addSubscription: () => () => undefined },
    report: () => undefined,
    alwaysReport: false,
  });
}

function readPersisted({ persistedOperations: path, persistedOnly: only }: Config): PersistedOptions | undefined {
  return path === undefined ? undefined : { documents: readManifestFile(path), only };
}

function readyBody({ redis, service }: StatusHub) {
  return { status: 'ready', ...(redis && { redis }), ...(service && { statusToken: service }) };
}

/** The service credential for live status, if there is one. The sandbox needs none. */
function statusServiceOf({ inkeep, lanes, statusAccessMs }: Config, upstreams: Upstreams): StatusService | undefined {
  const token = inkeep?.statusToken;
  if (token === undefined) return undefined;
  return {
    begin: (ref) => upstreams.beginAs(inkeepCaller(token, ref), { requestId: randomUUID() }),
    accessMs: statusAccessMs,
    maxReads: Math.ceil(lanes.inkeep.maxCalls / 2),
  };
}

/** The settings of an upstream, with its token only if it is meant for callers without a credential. */
function settingsOf(service: Service, config: Config, sandbox?: SandboxAddress): UpstreamSettings | undefined {
  const lanes = config.lanes[service];
  // The sandbox is for trying out: its Kataven counts no calls either.
  if (sandbox) return { ...sandbox[service], ...lanes, callsPerMinute: 0 };
  const configured = config[service];
  if (!configured) return undefined;
  const { url, proxy, token, accountId } = configured;
  const anonymous = config.anonymousUsesTokens ? { anonymousToken: token, anonymousAccountId: accountId } : {};
  return { url, proxy, ...anonymous, ...lanes };
}
