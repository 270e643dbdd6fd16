import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Registry } from 'prom-client';
import type { Logger } from '../log.js';
import type { Tracing } from '../tracing.js';
import { ClientCounts, type ClientOptions } from './client-counts.js';
import { createEdgeMetrics } from './edge-metrics.js';
import { type Exchange, startExchange } from './execution/exchange.js';
import { createPipeline, type PipelineOptions } from './execution/pipeline.js';
import { createTracker } from './execution/track-operation.js';
import { createCloser } from './graceful-close.js';
import { createGraphiQL, type ExampleTab } from './graphiql/page.js';
import { createHostCheck, OTHER_HOST } from './http/allowed-hosts.js';
import { limitConnections } from './http/connection-limit.js';
import { allowOrigin } from './http/cors.js';
import { answerOperation } from './http/graphql-endpoint.js';
import { createOnceLog } from './http/once-log.js';
import type { PageOrigins } from './http/page-origin.js';
import { createRefusedOriginLog } from './http/refused-origins.js';
import { pathOf } from './http/request-url.js';
import { SafeResponse } from './http/safe-response.js';
import { sendError } from './http/send-text.js';
import { refuseUnreadable } from './http/unreadable-request.js';
import { TRANSPORT_LIMITS, type TransportLimits } from './limits.js';
import { createRoutes, type Readiness } from './routes.js';
import { serveSockets } from './websocket/sockets.js';

export interface TransportOptions<Context extends object>
  extends Omit<PipelineOptions<Context>, 'limits' | 'shape' | 'clients'>,
    PageOrigins,
    ClientOptions {
  /** The hosts that requests may be for, besides loopback names: see `createHostCheck`. Any host if undefined. */
  readonly allowedHosts?: readonly string[] | undefined;
  readonly graphiql: boolean;
  readonly exampleTabs: readonly ExampleTab[];
  /** Served at `/schema.graphql`, unless introspection is off. */
  readonly sdl: string;
  /** Called for `/ready`. Anyone can read its body. */
  readiness(): Readiness;
  readonly registry: Registry;
  readonly log: Logger;
  /** Queries and mutations that take longer are logged at `warn`, with their upstream calls. */
  readonly slowOperationMs: number;
  readonly tracing: Tracing;
  /** Replace single limits of `TRANSPORT_LIMITS`: tests inject shorter ones. */
  readonly limits?: { readonly [Group in keyof TransportLimits]?: Partial<TransportLimits[Group]> } | undefined;
}

export interface Transport {
  readonly server: Server;
  /** Port 0 selects a free port. Rejects if the address is not available. `url` has no trailing slash. */
  listen(host: string, port: number): Promise<{ url: string }>;
  /**
   * From now on new connections are refused, and `/ready` answers 503 on those that are open. Event streams end and WebSockets
   * are closed with 1001. Responses in flight have `graceMs` (a limit) to finish, then every connection is destroyed.
   */
  close(options?: { graceMs?: number }): Promise<void>;
}

/** The status that proxies log if the client left before its answer. */
const CLIENT_LEFT = 499;

