import { type FragmentOf, readFragment } from 'gql.tada';
import { graphql } from './graphql.js';

export const ToolRow = graphql(`
  fragment ToolRow on Tool { name createdAt }
`);

export const Tools = graphql(
  `
    query Tools($projectId: String!) {
      project(projectId: $projectId) { id tools { nodes { id ...ToolRow } } }
    }
  `,
  [ToolRow],
);

/** The text of a row. A component gets the fragment of its row, and only it can read the fields. */
export function labelOf(row: FragmentOf<typeof ToolRow>, status = 'being checked'): string {
  const tool = readFragment(ToolRow, row);
  return `${tool.name} is ${status}, created ${tool.createdAt?.slice(0, 10)}`;
}
