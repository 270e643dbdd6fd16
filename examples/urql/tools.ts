import type { Client } from '@urql/core';
import { type FragmentOf, readFragment } from 'gql.tada';
import { graphql } from './graphql.js';

export const ToolRow = graphql(`
  fragment ToolRow on Tool { id name status createdAt }
`);

export const Tools = graphql(
  `
    query Tools($projectId: String!) {
      project(projectId: $projectId) { id tools { nodes { ...ToolRow } } }
    }
  `,
  [ToolRow],
);

/** The text of a row. A component gets the fragment of its row, and only it can read the fields. */
export function labelOf(row: FragmentOf<typeof ToolRow>): string {
  const tool = readFragment(ToolRow, row);
  return `${tool.name} is ${tool.status}, created ${tool.createdAt?.slice(0, 10)}`;
}

/** The first tools of a project. */
export async function listTools(client: Client, projectId: string): Promise<string[]> {
  const { data, error } = await client.query(Tools, { projectId });
  if (error) throw error;
  return data?.project?.tools?.nodes.map(labelOf) ?? [];
}
