import type { Server } from 'node:http';
import type { Logger } from '../../log.js';

interface ConnectionLimits {
  readonly maxConnections: number;
  readonly dropLogMs: number;
}

/**
 * Limits the open connections of a server, WebSockets included. Node closes a further connection without an answer, so the log
 * is the only place that says why: one warning per `dropLogMs`, with the number of connections refused since the one before.
 */
export function limitConnections(server: Server, log: Logger, { maxConnections, dropLogMs }: ConnectionLimits): void {
  let refused = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;
  server.maxConnections = maxConnections;
  server.on('drop', () => {
    refused += 1;
    if (performance.now() - loggedAt < dropLogMs) return;
    log.warn({ maxConnections, refused }, 'connections refused: too many are open');
    loggedAt = performance.now();
    refused = 0;
  });
}
