/**
 * Script that defines `showCalls(result)`: it draws the upstream calls of a result (`extensions.upstream`) as a waterfall in
 * the element `#calls` of the page. GraphiQL does not shrink, so the open list covers the end of the answer. All text is set as text, never as markup.
 */
export const CALLS_SCRIPT = `function showCalls(result) {
  const panel = document.getElementById('calls');
  const report = result?.extensions?.upstream;
  const calls = report?.details ?? [];
  const endOf = ({ startedMs, ms }) => startedMs + (ms ?? 0);
  const totalMs = Math.max(1, ...calls.map(endOf));
  const instead = report?.saved > 0 ? ' instead of ' + (report.calls + report.saved) : '';
  const summary = calls.length === 0 ? 'none' : report.calls + (report.calls === 1 ? ' call' : ' calls') + instead + ', ' + Math.round(totalMs) + ' ms';
  panel.querySelector('output').textContent = summary;
  panel.querySelector('ol').replaceChildren(...calls.map((call) => drawCall(call, totalMs)));
}

function drawCall({ service, operation, lane, status, startedMs, waitMs, ms, keys, joined }, totalMs) {
  const row = document.createElement('li');
  const add = (className, text, parent = row) => {
    const element = document.createElement('span');
    element.className = className;
    element.textContent = text;
    parent.append(element);
    return element;
  };
  add('calls-name', service + ' ' + operation);
  const bar = add('calls-bar ' + (joined ? 'calls-coalesced' : 'calls-' + lane), '', add('calls-track', ''));
  bar.style.marginLeft = (startedMs / totalMs) * 100 + '%';
  bar.style.width = Math.max(0.5, ((ms ?? 0) / totalMs) * 100) + '%';
  add('calls-wait', '', bar).style.width = ms ? (waitMs / ms) * 100 + '%' : '0';
  const facts = [
    ms === null ? 'not finished' : ms + ' ms',
    waitMs > 0 && waitMs + ' ms waiting',
    joined ? 'coalesced' : lane,
    keys === 1 ? '1 key' : keys + ' keys',
    status !== 200 && (status ?? 'no answer'),
  ];
  add('calls-facts', facts.filter(Boolean).join(' · '));
  return row;
}
`;

/** Content of `#calls`. */
export const CALLS_PANEL = `<details id="calls">
      <summary>Upstream calls: <output>none</output></summary>
      <ol></ol>
    </details>`;

export const CALLS_STYLE = `
#root { height: calc(100vh - 34px); }
#root .graphiql-container { height: calc(100vh - 34px); }
#calls { position: fixed; inset: auto 0 0; z-index: 5; min-height: 33px; background: #fff; border-top: 1px solid #8886; color: #3b4b68; font: 13px/1.5 system-ui, sans-serif; }
#calls summary { padding: 6px 16px; cursor: pointer; }
#calls output { font-weight: 600; }
#calls ol { max-height: 30vh; margin: 0; padding: 0 16px 8px; overflow: auto; list-style: none; }
#calls li { display: grid; grid-template-columns: minmax(0, 16em) minmax(0, 1fr) minmax(0, 20em); gap: 12px; align-items: center; }
.calls-name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.calls-track, .calls-bar, .calls-wait { display: block; }
.calls-bar { height: 10px; border-radius: 2px; background: #3b7dd8; }
.calls-bar.calls-probe { background: #c2571a; }
.calls-bar.calls-coalesced { background: #8889; }
.calls-wait { height: 100%; background: #fffa; }
body.graphiql-dark #calls { background: #212a3b; color: #b7c2d7; }
@media (prefers-color-scheme: dark) { body:not(.graphiql-light) #calls { background: #212a3b; color: #b7c2d7; } }
@media (max-width: 700px) { #calls li { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } .calls-track { grid-row: 2; grid-column: 1 / 3; } }
`;
