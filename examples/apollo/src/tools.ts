import { type FragmentType, graphql, readFragment } from './gql/index.js';

const ToolRow = graphql(`
  fragment ToolRow on Tool { name createdAt }
`);

export const ToolsPage = graphql(`
  query ToolsPage($projectId: String!, $first: Int!, $after: String) {
    project(projectId: $projectId) {
      id
      tools(first: $first, after: $after) {
        totalCount edges { node { id ...ToolRow } } pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

/** The text of a row. A component gets the fragment of its row, and only it can read the fields. */
export function labelOf(row: FragmentType<typeof ToolRow>, status?: string | null): string {
  const tool = readFragment(ToolRow, row);
  return `${tool.name} is ${status ?? 'being checked'}, created ${tool.createdAt?.slice(0, 10)}`;
}