/** Builds everything that faces the network; nothing listens yet. */
export function createTransport<Context extends object>(options: TransportOptions<Context>): Transport {
  const { log, corsOrigins } = options;
  const limits = limitsOf(options.limits);
  const metrics = createEdgeMetrics(options.registry);
  const clients = new ClientCounts(options);
  const pipeline = createPipeline({ ...options, limits: limits.documents, shape: limits.shape, clients });
  const trackOperation = createTracker({ ...options, metrics, limits: limits.log });
  const server = createHttpServer(limits.http);
  limitConnections(server, log, limits.http);
  const isAllowedHost = createHostCheck(options.allowedHosts);
  const sockets = serveSockets(server, {
    pipeline,
    trackOperation,
    limits: limits.live,
    clients,
    maxLoggedHeaderChars: limits.http.maxLoggedHeaderChars,
    metrics,
    log,
    pages: options,
    isAllowedHost,
  });
  const logOptions = { log, ...limits.http };
  const logRefusedOrigin = createRefusedOriginLog(options, logOptions);
  const logRefusedHost = createOnceLog(
    logOptions,
    'host',
    'requests for this host are refused: to allow them, add it to ALLOWED_HOSTS',
  );
  const cors = { corsOrigins, preflightMaxAgeS: limits.http.preflightMaxAgeS };
  const closer = createCloser(server, sockets, { idleMs: limits.http.closeIdleMs });
  const endpoint = { pipeline, closer, limits: limits.http, pingMs: limits.live.pingMs };
  const findRoute = createRoutes({
    answerOperation(request, response, exchange) {
      const operationEnded = trackOperation(exchange);
      response.on('close', () => operationEnded({ status: response.headersSent ? response.statusCode : CLIENT_LEFT }));
      return answerOperation(endpoint, request, response, exchange);
    },
    graphiql: options.graphiql ? createGraphiQL(options.exampleTabs) : undefined,
    sdl: options.introspection ? options.sdl : undefined,
    readiness: () => (closer.isClosing ? SHUTTING_DOWN : options.readiness()),
    registry: options.registry,
  });

  function handle(request: IncomingMessage, response: SafeResponse): void {
    const exchange = startExchange(request, log);
    response.requestId = exchange.requestId;
    const route = findRoute(pathOf(request));
    const responseEnded = closer.responseStarted(response);
    const countEnd = metrics.requestStarted(route.name, request.method);
    // One listener for all: each takes half a microsecond.
    response.on('close', () => {
      responseEnded();
      if (!response.writableFinished) exchange.signal.abort();
      countEnd(response.statusCode);
    });
    if (!route.anyHost && !isAllowedHost(request)) {
      logRefusedHost(request.headers.host ?? '');
      sendError(response, 421, OTHER_HOST, { code: 'FORBIDDEN' });
      return;
    }
    if (route.crossOrigin) {
      allowOrigin(request, response, cors);
      logRefusedOrigin(request);
    }
    try {
      const handled = route.handle(request, response, exchange);
      handled?.catch((error: unknown) => fail(response, exchange, error));
    } catch (error) {
      fail(response, exchange, error);
    }
  }

  server.on('request', handle);
  server.on('clientError', (error, socket) => refuseUnreadable(limits.http.maxHeaderBytes, error, socket));
  return {
    server,
    async listen(host, port) {
      server.listen(port, host);
      await once(server, 'listening');
      return { url: urlOf(server, host) };
    },
    close: ({ graceMs = limits.http.graceMs } = {}) => closer.close(graceMs),
  };
}

function limitsOf({
  http,
  live,
  log,
  documents,
  shape,
}: NonNullable<TransportOptions<object>['limits']> = {}): TransportLimits {
  return {
    http: { ...TRANSPORT_LIMITS.http, ...http },
    live: { ...TRANSPORT_LIMITS.live, ...live },
    log: { ...TRANSPORT_LIMITS.log, ...log },
    documents: { ...TRANSPORT_LIMITS.documents, ...documents },
    shape: { ...TRANSPORT_LIMITS.shape, ...shape },
  };
}

function createHttpServer(limits: TransportLimits['http']): Server<typeof IncomingMessage, typeof SafeResponse> {
  return createServer({
    ServerResponse: SafeResponse,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.maxHeaderBytes,
  });
}

const SHUTTING_DOWN: Readiness = { ready: false, body: { status: 'shutting down' } };

function fail(response: ServerResponse, { requestId, signal, log }: Exchange, error: unknown): void {
  if (signal.aborted) return;
  log.error({ requestId, err: error }, 'request failed');
  if (response.headersSent) response.destroy();
  else sendError(response, 500, 'Unexpected error.', { code: 'INTERNAL_SERVER_ERROR', requestId });
}

/** The URL of a listening server, with its actual port and the host that was given, even if it is `0.0.0.0`. */
function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : '';
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
