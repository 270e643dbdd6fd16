import type { TabsState } from '@graphiql/react';

type TabState = TabsState['tabs'][number];

/** An operation as a tab or a link holds it. `variables` is JSON text. */
export interface TabContent {
  readonly query: string;
  readonly variables?: string | null;
  readonly operationName?: string | null;
}

/** An example of the page. `headers` is JSON text: what the visitor is to fill in. */
export interface Example extends TabContent {
  readonly headers?: string;
}

/** What GraphiQL starts with: the tabs of a first visit, and the content of the current tab. */
export interface Start {
  readonly defaultTabs: readonly TabContent[];
  readonly current: TabContent;
}

type StoredTab = Omit<TabState, 'query'> & { readonly query: string };

interface StoredTabs {
  tabs: StoredTab[];
  activeTabIndex: number;
}

/** GraphiQL's own entry in the storage of the browser. */
const STORED_TABS = 'graphiql:tabState';
const SEEN_EXAMPLES = 'gateway:seenExamples';

/**
 * Prepares GraphiQL's stored tabs: brings the examples up to date, and opens a tab for the operation of a link
 * (`?query=…&variables=…&operationName=…`). GraphiQL opens an untitled tab unless it starts with the query and variables of a
 * stored tab, and shows the variables of its first tab only if they are passed separately; so `current` has both.
 *
 * The storage may be off, or hold anything. Then the link, or the first example, is the current tab.
 */
export function prepareTabs(examples: readonly TabContent[]): Start {
  const { query, variables = null, operationName = null } = Object.fromEntries(new URLSearchParams(location.search));
  const link = query ? { query, variables, operationName } : undefined;
  try {
    updateExamples(examples);
    if (link) openLink(link, examples);
    const state = readTabs();
    return { defaultTabs: examples, current: state?.tabs[state.activeTabIndex] ?? examples[0] ?? { query: '' } };
  } catch {
    const defaultTabs = link ? [link, ...examples] : examples;
    return { defaultTabs, current: defaultTabs[0] ?? { query: '' } };
  }
}

function readTabs(): StoredTabs | undefined {
  const state = JSON.parse(localStorage.getItem(STORED_TABS) ?? 'null');
  return state?.tabs?.length > 0 ? state : undefined;
}

function writeTabs(state: StoredTabs): void {
  localStorage.setItem(STORED_TABS, JSON.stringify(state));
}

/** Adds the new examples. Those that were there at an earlier visit and have no tab were closed by the visitor. */
function updateExamples(examples: readonly TabContent[]): void {
  const seen: string[] = JSON.parse(localStorage.getItem(SEEN_EXAMPLES) ?? '[]');
  localStorage.setItem(SEEN_EXAMPLES, JSON.stringify(examples.map((example) => example.query)));
  const state = readTabs();
  if (!state) return;
  const current = new Map(examples.map((example) => [createTab(example).title, example.query]));
  const isExample = new Set(seen);
  // A tab that still has the text of an example gets the text that the example has now.
  const tabs = state.tabs.map((tab) =>
    isExample.has(tab.query) ? { ...tab, query: current.get(tab.title) ?? tab.query } : tab,
  );
  const known = new Set([...seen, ...tabs.map((tab) => tab.query)]);
  const added = examples.filter((example) => !known.has(example.query));
  writeTabs({ ...state, tabs: [...tabs, ...added.map(createTab)] });
}

/** Makes the operation of the link the current tab: the tab that has it already, or a new one after the others. */
function openLink(link: TabContent, examples: readonly TabContent[]): void {
  const state = readTabs() ?? { tabs: examples.map(createTab), activeTabIndex: 0 };
  const current = state.tabs[state.activeTabIndex];
  if (!current || !isSameOperation(current, link)) {
    const known = state.tabs.findIndex((tab) => isSameOperation(tab, link));
    state.activeTabIndex = known < 0 ? state.tabs.push(createTab(link)) - 1 : known;
  }
  writeTabs(state);
}

/** Whether a tab holds an operation: what the operation leaves out may be anything. A link may lose the blanks at its ends. */
export function isSameOperation(
  tab: Pick<TabState, 'query' | 'variables' | 'operationName'>,
  { query, variables, operationName }: TabContent,
): boolean {
  return (
    tab.query?.trim() === query.trim() &&
    (variables ?? tab.variables ?? '') === (tab.variables ?? '') &&
    (!operationName || !tab.operationName || operationName === tab.operationName)
  );
}

/** A new tab, titled with the name of its first operation unless it names another one. */
function createTab({ query, variables = null, operationName }: TabContent): StoredTab {
  const name = operationName ?? /^ *(?:query|mutation|subscription) +(\w+)/m.exec(query)?.[1] ?? null;
  const empty = { headers: null, response: null, hash: '' };
  const id = crypto.getRandomValues(new Uint32Array(2)).join('-');
  return { ...empty, id, title: name ?? '<untitled>', query, variables, operationName: name };
}
