import type { ApolloClient } from '@apollo/client';
import { graphql } from './gql/index.js';

const ToolsWithStatus = graphql(`
  query ToolsWithStatus($projectId: String!) {
    project(projectId: $projectId) {
      id
      tools(first: 50) {
        edges { node { id name ... @defer { status lastError } } }
      }
    }
  }
`);

/** Calls `show` with the texts of all rows at once, and again whenever the status of a tool has arrived. */
export function showTools(client: ApolloClient, projectId: string, show: (rows: string[]) => void): () => void {
  const results = client.watchQuery({ query: ToolsWithStatus, variables: { projectId } });
  const subscription = results.subscribe(({ data, dataState }) => {
    if (dataState !== 'complete' && dataState !== 'streaming') return;
    const edges = data.project?.tools?.edges ?? [];
    show(edges.map(({ node }) => `${node.name}: ${node.status ?? 'checking…'}`));
  });
  return () => subscription.unsubscribe();
}
