import type { CallReport, UpstreamReport } from '../../src/upstream/operation.js';

/** What the panel draws: the report of an answer, or a summary that says why there is none, and an explanation. */
export type Calls =
  | { readonly kind: 'report'; readonly report: UpstreamReport; readonly totalMs: number }
  | { readonly kind: 'none'; readonly summary: string; readonly explanation: string };

const NOT_RUN = none('none yet', 'Run an operation to see the calls that it makes.');
export const RUNNING = none('running', 'The calls are shown when the answer is complete.');
export const NO_REPORT = none('not executed', 'The gateway did not execute the operation, so it made no calls.');
const POLLS_ARE_SHARED = 'Events make no calls of their own: the gateway polls each tool once for all its subscribers.';

function none(summary: string, explanation: string): Calls {
  return { kind: 'none', summary, explanation };
}

/** Reads the calls from the text of an answer, as GraphiQL shows it. */
export function readCalls(answer: string | null | undefined): Calls {
  if (!answer) return NOT_RUN;
  const result = parse(answer);
  if (Array.isArray(result?.events)) return callsOfEvents(result.events);
  return callsOf(result) ?? NO_REPORT;
}

/** Those of the newest event that made calls. */
function callsOfEvents(events: readonly unknown[]): Calls {
  const reported = events.map(callsOf).find((calls) => calls !== undefined);
  return reported ?? none(events.length === 1 ? '1 event' : `${events.length} events`, POLLS_ARE_SHARED);
}

function callsOf(result: unknown): Calls | undefined {
  const report = (result as { extensions?: { upstream?: UpstreamReport } } | null)?.extensions?.upstream;
  if (!Array.isArray(report?.details)) return undefined;
  const ends = report.details.map(({ startedMs, ms }) => startedMs + (ms ?? 0));
  return { kind: 'report', report, totalMs: Math.max(1, ...ends) };
}

function parse(answer: string): { events?: unknown } | undefined {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

/** Whether the call ended without an answer, or with an error. A 404 is the answer that something does not exist. */
export function hasFailed({ ms, status }: CallReport): boolean {
  return ms !== null && (status === null || (status >= 400 && status !== 404));
}

/** For example "6 calls in 54 ms, 1 failed (31 without batching)". */
export function summarize(calls: Calls): string {
  if (calls.kind === 'none') return calls.summary;
  const { report, totalMs } = calls;
  if (report.details.length === 0) return 'no calls';
  const made = report.calls === 1 ? '1 call' : `${report.calls} calls`;
  const unbatched = report.saved > 0 ? ` (${report.calls + report.saved} without batching)` : '';
  const failed = report.details.filter(hasFailed).length;
  return `${made} in ${Math.round(totalMs)} ms${failed > 0 ? `, ${failed} failed` : ''}${unbatched}`;
}

/** A sentence about the numbers of the summary; undefined if they need none. */
export function explain(calls: Calls): string | undefined {
  if (calls.kind === 'none' || calls.report.saved === 0) return undefined;
  const things = calls.report.calls + calls.report.saved;
  return `The operation asked for ${things} things, such as a tool or a list. Without batching, each takes a call of its own.`;
}
