import { useQuery } from '@apollo/client/react';
import { graphql } from '../gql/index.js';
import { placeOf } from '../location.js';
import { Empty, Loading, Problem } from '../states.js';
import { AttachTool } from './attach-tool.js';
import { Attached } from './attached.js';

const AgentPage = graphql(`
  query AgentPage($projectId: String!, $agentId: String!) {
    project(projectId: $projectId) {
      id
      permissions { canEdit }
      choice: tools(first: 500) { nodes { id name } }
    }
    agent(projectId: $projectId, agentId: $agentId) {
      id
      name
      description
      subAgents(first: 100) {
        nodes {
          id
          name
          description
          toolRelations(first: 100) { nodes { id tool { id } ...AttachedTool } }
        }
      }
    }
  }
`);

/** An agent: its sub-agents with the tools that they use, which can be attached and detached. */
export function Agent({ projectId, agentId }: { projectId: string; agentId: string }) {
  const { data, error, refetch } = useQuery(AgentPage, { variables: { projectId, agentId } });
  if (error && !data) return <Problem error={error} retry={refetch} />;
  if (!data) return <Loading what="the agent" />;
  const { agent, project } = data;
  if (!agent) return <Empty>There is no agent {agentId}.</Empty>;
  const canEdit = project?.permissions?.canEdit ?? false;
  return (
    <section aria-labelledby="agent">
      <a href={placeOf(projectId)}>All tools</a>
      <h2 id="agent">{agent.name}</h2>
      <p>{agent.description}</p>
      {agent.subAgents?.nodes.length === 0 && <Empty>This agent has no sub-agents.</Empty>}
      {agent.subAgents?.nodes.map(({ id, name, description, toolRelations }) => {
        const relations = toolRelations?.nodes ?? [];
        const attached = new Set(relations.map(({ tool }) => tool?.id));
        const choice = project?.choice?.nodes.filter((tool) => !attached.has(tool.id)) ?? [];
        return (
          <article key={id} className="card" aria-label={name ?? id}>
            <h3>{name}</h3>
            <p>{description}</p>
            {relations.length === 0 && <Empty>It uses no tools.</Empty>}
            <ul className="attached">
              {relations.map((relation) => (
                <Attached key={relation.id} relation={relation} canEdit={canEdit} />
              ))}
            </ul>
            {canEdit && <AttachTool subAgent={id} choice={choice} />}
          </article>
        );
      })}
    </section>
  );
}
