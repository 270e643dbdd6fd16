import type { CallReport, UpstreamReport } from '../../src/upstream/operation.js';

/** One row for each call: when it started, how long it took, and how long of that it waited for its lane. */
export function Waterfall({ report, totalMs }: { report: UpstreamReport; totalMs: number }) {
  const kinds = new Set(report.details.map(kindOf));
  const hasWaits = report.details.some(({ waitMs }) => waitMs > 0);
  return (
    <>
      <ul className="calls-legend">
        {[...kinds].map((kind) => (
          <li key={kind} className={`calls-${kind}`} title={MEANINGS[kind]}>
            {kind}
          </li>
        ))}
        {hasWaits && (
          <li className="calls-waiting" title="Waits for a slot of its lane.">
            waiting
          </li>
        )}
      </ul>
      <ol className="calls-list">
        {report.details.map((call, index) => (
          <Row key={index} call={call} totalMs={totalMs} />
        ))}
      </ol>
    </>
  );
}

const MEANINGS = {
  plain: 'Reads or writes stored fields.',
  probe: 'Makes the upstream contact an MCP server.',
  coalesced: 'Shares the answer of the same call of another operation.',
};

function kindOf({ joined, lane }: CallReport): keyof typeof MEANINGS {
  return joined ? 'coalesced' : lane;
}

function Row({ call, totalMs }: { call: CallReport; totalMs: number }) {
  const { service, operation, status, startedMs, waitMs, ms, keys } = call;
  const percent = (part: number, whole: number) => `${whole > 0 ? (part / whole) * 100 : 0}%`;
  const hasFailed = status === null || status >= 400;
  const facts = [
    ms === null ? 'not finished' : `${ms} ms`,
    waitMs > 0 && `${waitMs} ms waiting`,
    kindOf(call),
    keys === 1 ? '1 key' : `${keys} keys`,
    hasFailed && (status === null ? 'no answer' : `status ${status}`),
  ].filter(Boolean);
  return (
    <li>
      <span className="calls-name">
        {operation} <small>{service}</small>
      </span>
      <span className="calls-track">
        <span
          className={`calls-bar calls-${kindOf(call)}`}
          style={{ marginLeft: percent(startedMs, totalMs), width: percent(ms ?? 0, totalMs) }}
        >
          <span className="calls-wait" style={{ width: percent(waitMs, ms ?? 0) }} />
        </span>
      </span>
      <span className={hasFailed ? 'calls-facts calls-failed' : 'calls-facts'}>
        {`at ${startedMs} ms · ${facts.join(' · ')}`}
      </span>
    </li>
  );
}
