import type { Server, ServerResponse } from 'node:http';
import type { Sockets } from './websocket/sockets.js';

/** Ends a server: no new connections, answers in flight are finished, then what is left is cut off. */
export interface Closer {
  readonly closing: boolean;
  /** Calls `action` when closing begins, or now if it has. The function returned takes that back. */
  atClosing(action: () => void): () => void;
  /** Resolves when every connection is gone. Whoever calls again waits for the first call. */
  close(graceMs: number): Promise<void>;
}

/** Watches the answers in flight of a server from now on, to be able to close it and its sockets. */
export function createCloser(server: Server, sockets: Sockets): Closer {
  const inFlight = new Set<ServerResponse>();
  const actions = new Set<() => void>();
  let closed: Promise<void> | undefined;

  server.on('request', (_request, response: ServerResponse) => {
    inFlight.add(response);
    response.once('close', () => {
      inFlight.delete(response);
      // An answer begun before closing has promised to keep its connection.
      if (closed) setImmediate(() => server.closeIdleConnections());
    });
    if (closed) lastOnItsConnection(response);
  });

  return {
    get closing() {
      return closed !== undefined;
    },
    atClosing(action) {
      if (closed) action();
      actions.add(action);
      return () => actions.delete(action);
    },
    close(graceMs) {
      closed ??= new Promise((resolve) => {
        const cut = setTimeout(() => {
          sockets.terminate();
          server.closeAllConnections();
        }, graceMs);
        for (const response of inFlight) lastOnItsConnection(response);
        sockets.goAway();
        for (const action of [...actions]) action();
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      });
      return closed;
    },
  };
}

/** Tells the client not to send another request on this connection. Too late once the head has been sent. */
function lastOnItsConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
