import { useSubscription } from '@apollo/client/react';
import { useState } from 'react';
import { graphql } from './gql/index.js';

/** `tool` has an id and a status, so each event updates the tool in the cache, and every part of the page which shows it. */
const ToolStatusChanges = graphql(`
  subscription ToolStatusChanges($project: ID!) {
    toolStatus(watch: { project: $project }) {
      freshness
      removed
      tool { ...ToolStatusBadge id }
    }
  }
`);

/** Watches the tools of a project. Shows nothing as long as all is well. */
export function LiveStatus({ project }: { project: string }) {
  const [isStale, setStale] = useState(false);
  const [problem, setProblem] = useState<string>();
  useSubscription(ToolStatusChanges, {
    variables: { project },
    ignoreResults: true,
    onData({ client: { cache }, data: { data } }) {
      if (!data) return;
      const { tool, removed, freshness } = data.toolStatus;
      setProblem(undefined);
      setStale(freshness === 'STALE');
      if (removed) cache.evict({ id: cache.identify({ __typename: 'Tool', id: tool.id }) ?? '' });
    },
    onError: ({ message }) => setProblem(message),
  });
  return (
    <>
      {isStale && <p className="notice">The upstream cannot be reached. These are the last known statuses.</p>}
      {problem && <p className="notice">Live status has ended: {problem}</p>}
    </>
  );
}
