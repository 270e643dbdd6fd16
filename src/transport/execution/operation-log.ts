import type { EdgeMetrics } from '../edge-metrics.js';
import type { Exchange } from './exchange.js';

/** How an operation ended: the HTTP status sent (499 as proxies have it: the client left before its answer), or where else it ran. */
export type Ending = { readonly status: number } | { readonly transport: 'websocket' };

/**
 * Counts an operation in, and out when the function returned is called: when all its answers have been sent or its client has
 * left. Then one log line: who asked under which id, what it was called, how long it took, how it ended. Never variables,
 * headers or the document.
 */
export function recordOperation(exchange: Exchange, metrics: EdgeMetrics): (ending: Ending) => void {
  const startedAt = performance.now();
  const { requestId, record, log } = exchange;
  const counted = metrics.operationStarted(record);
  return (ending) => {
    counted();
    log.info(
      {
        requestId,
        operation: record.name,
        type: record.type,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        ...ending,
        ...(record.codes.size > 0 && { codes: [...record.codes] }),
      },
      'operation',
    );
  };
}
