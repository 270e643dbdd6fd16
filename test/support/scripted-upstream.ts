import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { createLogger } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';
import type { Caller, UpstreamCall } from '../../src/upstream/client/call.js';
import {
  createUpstreamClient,
  type UpstreamClient,
  type UpstreamClientOptions,
} from '../../src/upstream/client/client.js';

export interface ScriptedUpstream {
  readonly url: string;
  /** Requests in the order of arrival. */
  readonly requests: IncomingMessage[];
  /** Resolves when this many requests have arrived. */
  seen(count: number): Promise<void>;
}

/** An HTTP server on a free port that answers by `listener`; closed, with all its connections, when the test ends. */
export async function startUpstream(listener: RequestListener): Promise<ScriptedUpstream> {
  const requests: IncomingMessage[] = [];
  const arrivals = new EventEmitter().setMaxListeners(0);
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
    arrivals.emit('request');
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const seen = async (count: number): Promise<void> => {
    while (requests.length < count) await once(arrivals, 'request');
  };
  return { url: await listen(server), requests, seen };
}

/** A TCP server on a free port: what it says on its n-th connection (from 1) is `onConnection`'s business. */
export async function startRawUpstream(onConnection: (socket: Socket, n: number) => void): Promise<{ url: string }> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    // Tests reset connections on purpose.
    socket.on('error', () => {});
    onConnection(socket, ++count);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: await listen(server) };
}

/** A port on which nobody listens, until the test does. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  const url = await listen(server);
  server.close();
  await once(server, 'close');
  return Number(new URL(url).port);
}

/** A client with Inkeep's lanes and a quick backoff; closed when the test ends. */
export function startClient(baseUrl: string, options: Partial<UpstreamClientOptions> = {}): UpstreamClient {
  const client = createUpstreamClient({
    service: 'inkeep',
    baseUrl,
    lanes: { plain: { max: 32, deadlineMs: 5_000 }, probe: { max: 16, deadlineMs: 11_000 } },
    coalesce: true,
    log: createLogger('silent'),
    metrics: createMetrics(),
    ...options,
    retry: { backoffMs: 1, ...options.retry },
  });
  onTestFinished(() => client.close());
  return client;
}

/** A caller of Inkeep whose bearer token, fingerprint and identity are its name. */
export function callerNamed(name: string): Caller {
  return { service: 'inkeep', headers: { authorization: `Bearer ${name}` }, fingerprint: name, identity: name };
}

/** A plain read of `/tools/{id}`. */
export function getTool(id: string): UpstreamCall {
  return { operation: 'get-tool', method: 'GET', path: ['tools', id], lane: 'plain' };
}

/** A plain write to `/tools`. */
export function createTool(body: unknown): UpstreamCall {
  return { operation: 'create-tool', method: 'POST', path: ['tools'], body, lane: 'plain' };
}

/** The reason of a rejection; fails the test where the promise is fulfilled. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`fulfilled with ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
