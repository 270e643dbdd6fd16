import { useQuery } from '@apollo/client/react';
import { graphql } from '../gql/index.js';
import { Empty, Loading, Problem } from '../states.js';
import { CreateTool } from './create-tool.js';
import { ToolRow } from './tool-row.js';

const ToolsPage = graphql(`
  query ToolsPage($projectId: String!, $after: String) {
    project(projectId: $projectId) {
      id
      tools(first: 15, after: $after) {
        totalCount
        edges { node { id ...ToolCells } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`);

interface Props {
  readonly project: string;
  readonly projectId: string;
  readonly canEdit: boolean;
}

/** The tools of a project. The list comes from the database at once; each status follows when its server was asked. */
export function Tools({ project, projectId, canEdit }: Props) {
  const { data, error, refetch, fetchMore } = useQuery(ToolsPage, { variables: { projectId } });
  if (error && !data) return <Problem error={error} retry={refetch} />;
  const tools = data?.project?.tools;
  if (!tools) return <Loading what="tools" />;
  const { hasNextPage, endCursor } = tools.pageInfo;
  return (
    <section aria-labelledby="tools">
      <h2 id="tools">
        Tools <small>{tools.totalCount}</small>
      </h2>
      {tools.edges.length === 0 && <Empty>This project has no tools yet.</Empty>}
      {tools.edges.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Status</th>
              <th scope="col" className="address">
                Address
              </th>
              <th scope="col">
                <span className="hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tools.edges.map(({ node }) => (
              <ToolRow key={node.id} tool={node} canEdit={canEdit} />
            ))}
          </tbody>
        </table>
      )}
      {hasNextPage && (
        <button type="button" onClick={() => void fetchMore({ variables: { after: endCursor } })}>
          Show more
        </button>
      )}
      {canEdit && <CreateTool project={project} />}
    </section>
  );
}
