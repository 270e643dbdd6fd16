import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { LinkedSet } from '../linked-set.js';
import type { Sockets } from './websocket/sockets.js';

/**
 * Closes a server: no new connections, then responses in flight finish, then remaining connections are destroyed. Idle connections
 * stay open for `idleMs`: a proxy may have sent a request on one before it could know, and must not send a mutation twice.
 */
export interface Closer {
  /** Tracks a response until the returned function is called. */
  responseStarted(response: ServerResponse): () => void;
  readonly isClosing: boolean;
  /** Calls `action` when closing starts, or now if it has started. The returned function unregisters it. */
  onClosing(action: () => void): () => void;
  /** Resolves when every connection is closed. Repeated calls return the promise of the first one. */
  close(graceMs: number): Promise<void>;
}

/** Closes a server, whose responses it must be told of, and its sockets. */
export function createCloser(server: Server, sockets: Sockets, { idleMs }: { readonly idleMs: number }): Closer {
  const inFlight = new LinkedSet<ServerResponse>();
  const actions = new Set<() => void>();
  let closed: Promise<void> | undefined;
  let closesIdle = false;

  return {
    responseStarted(response) {
      const entry = inFlight.add(response);
      if (closed) closeConnectionAfter(response);
      return () => {
        inFlight.delete(entry);
        // A response that started before closing has sent `connection: keep-alive`.
        if (closesIdle) setImmediate(() => server.closeIdleConnections());
      };
    },
    get isClosing() {
      return closed !== undefined;
    },
    onClosing(action) {
      if (closed) action();
      actions.add(action);
      return () => actions.delete(action);
    },
    close(graceMs) {
      closed ??= new Promise((resolve) => {
        const cutTimer = setTimeout(() => {
          sockets.terminate();
          server.closeAllConnections();
        }, graceMs);
        for (const response of inFlight) closeConnectionAfter(response);
        sockets.goAway();
        for (const action of [...actions]) action();
        const idleTimer = setTimeout(() => {
          closesIdle = true;
          server.close();
        }, idleMs);
        // That of an HTTP server would close idle connections at once.
        NetServer.prototype.close.call(server, () => {
          clearTimeout(idleTimer);
          clearTimeout(cutTimer);
          resolve();
        });
      });
      return closed;
    },
  };
}

/** Asks the client to send no other request on this connection. Has no effect after the headers have been sent. */
function closeConnectionAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
