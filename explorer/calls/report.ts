import type { UpstreamReport } from '../../src/upstream/operation.js';

/** What the panel draws: the report of an answer, or a summary that says why there is none, and an explanation. */
export type Calls =
  | { readonly kind: 'report'; readonly report: UpstreamReport; readonly totalMs: number }
  | { readonly kind: 'none'; readonly summary: string; readonly explanation: string };

const NOT_RUN = none('none yet', 'Run an operation to see the calls that it makes.');
export const RUNNING = none('running', 'The calls are shown when the answer is complete.');
export const NO_REPORT = none(
  'not reported',
  'The answer has no report of calls: the gateway did not execute the operation.',
);
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

/** For example "6 calls instead of 32, 54 ms". */
export function summarize(calls: Calls): string {
  if (calls.kind === 'none') return calls.summary;
  const { report, totalMs } = calls;
  if (report.details.length === 0) return 'no calls';
  const instead = report.saved > 0 ? ` instead of ${report.calls + report.saved}` : '';
  return `${report.calls} ${report.calls === 1 ? 'call' : 'calls'}${instead}, ${Math.round(totalMs)} ms`;
}
