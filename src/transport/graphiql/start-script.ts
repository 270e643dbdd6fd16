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

function currentTab() {
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'));
    return tabs[activeTabIndex];
  } catch {
    return options.defaultTabs[0];
  }
}

if (!new URLSearchParams(location.search).has('query')) {
  const { query, variables } = currentTab() ?? {};
  Object.assign(options, { query, variables });
}

YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options);
`;
}
