import type { EdgeMetrics } from '../edge-metrics.js';
import type { Exchange } from './exchange.js';

/** The HTTP status sent (499, as proxies log it, if the client left before its answer), or the transport if it is not HTTP. */
export type Ending = { readonly status: number } | { readonly transport: 'websocket' };

/**
 * Counts an operation as active until the returned function is called, when all its results have been sent or its client has
 * left. That call also logs one line: request id, name, type, duration, how it ended, and error codes. It never logs variables,
 * headers or the document.
 */
export function trackOperation(exchange: Exchange, metrics: EdgeMetrics): (ending: Ending) => void {
  const startedAt = performance.now();
  const { requestId, summary, log } = exchange;
  const countEnd = metrics.operationStarted(summary);
  return (ending) => {
    countEnd();
    log.info(
      {
        requestId,
        operation: summary.name,
        type: summary.type,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        ...ending,
        ...(summary.hasCodes && { codes: [...summary.codes] }),
      },
      'operation',
    );
  };
}
