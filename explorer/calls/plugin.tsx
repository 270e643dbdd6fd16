import {
  type GraphiQLPlugin,
  UnStyledButton,
  useEditorContext,
  useExecutionContext,
  usePluginStore,
} from '@graphiql/react';
import { useMemo } from 'react';
import { togglePane } from '../panes';
import { explain, NO_REPORT, RUNNING, readCalls, summarize } from './report';
import { Waterfall } from './waterfall';

const TITLE = 'Upstream calls';

/** The panel beside the documentation and the history. */
export const CALLS_PLUGIN: GraphiQLPlugin = { title: TITLE, icon: CallsIcon, content: CallsPanel };

/** The calls of the answer in the current tab. */
function useCalls() {
  const { tabs, activeTabIndex } = useEditorContext({ nonNull: true });
  const { isFetching, isSubscribed } = useExecutionContext({ nonNull: true });
  const answer = tabs[activeTabIndex]?.response;
  const calls = useMemo(() => readCalls(answer), [answer]);
  // The report comes with the last part of an incremental answer.
  return isFetching || (isSubscribed && calls === NO_REPORT) ? RUNNING : calls;
}

function CallsPanel() {
  const calls = useCalls();
  return (
    <section aria-label={TITLE} className="calls">
      <h2>{TITLE}</h2>
      <p className="calls-summary" title={explain(calls)}>
        {summarize(calls)}
      </p>
      {calls.kind === 'none' && <p>{calls.explanation}</p>}
      {calls.kind === 'report' && calls.report.details.length > 0 && <Waterfall {...calls} />}
    </section>
  );
}

/** The line below the answer. It opens the panel. */
export function CallsSummary() {
  const calls = useCalls();
  const isOpen = usePluginStore().visiblePlugin === CALLS_PLUGIN;
  return (
    <UnStyledButton type="button" className="calls-footer" aria-expanded={isOpen} onClick={() => togglePane(TITLE)}>
      <CallsIcon />
      <span>{TITLE}</span>
      <output title={explain(calls)}>{summarize(calls)}</output>
    </UnStyledButton>
  );
}

function CallsIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
      <path d="M3 5h9M8 12h8M13 19h8" />
    </svg>
  );
}
