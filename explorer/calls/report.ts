import type { UpstreamReport } from '../../src/upstream/operation.js';

/** What the panel draws: the report of an answer, or a text that says why there is none. */
export type Calls =
  | { readonly kind: 'report'; readonly report: UpstreamReport; readonly totalMs: number }
  | { readonly kind: 'none'; readonly text: string };

const NOT_RUN = 'Run an operation to see the upstream calls that it makes.';
const NO_REPORT = 'This answer has no report of upstream calls. The gateway did not execute the operation.';

/** Reads the calls from the text of an answer, as GraphiQL shows it. */
export function readCalls(answer: string | null | undefined): Calls {
  if (!answer) return { kind: 'none', text: NOT_RUN };
  const result = parse(answer);
  if (Array.isArray(result?.events)) return callsOfEvents(result.events);
  return callsOf(result) ?? { kind: 'none', text: NO_REPORT };
}

/** The newest event that made calls. Polls of live status are not calls of an event: they serve all subscribers. */
function callsOfEvents(events: readonly unknown[]): Calls {
  const reported = events.map(callsOf).find((calls) => calls !== undefined);
  const count = events.length === 1 ? '1 event' : `${events.length} events`;
  const text = `${count}, without calls of their own. The gateway polls each tool once for all its subscribers.`;
  return reported ?? { kind: 'none', text };
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
  if (calls.kind === 'none') return calls.text;
  const { report, totalMs } = calls;
  if (report.details.length === 0) return 'No calls: the answer needs none.';
  const instead = report.saved > 0 ? ` instead of ${report.calls + report.saved}` : '';
  return `${report.calls} ${report.calls === 1 ? 'call' : 'calls'}${instead}, ${Math.round(totalMs)} ms`;
}
