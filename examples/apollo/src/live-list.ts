import type { ApolloClient } from '@apollo/client';
import type { ToolsPageQuery } from './gql/graphql.js';
import { LiveTools, RowStatus } from './live-status.js';
import { labelOf, ToolsPage } from './tools.js';

/** Receives the rows that are loaded, and how many the whole list has. */
type Show = (rows: string[], totalCount: number | null | undefined) => void;

/** Calls `show` with the first ten tools at once, and again with the first status of each, each change and each page. */
export function watchTools(client: ApolloClient, projectId: string, show: Show) {
  let project: ToolsPageQuery['project'];
  let changes: { unsubscribe(): void } | undefined;
  const query = { query: ToolsPage, variables: { projectId, first: 10 } };
  const list = client.watchQuery(query);
  const pages = list.subscribe(({ data, dataState, error }) => {
    if (error) console.error(error.message);
    if (dataState !== 'complete') return;
    project = data.project;
    if (!project) return console.error(`There is no project "${projectId}".`);
    showAll();
    changes ??= watchStatus(project.id);
  });

  function watchStatus(id: string) {
    const events = client.subscribe({ query: LiveTools, variables: { watch: { project: id } } });
    return events.subscribe(({ data, error }) => {
      if (error) console.error(error.message);
      const gone = data?.toolStatus.removed && client.cache.identify(data.toolStatus.tool);
      if (gone) client.cache.evict({ id: gone });
      else showAll();
    });
  }

  function showAll() {
    const rows = project?.tools?.edges.map(({ node }) => {
      const cached = client.readFragment({ fragment: RowStatus, from: node });
      return labelOf(node, cached?.status);
    });
    show(rows ?? [], project?.tools?.totalCount);
  }

  return {
    /** Loads the next page, and returns whether there are more. */
    async loadMore(): Promise<boolean> {
      const after = client.readQuery(query)?.project?.tools?.pageInfo.endCursor;
      const { data } = await list.fetchMore({ variables: { after } });
      return data?.project?.tools?.pageInfo.hasNextPage ?? false;
    },
    stop() {
      pages.unsubscribe();
      changes?.unsubscribe();
    },
  };
}
