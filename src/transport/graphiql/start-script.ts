import type { GraphiQLOptions } from 'graphql-yoga';

/**
 * The script that starts GraphiQL in the page. `workers` are the editor's workers by label, relative to this script: only the
 * browser knows under which path a proxy serves it.
 *
 * GraphiQL shows the variables of its first tab only when it is given them apart, and opens an untitled tab on every visit
 * that does not begin with the query and variables of a stored tab. So it is told where the last visit ended, or what the
 * first example is; a link with a query comes before both.
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
