import { useQuery } from '@apollo/client/react';
import { graphql } from './gql/index.js';
import { LiveStatus } from './live-status.js';
import { placeOf } from './location.js';
import { Empty, Loading, Problem } from './states.js';
import { Tools } from './tools/tools.js';

const ProjectPage = graphql(`
  query ProjectPage($projectId: String!) {
    project(projectId: $projectId) {
      id
      name
      permissions { canEdit }
      agents(first: 100) { nodes { id agentId name description } }
    }
  }
`);

/** A project: its agents, and its tools with their status. */
export function Project({ projectId, agentId }: { projectId: string; agentId: string | undefined }) {
  const { data, error, refetch } = useQuery(ProjectPage, { variables: { projectId } });
  if (error && !data) return <Problem error={error} retry={refetch} />;
  if (!data) return <Loading what="the project" />;
  const { project } = data;
  if (!project) return <Empty>There is no project {projectId}.</Empty>;
  const agents = project.agents?.nodes ?? [];
  const canEdit = project.permissions?.canEdit ?? false;
  return (
    <>
      <LiveStatus project={project.id} />
      {!canEdit && <p className="notice">You may look at this project, but not change it.</p>}
      <nav aria-label="Agents">
        <h2>Agents</h2>
        {agents.length === 0 && <Empty>This project has no agents.</Empty>}
        <ul>
          {agents.map((agent) => (
            <li key={agent.id}>
              <a href={placeOf(projectId, agent.agentId)} aria-current={agent.agentId === agentId ? 'page' : undefined}>
                <strong>{agent.name}</strong>
                <span>{agent.description}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {!agentId && <Tools project={project.id} projectId={projectId} canEdit={canEdit} />}
    </>
  );
}
