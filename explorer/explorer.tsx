import { GraphiQL } from 'graphiql';
import { useRef, useState } from 'react';
import { CALLS_PLUGIN, CallsSummary } from './calls/plugin';
import { fetcher } from './fetcher';
import { ClosePaneButton } from './panes';
import { type CloseTab, CopyLinkButton, SessionBehavior } from './session';
import { openStorage } from './storage';
import type { Start } from './stored-tabs';

const PLUGINS = [CALLS_PLUGIN];
// GraphiQL accepts null, but its types do not know.
const STORAGE = openStorage() as Storage;

interface ExplorerProps {
  readonly start: Start;
  /** JSON that the visitor is to fill in. The editor of headers is open if there is any. */
  readonly headers: string | undefined;
}

/** GraphiQL with the documentation, the history and the upstream calls beside the editors. */
export function Explorer({ start: { defaultTabs, current }, headers }: ExplorerProps) {
  // A token is entered once: tabs that have no headers yet get those that were edited last.
  const [lastHeaders, setLastHeaders] = useState(headers);
  const closeTab = useRef<CloseTab>(() => true);
  return (
    <GraphiQL
      fetcher={fetcher}
      schemaDescription
      plugins={PLUGINS}
      storage={STORAGE}
      query={current.query}
      variables={current.variables ?? ''}
      defaultTabs={defaultTabs.map((tab) => ({ ...tab, variables: tab.variables ?? null, headers: null }))}
      defaultQuery=""
      defaultHeaders={lastHeaders}
      onEditHeaders={setLastHeaders}
      defaultEditorToolsVisibility={headers === undefined ? undefined : 'headers'}
      confirmCloseTab={(index) => closeTab.current(index)}
      // A bearer token is not kept in the storage of the browser, unless the user turns that on in the settings.
      shouldPersistHeaders={false}
      showPersistHeadersSettings
    >
      <GraphiQL.Logo>Agent Tools Gateway</GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <CopyLinkButton />
          </>
        )}
      </GraphiQL.Toolbar>
      <GraphiQL.Footer>
        <CallsSummary />
        <ClosePaneButton />
      </GraphiQL.Footer>
      <SessionBehavior operationName={current.operationName} closeTab={closeTab} />
    </GraphiQL>
  );
}
