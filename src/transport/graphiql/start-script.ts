import type { GraphiQLOptions } from 'graphql-yoga';

/**
 * Returns the script that starts GraphiQL in the page. `workers` are the file names of the editor's workers by label, relative
 * to this script, because only the browser knows under which path a proxy serves it.
 *
 * GraphiQL shows the variables of its first tab only if they are passed separately, and it opens an untitled tab unless it
 * starts with the query and variables of a stored tab. So the script passes those of the current tab of the last visit, or of
 * the first example. If the URL has a query, it passes neither.
 */
export function startScript(workers: Readonly<Record<string, string>>, options: GraphiQLOptions): string {
  return `const workers = ${JSON.stringify(workers)};
const base = document.currentScript.src;
const options = ${JSON.stringify(options)};

self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => new URL(workers[label], base).href };

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
    for (const { query, variables } of options.defaultTabs) {
      if (known.has(query)) continue;
      const title = /^ *(?:query|mutation|subscription) +(\\w+)/m.exec(query)?.[1] ?? '<untitled>';
      const hash = [query, variables ?? '', ''].join('|');
      const tab = { id: Math.random().toString(36).slice(2), hash, title, query, variables, headers: null, operationName: null, response: null };
      state.tabs.push(tab);
    }
    localStorage.setItem(STORED_TABS, JSON.stringify(state));
  } catch {}
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

if (!new URLSearchParams(location.search).has('query')) {
  const { query, variables } = currentTab() ?? {};
  Object.assign(options, { query, variables });
}

YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options);
`;
}
