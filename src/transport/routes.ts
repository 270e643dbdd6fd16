import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Exchange } from './execution/exchange.js';
import { ASSETS, type GraphiQL } from './graphiql/page.js';
import { isGraphQLPath, pathOf } from './http/request-url.js';
import { sendEmpty, sendError, sendJson, sendText } from './http/send-text.js';

type Handler = (request: IncomingMessage, response: ServerResponse, exchange: Exchange) => void | Promise<void>;

export interface Route {
  /** The label in metrics, from a closed list. */
  readonly name: string;
  /** Whether pages of the listed origins may read its answers. */
  readonly crossOrigin: boolean;
  /** Whether it is served under any host name: balancers and monitoring call an instance by its address. */
  readonly anyHost: boolean;
  readonly handle: Handler;
}

export interface RouteOptions {
  /** Handles requests to `/graphql`, except a browser that asks for a page. */
  readonly answerOperation: Handler;
  /** Undefined if it is switched off. */
  readonly graphiql: GraphiQL | undefined;
  /** Undefined if introspection is switched off: the schema must not be readable here either. */
  readonly sdl: string | undefined;
  readiness(): Readiness;
  readonly registry: Registry;
}

export interface Readiness {
  readonly ready: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Creates all routes. The returned function finds the route of a path; for an unknown path it is one that answers 404. */
export function createRoutes(options: RouteOptions): (path: string) => Route {
  const { graphiql } = options;
  const named = [...graphqlRoutes(options), ...operatingRoutes(options)];
  const routes = new Map<string, Route>(named.map((entry) => [entry.name, entry]));
  const unknown = route('other', notFound([...routes.keys()]));
  if (graphiql) routes.set('/', route('/', readOnly(redirectBrowsers('graphql', unknown.handle))));
  const assets = graphiql && route(ASSETS, readOnly(sendAssetOr(unknown.handle, graphiql)));
  return (path) => {
    const found = routes.get(isGraphQLPath(path) ? '/graphql' : path);
    return found ?? (assets && path.startsWith(ASSETS) ? assets : unknown);
  };
}

/** The endpoint and the schema, which pages of the listed origins may read. */
function graphqlRoutes({ answerOperation, graphiql, sdl }: RouteOptions): Route[] {
  const endpoint = graphiql ? pageForBrowsers(graphiql, answerOperation) : answerOperation;
  const graphql = route('/graphql', withOptionsAnswer('GET, HEAD, POST, OPTIONS', endpoint), { crossOrigin: true });
  if (sdl === undefined) return [graphql];
  const sendSchema = readOnly((_, response) => sendText(response, 200, sdl));
  return [
    graphql,
    route('/schema.graphql', withOptionsAnswer('GET, HEAD, OPTIONS', sendSchema), { crossOrigin: true }),
  ];
}

/** What balancers and monitoring read. */
function operatingRoutes({ readiness, registry }: RouteOptions): Route[] {
  const sendHealth: Handler = (_, response) => sendJson(response, 200, { status: 'ok' });
  return [
    route('/health', readOnly(sendHealth), { anyHost: true }),
    route(
      '/ready',
      readOnly((_, response) => sendReadiness(response, readiness())),
      { anyHost: true },
    ),
    route(
      '/metrics',
      readOnly((_, response) => sendMetrics(response, registry)),
      { anyHost: true },
    ),
  ];
}

function route(name: string, handle: Handler, { crossOrigin = false, anyHost = false }: Partial<Route> = {}): Route {
  return { name, handle, crossOrigin, anyHost };
}

/** Allows only GET and HEAD. */
function readOnly(handle: Handler): Handler {
  return (request, response, exchange) => {
    if (request.method === 'GET' || request.method === 'HEAD') return handle(request, response, exchange);
    sendError(response, 405, 'This path allows only GET and HEAD.', { code: 'BAD_USER_INPUT' }, { allow: 'GET, HEAD' });
  };
}

/** Answers OPTIONS, for preflight requests of browsers and for other clients. */
function withOptionsAnswer(allow: string, handle: Handler): Handler {
  return (request, response, exchange) => {
    if (request.method !== 'OPTIONS') return handle(request, response, exchange);
    sendEmpty(response, 204, { allow });
  };
}

/** Redirects `/graphql/` to `/graphql`: the page loads its files by relative URLs. */
function pageForBrowsers(graphiql: GraphiQL, otherwise: Handler): Handler {
  const withoutSlash = redirectBrowsers('../graphql', otherwise);
  return (request, response, exchange) => {
    if (/^[^?]*\/(\?|$)/.test(request.url ?? '')) return withoutSlash(request, response, exchange);
    return wantsHtml(request) ? graphiql.sendPage(response) : otherwise(request, response, exchange);
  };
}

/** Redirects browsers to a relative URL, which works under any path of a proxy, and keeps their query. */
function redirectBrowsers(location: string, otherwise: Handler): Handler {
  return (request, response, exchange) =>
    wantsHtml(request)
      ? sendEmpty(response, 302, { location: location + (/\?.*/.exec(request.url ?? '')?.[0] ?? '') })
      : otherwise(request, response, exchange);
}

function sendAssetOr(otherwise: Handler, graphiql: GraphiQL): Handler {
  return async (request, response, exchange) => {
    const path = pathOf(request);
    if (!(await graphiql.sendAsset(path, request, response))) await otherwise(request, response, exchange);
  };
}

function notFound(paths: readonly string[]): Handler {
  return (_, response) =>
    sendError(response, 404, `Nothing is served at this path. The paths are ${paths.join(', ')}.`, {
      code: 'BAD_USER_INPUT',
    });
}

function sendReadiness(response: ServerResponse, { ready, body }: Readiness): void {
  sendJson(response, ready ? 200 : 503, body);
}

async function sendMetrics(response: ServerResponse, registry: Registry): Promise<void> {
  sendText(response, 200, await registry.metrics(), registry.contentType);
}

function wantsHtml({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && headers.accept?.includes('text/html') === true;
}
