import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { SandboxEnv } from './env.js';

/** A server that listens. */
export interface Listening {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Closes the server and its open sockets. */
  close(): Promise<void>;
}

/**
 * Serves an app on loopback; port 0 picks a free one. Rejects if the port is in use.
 * Idle connections end after 5 s, as on the real upstreams. That is Node's default, and explicit here because clients must handle it.
 */
export async function listen<Env extends SandboxEnv>(app: Hono<Env>, port: number): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: { keepAliveTimeout: 5000 } }) as Server;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${address.port}`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
