import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { Tracing } from '../../src/tracing.js';
import { createTransport, type Transport, type TransportOptions } from '../../src/transport/server.js';

type LogLine = Record<string, unknown>;
type Headers = Record<string, string>;

interface GraphQLAnswer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: unknown; locations?: unknown; extensions: Record<string, unknown> }[];
  extensions?: Record<string, unknown>;
}

/** A listening transport over a schema of the test's own. Closed when the test ends. */
export interface TestTransport {
  readonly url: string;
  readonly transport: Transport;
  /** Everything logged so far. */
  readonly lines: readonly LogLine[];
  /** The line with this message, as soon as it has been logged. */
  logged(message: string): Promise<LogLine>;
  /** POSTs a GraphQL request as JSON. */
  post(body: unknown, headers?: Headers): Promise<Response>;
  /** POSTs a GraphQL request and reads the JSON of its answer. */
  query(body: unknown, headers?: Headers): Promise<GraphQLAnswer>;
}

export async function startTransport(
  schema: GraphQLSchema,
  options: Partial<TransportOptions<object>> = {},
): Promise<TestTransport> {
  const journal = createJournal();
  const transport = createTransport({
    schema,
    createContext: () => ({}),
    report: () => ({ calls: 0 }),
    alwaysReport: false,
    corsOrigins: [],
    trustProxy: false,
    identify: () => [],
    maxWebSocketsPerClient: 1_000,
    maxSubscriptionsPerClient: 1_000,
    graphiql: false,
    introspection: true,
    exampleTabs: [],
    sdl: 'type Query {\n  hello: String\n}\n',
    readiness: () => ({ ready: true, body: { status: 'ready' } }),
    slowOperationMs: 3_000,
    tracing: new Tracing(),
    registry: new Registry(),
    log: journal.log,
    ...options,
  });
  const { url } = await transport.listen('127.0.0.1', 0);
  onTestFinished(() => transport.close({ graceMs: 0 }));
  const post = (body: unknown, headers: Headers = {}) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return {
    url,
    transport,
    lines: journal.lines,
    logged: journal.logged,
    post,
    query: async (body, headers) => (await (await post(body, headers)).json()) as GraphQLAnswer,
  };
}

/** A logger whose lines can be read and waited for. */
export function createJournal() {
  const lines: LogLine[] = [];
  const written = new EventEmitter();
  const write = (text: string) => {
    lines.push(JSON.parse(text));
    written.emit('line');
  };
  return {
    lines,
    log: pino({ level: 'info', base: undefined }, { write }),
    async logged(message: string): Promise<LogLine> {
      for (;;) {
        const line = lines.find(({ msg }) => msg === message);
        if (line) return line;
        await once(written, 'line');
      }
    },
  };
}

/** A bare connection, for requests that no HTTP client would send. Destroyed when the test ends. */
export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // A reset is one of the ways in which a server ends a connection; what was received before it counts.
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Everything received on a connection until the other side closes it. */
export async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}
