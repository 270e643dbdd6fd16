import { UpstreamAborted, UpstreamBadResponse, UpstreamError, UpstreamTimeout } from './errors/upstream-errors.js';
import { Cancelled } from './shared-call.js';

/** How a failed call ended, as metrics and spans show it: `timeout`, `aborted`, `bad_response`, `unavailable`, or `4xx` and `5xx`. */
export function outcomeOf(error: unknown): string {
  if (error instanceof Cancelled) return error.reason === 'deadline' ? 'timeout' : 'aborted';
  if (error instanceof UpstreamTimeout) return 'timeout';
  if (error instanceof UpstreamAborted) return 'aborted';
  if (error instanceof UpstreamBadResponse) return 'bad_response';
  const status = error instanceof UpstreamError ? error.call.status : undefined;
  return statusClass(status !== undefined && status >= 400 ? status : undefined);
}

const CLASSES = [undefined, '1xx', '2xx', '3xx', '4xx', '5xx', '6xx', '7xx', '8xx', '9xx'];

/** `2xx` to `5xx`; `unavailable` without a status. */
export function statusClass(status: number | undefined): string {
  return status === undefined ? 'unavailable' : (CLASSES[Math.trunc(status / 100)] ?? 'unavailable');
}
