import { EventEmitter, once } from 'node:events';
import { type Client, createClient, type ExecutionResult } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

type Message = { type: string; id?: string; payload?: unknown };

/** A bare WebSocket, for what no GraphQL client would send. Destroyed when the test ends. */
export interface RawClient {
  readonly socket: WebSocket;
  send(message: unknown): void;
  /** The next message that has not been read yet. */
  next(): Promise<Message>;
  readonly unread: readonly Message[];
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** Connects to `/graphql`. With `params` the connection is initialised and acknowledged. */
export async function connect(
  url: string,
  options: { headers?: Record<string, string>; protocol?: string | string[]; params?: Record<string, unknown> } = {},
): Promise<RawClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, options.protocol ?? 'graphql-transport-ws', {
    headers: options.headers,
  });
  onTestFinished(() => socket.terminate());
  const client = wrap(socket);
  await once(socket, 'open');
  if (options.params) {
    client.send({ type: 'connection_init', payload: options.params });
    await client.next();
  }
  return client;
}

function wrap(socket: WebSocket): RawClient {
  const unread: Message[] = [];
  const arrived = new EventEmitter();
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    unread.push(JSON.parse(String(data)));
    arrived.emit('message');
  });
  return {
    socket,
    unread,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async next() {
      while (unread.length === 0) await once(arrived, 'message');
      return unread.shift() as Message;
    },
    closed: new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    }),
  };
}

/** What a refused upgrade was answered: status and body. */
export async function refusedUpgrade(url: string, path: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', { headers });
  onTestFinished(() => socket.terminate());
  socket.on('error', () => undefined);
  const [, response] = await once(socket, 'unexpected-response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode as number, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown };
}

/** A client as applications use it, disposed when the test ends. It does not connect again. */
export function createSocketClient(
  url: string,
  options: { params?: Record<string, unknown>; headers?: Record<string, string> } = {},
): Client {
  class WithHeaders extends WebSocket {
    constructor(address: string, protocol: string) {
      super(address, protocol, { headers: options.headers });
    }
  }
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WithHeaders,
    connectionParams: options.params,
    retryAttempts: 0,
  });
  onTestFinished(() => client.dispose());
  return client;
}

/** The first result of an operation. Rejects with its errors, or with how the socket was closed. */
export async function ask(
  client: Client,
  query: string,
  variables?: Record<string, unknown>,
): Promise<ExecutionResult> {
  const results = client.iterate({ query, variables });
  const { value } = await results.next();
  return value as ExecutionResult;
}

/** A subscription that sends what the test tells it to, and tells what is done with it: `opened`, `pulled`, `returned`. */
export class Ticker implements AsyncIterableIterator<{ ticks: unknown }> {
  readonly events = new EventEmitter();
  pulled = 0;
  returned = 0;
  readonly #ready: IteratorResult<{ ticks: unknown }>[] = [];
  #failure: unknown;
  #wake: (() => void) | undefined;

  [Symbol.asyncIterator](): this {
    this.events.emit('opened');
    return this;
  }

  emit(...values: unknown[]): void {
    for (const value of values) this.#ready.push({ done: false, value: { ticks: value } });
    this.#wake?.();
  }

  end(): void {
    this.#ready.push({ done: true, value: undefined });
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#failure = error;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<{ ticks: unknown }>> {
    this.pulled += 1;
    this.events.emit('pulled');
    while (this.#ready.length === 0) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#ready.shift() as IteratorResult<{ ticks: unknown }>;
  }

  async return(): Promise<IteratorResult<{ ticks: unknown }>> {
    this.returned += 1;
    this.end();
    this.events.emit('returned');
    return { done: true, value: undefined };
  }
}
