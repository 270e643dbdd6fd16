import type { ApolloClient } from '@apollo/client';
import { type FragmentType, graphql, readFragment } from './gql/index.js';

const ToolRow = graphql(`
  fragment ToolRow on Tool { id name status createdAt }
`);

export const ToolsPage = graphql(`
  query ToolsPage($projectId: String!, $first: Int!, $after: String) {
    project(projectId: $projectId) {
      id
      tools(first: $first, after: $after) { edges { node { ...ToolRow } } pageInfo { hasNextPage endCursor } }
    }
  }
`);

/** The text of a row. A component gets the fragment of its row, and only it can read the fields. */
export function labelOf(row: FragmentType<typeof ToolRow>): string {
  const tool = readFragment(ToolRow, row);
  return `${tool.name} is ${tool.status}, created ${tool.createdAt?.slice(0, 10)}`;
}

/** Reads a list to its end. The cache joins its pages: each component that shows the list gets all of them. */
export async function readAllTools(client: ApolloClient, projectId: string): Promise<string[]> {
  const fetchPolicy = 'network-only'; // The cache would answer with the pages that it has.
  let after: string | null | undefined;
  for (let hasNextPage: boolean | undefined = true; hasNextPage; ) {
    const { data } = await client.query({ query: ToolsPage, variables: { projectId, first: 10, after }, fetchPolicy });
    ({ hasNextPage, endCursor: after } = data?.project?.tools?.pageInfo ?? { hasNextPage: false });
  }
  const all = client.readQuery({ query: ToolsPage, variables: { projectId, first: 10 } });
  return all?.project?.tools?.edges.map(({ node }) => labelOf(node)) ?? [];
}
