import type { CallReport, UpstreamReport } from '../../src/upstream/operation.js';
import { hasFailed } from './report';

/** One row for each call: when it started, how long it took, and how long of that it waited for its lane. */
export function Waterfall({ report, totalMs }: { report: UpstreamReport; totalMs: number }) {
  const kinds = new Set<Kind>(report.details.map(kindOf));
  if (report.details.some(({ waitMs }) => waitMs > 0)) kinds.add('waiting');
  return (
    <>
      <ul className="calls-legend">
        {[...kinds].map((kind) => (
          <li key={kind} className={`calls-${kind}`}>
            {MEANINGS[kind]}
          </li>
        ))}
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
  plain: 'reads or writes stored data',
  probe: 'makes the upstream contact an MCP server',
  coalesced: 'shares the call of another operation',
  waiting: 'waits for its turn',
  failed: 'failed',
};

type Kind = keyof typeof MEANINGS;

function kindOf(call: CallReport): Kind {
  if (hasFailed(call)) return 'failed';
  return call.joined ? 'coalesced' : call.lane;
}

function Row({ call, totalMs }: { call: CallReport; totalMs: number }) {
  const { service, operation, status, startedMs, waitMs, ms, keys } = call;
  const percent = (part: number, whole: number) => `${whole > 0 ? (part / whole) * 100 : 0}%`;
  const failure = hasFailed(call) && (status === null ? 'failed without an answer' : `failed with status ${status}`);
  const facts = [
    `started at ${rounded(startedMs)} ms`,
    ms === null ? 'not finished' : `took ${rounded(ms)} ms`,
    waitMs > 0 && `waited ${rounded(waitMs)} ms of it`,
    keys > 1 && `${keys} lookups in one call`,
    status === 404 && 'not found',
  ].filter(Boolean);
  return (
    <li>
      <span className="calls-name">
        <span>{operation}</span>
        <small>{service}</small>
      </span>
      <span className="calls-track">
        <span
          className={`calls-bar calls-${kindOf(call)}`}
          style={{ marginLeft: percent(startedMs, totalMs), width: percent(ms ?? 0, totalMs) }}
        >
          <span className="calls-wait" style={{ width: percent(waitMs, ms ?? 0) }} />
        </span>
      </span>
      <span className="calls-facts">
        {failure && <strong className="calls-failure">{failure} · </strong>}
        {facts.join(' · ')}
      </span>
    </li>
  );
}

/** Tenths say something only of short times. */
function rounded(ms: number): number {
  return ms < 10 ? ms : Math.round(ms);
}
