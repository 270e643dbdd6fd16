import type { GraphiQLOptions } from 'graphql-yoga';
import { CALLS_SCRIPT } from './calls-script.js';
import { FETCHER_SCRIPT } from './fetcher-script.js';

/**
 * Returns the script that starts GraphiQL in the page. `workers` are the file names of the editor's workers by label, relative
 * to this script, because only the browser knows under which path a proxy serves it.
 *
 * GraphiQL shows the variables of its first tab only if they are passed separately, and it opens an untitled tab unless it
 * starts with the query and variables of a stored tab. So the script passes those of the tab of the link
 * (`?query=…&variables=…&operationName=…`), of the current tab of the last visit, or of the first example.
 *
 * The address of the page is always a link to the current tab.
 */
export function startScript(workers: Readonly<Record<string, string>>, options: GraphiQLOptions): string {
  return `const workers = ${JSON.stringify(workers)};
const base = document.currentScript.src;
const options = ${JSON.stringify(options)};

self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => new URL(workers[label], base).href };

${CALLS_SCRIPT}
${FETCHER_SCRIPT}
const STORED_TABS = 'graphiql:tabState';
const SEEN_EXAMPLES = 'gateway:seenExamples';

/* Adds the examples that the visitor has not seen to the tabs of the last visit. Storage may be off, or hold anything. */
function addNewExamples() {
  try {
    const state = JSON.parse(localStorage.getItem(STORED_TABS));
    const seen = JSON.parse(localStorage.getItem(SEEN_EXAMPLES)) ?? [];
    const examples = options.defaultTabs.map(({ query }) => query);
    localStorage.setItem(SEEN_EXAMPLES, JSON.stringify(examples));
    if (!state?.tabs?.length) return;
    const known = new Set([...seen, ...state.tabs.map(({ query }) => query)]);
    for (const example of options.defaultTabs) if (!known.has(example.query)) state.tabs.push(createTab(example));
    localStorage.setItem(STORED_TABS, JSON.stringify(state));
  } catch {}
}

function createTab({ query, variables = null, operationName = null }) {
  const title = operationName ?? /^ *(?:query|mutation|subscription) +(\\w+)/m.exec(query)?.[1] ?? '<untitled>';
  const hash = [query, variables ?? '', ''].join('|');
  return { id: Math.random().toString(36).slice(2), hash, title, query, variables, headers: null, operationName, response: null };
}

/* Makes the operation of the link the current tab: the tab that has it already, or a new one after the others. */
function openLink(link) {
  try {
    const state = JSON.parse(localStorage.getItem(STORED_TABS)) ?? { tabs: options.defaultTabs.map(createTab), activeTabIndex: 0 };
    const isLinked = (tab) =>
      tab?.query === link.query &&
      (link.variables ?? tab.variables ?? '') === (tab.variables ?? '') &&
      (link.operationName ?? tab.operationName ?? '') === (tab.operationName ?? '');
    if (!isLinked(state.tabs[state.activeTabIndex])) {
      const known = state.tabs.findIndex(isLinked);
      state.activeTabIndex = known < 0 ? state.tabs.push(createTab(link)) - 1 : known;
    }
    localStorage.setItem(STORED_TABS, JSON.stringify(state));
  } catch {
    Object.assign(options, { query: link.query, variables: link.variables });
  }
}

function writeLink(change) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(change)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState({}, '', address);
}

function currentTab() {
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem(STORED_TABS));
    return tabs[activeTabIndex];
  } catch {
    return options.defaultTabs[0];
  }
}

/* GraphiQL does not scroll to the current tab: not after a reload, and not to a new one. */
function keepCurrentTabInSight(root) {
  const show = () => root.querySelector('.graphiql-tab-active')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  const findTabs = new MutationObserver(() => {
    const tabs = root.querySelector('.graphiql-tabs');
    if (!tabs) return;
    findTabs.disconnect();
    show();
    new MutationObserver(show).observe(tabs, { childList: true, subtree: true, attributeFilter: ['class'] });
  });
  findTabs.observe(root, { childList: true, subtree: true });
}

addNewExamples();
keepCurrentTabInSight(document.getElementById('root'));

/* GraphiQL runs the operation only while an editor has the focus. */
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.target.closest('.monaco-editor')) return;
  event.preventDefault();
  document.querySelector('.graphiql-execute-button')?.click();
});

const link = Object.fromEntries(new URLSearchParams(location.search));
if (link.query) openLink(link);
const { query, variables } = currentTab() ?? {};
Object.assign(options, {
  query: options.query ?? query,
  variables: options.variables ?? variables,
  fetcher: createFetcher(location.pathname, showCalls),
  onEditQuery: (text) => writeLink({ query: text }),
  onEditVariables: (text) => writeLink({ variables: text }),
  onEditOperationName: (name) => writeLink({ operationName: name }),
});

YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options);
`;
}
