import { useQuery } from '@apollo/client/react';
import { Agent } from './agent/agent.js';
import { useConnection } from './gateway/connection.js';
import { currentToken, signIn, USERS } from './gateway/session.js';
import { graphql } from './gql/index.js';
import { placeOf, usePlace } from './location.js';
import { Project } from './project.js';
import { Loading, Problem } from './states.js';

const Projects = graphql(`
  query Projects {
    projects(first: 100) { nodes { id projectId name } }
  }
`);

export function App() {
  const { data, error, refetch } = useQuery(Projects);
  const { projectId = 'support-desk', agentId } = usePlace();
  return (
    <>
      <header>
        <h1>Agent tools</h1>
        <label>
          Project
          <select value={projectId} onChange={({ target }) => location.assign(placeOf(target.value))}>
            {data?.projects?.nodes.map((project) => (
              <option key={project.id} value={project.projectId}>
                {project.name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Signed in as
          <select value={currentToken()} onChange={({ target }) => signIn(target.value)}>
            {USERS.map(({ token, name }) => (
              <option key={token} value={token}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <ConnectionState />
      </header>
      <main>
        {error && !data && <Problem error={error} retry={refetch} />}
        {!error && !data && <Loading what="projects" />}
        {data && <Project key={projectId} projectId={projectId} agentId={agentId} />}
        {data && agentId && <Agent key={agentId} projectId={projectId} agentId={agentId} />}
      </main>
    </>
  );
}

const CONNECTION = { idle: 'Not connected', open: 'Live', lost: 'Connection lost. Reconnecting…' } as const;

function ConnectionState() {
  const connection = useConnection();
  return (
    <p className={`connection ${connection}`} role="status">
      {CONNECTION[connection]}
    </p>
  );
}
