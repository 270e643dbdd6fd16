import { createGraphiQLFetcher, type Fetcher, type FetcherOpts, type FetcherParams } from '@graphiql/toolkit';
import { type DocumentNode, getOperationAST, parse } from 'graphql';

const MAX_EVENTS = 50;

/** Asks for `extensions.upstream`, which the panel "Upstream calls" draws. */
const HEADERS = { 'x-gateway-report': '1' };

interface Observer {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
}

interface Result {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions?: { readonly upstream?: { readonly calls?: number } };
}

/**
 * GraphiQL's own fetcher (JSON, `multipart/mixed`, WebSocket for subscriptions), which also
 * - stops a query: the observable that it returns aborts the request when GraphiQL unsubscribes;
 * - shows errors, then the data, then the report of calls, and an error without the stack of the browser;
 * - shows the latest events of a subscription as a list, the newest first. GraphiQL replaces an event by the next one.
 */
export const fetcher: Fetcher = (request, options) => ({
  subscribe(sink) {
    const observer = sink as Observer;
    const stop = new AbortController();
    run(request, options, observer, stop.signal).then(
      () => {
        if (!stop.signal.aborted) observer.complete();
      },
      (error) => {
        if (stop.signal.aborted) return;
        observer.next({ errors: Array.isArray(error) ? error : [{ message: messageOf(error) }] });
        observer.complete();
      },
    );
    return { unsubscribe: () => stop.abort() };
  },
});

async function run(request: FetcherParams, options: FetcherOpts | undefined, observer: Observer, signal: AbortSignal) {
  const send = createGraphiQLFetcher({
    url: location.pathname,
    subscriptionUrl: `${location.origin.replace('http', 'ws')}${location.pathname}`,
    headers: HEADERS,
    wsConnectionParams: HEADERS,
    fetch: async (input, init) => checked(await fetch(input, { ...init, signal })),
  });
  // GraphiQL reads the document and the name of its operation a moment after an edit or a change of tab. Its fetcher sends
  // what it does not know as a subscription by POST.
  const documentAST = parsed(request.query);
  const operation = documentAST && getOperationAST(documentAST, request.operationName);
  const operationName = operation?.name?.value ?? request.operationName;
  const isSubscription = operation?.operation === 'subscription';
  const events: Result[] = [];
  const results = await send({ ...request, operationName }, { ...options, documentAST });
  for await (const result of toIterable(results, signal)) {
    if (signal.aborted) return;
    if (isSubscription) {
      events.unshift(withoutEmptyReport(result as Result));
      observer.next({ events: events.slice(0, MAX_EVENTS) });
    } else {
      // The parts of an incremental result are arrays, which GraphiQL merges.
      observer.next(Array.isArray(result) ? result : inReadingOrder(result as Result));
    }
  }
}

/** Undefined for a document with a syntax error, which the server answers with the place of the error. */
function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    return undefined;
  }
}

/** `returned` is what a fetcher may return: a result, or an iterable of results. */
async function* toIterable(returned: unknown, signal: AbortSignal): AsyncGenerator<unknown> {
  const results = returned as Partial<AsyncIterable<unknown>>;
  const iterator = results[Symbol.asyncIterator]?.();
  if (!iterator) return yield returned;
  signal.addEventListener('abort', () => iterator.return?.());
  yield* { [Symbol.asyncIterator]: () => iterator };
}

/** Throws what a proxy or a server that is not the gateway returned. */
async function checked(response: Response): Promise<Response> {
  const type = response.headers.get('content-type') ?? 'no content type';
  if (/json|^multipart\/mixed/.test(type)) return response;
  const start = (await response.text()).slice(0, 200);
  throw new Error(`The server returned status ${response.status} and ${type} instead of JSON: ${start}`);
}

function inReadingOrder({ errors, data, extensions, ...rest }: Result): Result {
  return { ...(errors !== undefined && { errors }), ...(data !== undefined && { data }), ...rest, extensions };
}

/** Events of live status make no calls of their own, and fifty reports of nothing would hide them. */
function withoutEmptyReport({ extensions, ...event }: Result): Result {
  const { upstream, ...others } = extensions ?? {};
  const shown = { ...others, ...(upstream?.calls !== 0 && upstream && { upstream }) };
  return Object.keys(shown).length > 0 ? { ...event, extensions: shown } : event;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
