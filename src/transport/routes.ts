import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Exchange } from './execution/exchange.js';
import { ASSETS, type GraphiQL } from './graphiql/page.js';
import { isGraphQLPath, pathOf } from './http/request-url.js';
import { sendEmpty, sendError, sendJson, sendText } from './http/send-text.js';

type Handler = (request: IncomingMessage, response: ServerResponse, exchange: Exchange) => void | Promise<void>;

export interface Route {
  /** For metrics: one of a closed list. */
  readonly name: string;
  /** Whether pages of the listed origins may call it. */
  readonly crossOrigin: boolean;
  readonly handle: Handler;
}

export interface RouteOptions {
  /** Whatever comes to `/graphql` and is not a browser that wants a page. */
  readonly answerOperation: Handler;
  /** Undefined where it is switched off. */
  readonly graphiql: GraphiQL | undefined;
  /** Undefined where introspection is switched off: who must not ask for the schema must not read it here either. */
  readonly sdl: string | undefined;
  readiness(): Readiness;
  readonly registry: Registry;
}

export interface Readiness {
  readonly ready: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What is served where. The function it returns finds the route of a path; for an unknown path one that says what there is. */
export function createRoutes({
  answerOperation,
  graphiql,
  sdl,
  readiness,
  registry,
}: RouteOptions): (path: string) => Route {
  const graphql = graphiql ? pageForBrowsers(graphiql, answerOperation) : answerOperation;
  const routes = new Map<string, Route>(
    [
      route('/graphql', withOptions('GET, HEAD, POST, OPTIONS', graphql), true),
      ...(sdl === undefined
        ? []
        : [
            route(
              '/schema.graphql',
              withOptions(
                'GET, HEAD, OPTIONS',
                forReading((_, response) => sendText(response, 200, sdl)),
              ),
              true,
            ),
          ]),
      route(
        '/health',
        forReading((_, response) => sendJson(response, 200, { status: 'ok' })),
      ),
      route(
        '/ready',
        forReading((_, response) => sendReadiness(response, readiness())),
      ),
      route(
        '/metrics',
        forReading((_, response) => sendMetrics(response, registry)),
      ),
    ].map((entry) => [entry.name, entry]),
  );
  const unknown = route('other', notFound([...routes.keys()]));
  if (graphiql) {
    routes.set('/', route('/', forReading(browserTo('graphql', unknown.handle))));
  }
  const assets = graphiql && route(ASSETS, forReading(assetOr(unknown.handle, graphiql)));
  return (path) => {
    const found = routes.get(isGraphQLPath(path) ? '/graphql' : path);
    return found ?? (assets && path.startsWith(ASSETS) ? assets : unknown);
  };
}

function route(name: string, handle: Handler, crossOrigin = false): Route {
  return { name, handle, crossOrigin };
}

/** GET and HEAD only. */
function forReading(handle: Handler): Handler {
  return (request, response, exchange) => {
    if (request.method === 'GET' || request.method === 'HEAD') return handle(request, response, exchange);
    sendError(response, 405, 'This path is for reading only.', { code: 'BAD_USER_INPUT' }, { allow: 'GET, HEAD' });
  };
}

/** OPTIONS is answered here, asked by a browser before a request from another origin or by anyone. */
function withOptions(allow: string, handle: Handler): Handler {
  return (request, response, exchange) => {
    if (request.method !== 'OPTIONS') return handle(request, response, exchange);
    sendEmpty(response, 204, { allow });
  };
}

/** With a trailing slash, the page would not find its files, which it names relative to itself. */
function pageForBrowsers(graphiql: GraphiQL, otherwise: Handler): Handler {
  const withoutSlash = browserTo('../graphql', otherwise);
  return (request, response, exchange) => {
    if (/^[^?]*\/(\?|$)/.test(request.url ?? '')) return withoutSlash(request, response, exchange);
    return wantsHtml(request) ? graphiql.sendPage(response) : otherwise(request, response, exchange);
  };
}

/** Leads browsers to a relative address, which is right under any path of a proxy; their query goes with them. */
function browserTo(location: string, otherwise: Handler): Handler {
  return (request, response, exchange) =>
    wantsHtml(request)
      ? sendEmpty(response, 302, { location: location + (/\?.*/.exec(request.url ?? '')?.[0] ?? '') })
      : otherwise(request, response, exchange);
}

function assetOr(otherwise: Handler, graphiql: GraphiQL): Handler {
  return async (request, response, exchange) => {
    const path = pathOf(request);
    if (!(await graphiql.sendAsset(path, request, response))) await otherwise(request, response, exchange);
  };
}

function notFound(paths: readonly string[]): Handler {
  return (_, response) =>
    sendError(response, 404, `Nothing is served here. There is ${paths.join(', ')}.`, { code: 'BAD_USER_INPUT' });
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
