import type { ServerResponse } from 'node:http';
import type { Exchange } from './exchange.js';
import type { HttpMetrics } from './http-metrics.js';

/** As proxies have it: the client left before its answer, so no status was sent. */
const CLIENT_LEFT = 499;

/**
 * One log line per operation, when its answer has been sent or its client has left: who asked under which id, what it was
 * called, how long it took, how it ended. Never variables, headers or the document.
 */
export function recordOperation(exchange: Exchange, response: ServerResponse, metrics: HttpMetrics): void {
  const startedAt = performance.now();
  response.once('close', () => {
    const { requestId, record, log } = exchange;
    metrics.operationEnded(record);
    log.info(
      {
        requestId,
        operation: record.name,
        type: record.type,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        status: response.headersSent ? response.statusCode : CLIENT_LEFT,
        ...(record.codes.size > 0 && { codes: [...record.codes] }),
      },
      'operation',
    );
  });
}
