import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { TOO_MANY_REQUESTS, TooMany } from '../client-counts.js';
import { GraphQLSocket, type SocketServices } from './graphql-socket.js';
import { keepAlive } from './outbox.js';
import {
  asksForWebSocket,
  findUpgradeProblem,
  ignoreUpgrade,
  refuseUpgrade,
  type UpgradeRefusal,
  type UpgradeRules,
} from './upgrade.js';

export interface SocketOptions extends SocketServices, UpgradeRules {}

/** All open WebSockets of a server. */
export interface Sockets {
  /** Accepts no new sockets. Open ones finish their queries and mutations, then close with 1001. */
  goAway(): void;
  /** Destroys the sockets that are still open. */
  terminate(): void;
}

/** Serves GraphQL over WebSocket (graphql-transport-ws) at `/graphql` of a server. */
export function serveSockets(server: Server, options: SocketOptions): Sockets {
  const { limits, metrics, log, clients } = options;
  const open = new Map<WebSocket, GraphQLSocket>();
  let isGoingAway = false;
  const handshake = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.maxFrameBytes,
    // Compression takes 300 KB per socket, and a small frame could expand to a large one.
    perMessageDeflate: false,
    handleProtocols,
  });

  function accept(socket: WebSocket, request: IncomingMessage): void {
    const closed = metrics.socketOpened();
    // A broken frame or connection is the client's fault, hence debug level. 'close' follows.
    socket.on('error', (error) => log.debug({ err: error }, 'socket failed'));
    socket.once('close', () => {
      open.delete(socket);
      closed();
    });
    keepAlive(socket, limits.pingMs);
    open.set(socket, new GraphQLSocket(socket, request, options));
  }

  function upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // Node removes its own error listener before this event.
    socket.on('error', () => socket.destroy());
    const admitted = admit(request);
    if (typeof admitted !== 'function') {
      const { status, extensions, headers } = admitted;
      log.warn({ status, ...('limit' in extensions && { limit: extensions.limit }), ...headers }, 'upgrade refused');
      refuseUpgrade(request, socket, admitted);
      return;
    }
    // Not when the WebSocket closes: the handshake can fail before there is one.
    socket.once('close', admitted);
    handshake.handleUpgrade(request, socket, head, accept);
  }

  /** Returns why an upgrade must be refused. Otherwise the socket is counted until the function that is returned is called. */
  function admit(request: IncomingMessage): UpgradeRefusal | (() => void) {
    const problem = isGoingAway ? SHUTTING_DOWN : findUpgradeProblem(request, options);
    if (problem) return problem;
    const release = clients.addSocket(request);
    return release instanceof TooMany ? { status: TOO_MANY_REQUESTS, ...release } : release;
  }

  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (asksForWebSocket(request)) upgrade(request, socket, head);
    else ignoreUpgrade(server, request, socket, head);
  });

  return {
    goAway() {
      isGoingAway = true;
      for (const socket of open.values()) socket.goAway();
    },
    terminate() {
      for (const socket of open.keys()) socket.terminate();
    },
  };
}

const SHUTTING_DOWN: UpgradeRefusal = {
  status: 503,
  extensions: { code: 'UPSTREAM_UNAVAILABLE' },
  message: 'The gateway is shutting down.',
};
