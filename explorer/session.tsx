import { ToolbarButton, useEditorContext, useExecutionContext } from '@graphiql/react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useHistoryInTabs } from './history';
import type { TabContent } from './stored-tabs';

/** Whether GraphiQL may close the tab of this index itself. */
export type CloseTab = (index: number) => boolean;

interface SessionProps extends Pick<TabContent, 'operationName'> {
  readonly closeTab: RefObject<CloseTab>;
}

/** What GraphiQL leaves out of its tabs and editors. Renders nothing. `operationName` is that of the first tab shown. */
export function SessionBehavior({ operationName, closeTab }: SessionProps) {
  useOperationOfTab(operationName);
  useAddress();
  useRunKey();
  useTabInSight();
  useTabKept(closeTab);
  useHistoryInTabs();
  useWrappedLines();
  return null;
}

function useCurrentTab() {
  const { tabs, activeTabIndex } = useEditorContext({ nonNull: true });
  return tabs[activeTabIndex];
}

/** GraphiQL selects the first operation of a document when its tab is opened, not the one that the tab was left with. */
function useOperationOfTab(nameOfLink: string | null | undefined): void {
  const { queryEditor } = useEditorContext({ nonNull: true });
  const tab = useCurrentTab();
  const openedId = useRef<string>(undefined);
  useEffect(() => {
    if (!queryEditor || !tab || openedId.current === tab.id) return;
    const isFirst = openedId.current === undefined;
    openedId.current = tab.id;
    queryEditor.operationName = (isFirst && nameOfLink) || tab.operationName;
  }, [queryEditor, tab, nameOfLink]);
}

/** The address of the page is a link to the current tab, from the first change on. */
function useAddress(): void {
  const tab = useCurrentTab();
  const address = addressOf(tab);
  const shown = useRef(address);
  useEffect(() => {
    if (shown.current === address) return;
    shown.current = address;
    history.replaceState({}, '', address);
  }, [address]);
}

function addressOf(tab: ReturnType<typeof useCurrentTab>): string {
  const { query, variables, operationName } = tab ?? {};
  const address = new URL(location.href);
  for (const [name, value] of Object.entries({ query, variables, operationName })) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  return address.href;
}

/** GraphiQL runs the operation by Ctrl+Enter only while an editor has the focus. */
function useRunKey(): void {
  const { run } = useExecutionContext({ nonNull: true });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      if (event.target instanceof Element && event.target.closest('.CodeMirror')) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [run]);
}

/** GraphiQL does not scroll to the current tab: not after a reload, and not to a new one. */
function useTabInSight(): void {
  const { tabs, activeTabIndex } = useEditorContext({ nonNull: true });
  const titles = tabs.map(({ title }) => title).join();
  useEffect(() => {
    document.querySelector('.graphiql-tab-active')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    showWhereTabsAre();
  }, [activeTabIndex, titles]);
  useEffect(() => {
    const row = document.querySelector('.graphiql-tabs');
    if (!row) return;
    const observer = new ResizeObserver(showWhereTabsAre);
    observer.observe(row);
    row.addEventListener('scroll', showWhereTabsAre);
    return () => {
      observer.disconnect();
      row.removeEventListener('scroll', showWhereTabsAre);
    };
  }, []);
}

/** The style sheet fades the edges of the row of tabs behind which there are more. GraphiQL hides its scroll bar. */
function showWhereTabsAre(): void {
  const row = document.querySelector('.graphiql-tabs');
  if (!row) return;
  row.classList.toggle('more-left', row.scrollLeft > 1);
  row.classList.toggle('more-right', row.scrollLeft + row.clientWidth < row.scrollWidth - 1);
}

/**
 * GraphiQL leaves the current tab when a tab after it is closed. Its `moveTab` could do this too, but fails if a tab has changed since
 * the list of tabs was rendered, and takes the whole page with it.
 */
function useTabKept(closeTab: RefObject<CloseTab>): void {
  const { activeTabIndex, changeTab, closeTab: closeNow } = useEditorContext({ nonNull: true });
  useEffect(() => {
    closeTab.current = (index) => {
      if (index <= activeTabIndex) return true;
      closeNow(index);
      changeTab(activeTabIndex);
      return false;
    };
  }, [closeTab, activeTabIndex, changeTab, closeNow]);
}

/** Long lines would be cut, comments of the examples among them. */
function useWrappedLines(): void {
  const { queryEditor, variableEditor, headerEditor } = useEditorContext({ nonNull: true });
  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, headerEditor]) editor?.setOption('lineWrapping', true);
  }, [queryEditor, variableEditor, headerEditor]);
}

/** Copies a link that opens the current tab, and makes it the address of the page, where it can be copied without a secure context. */
export function CopyLinkButton() {
  const address = addressOf(useCurrentTab());
  const [isCopied, setCopied] = useState(false);
  const done = navigator.clipboard ? 'Link copied' : 'The address of this page is the link';
  const copy = async () => {
    history.replaceState({}, '', address);
    await navigator.clipboard?.writeText(address);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <ToolbarButton onClick={copy} label={isCopied ? done : 'Copy link to this tab'}>
      <svg
        className="graphiql-toolbar-icon"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        aria-hidden="true"
      >
        {isCopied ? (
          <path d="M2.5 8.5 6 12l7.5-8" />
        ) : (
          <path d="M6.5 9.5a3 3 0 0 0 4.3 0l2.4-2.4A3 3 0 0 0 9 2.8L7.8 4M9.5 6.5a3 3 0 0 0-4.3 0L2.8 8.9A3 3 0 0 0 7 13.2L8.2 12" />
        )}
      </svg>
    </ToolbarButton>
  );
}
