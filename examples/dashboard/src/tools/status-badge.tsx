import { useFragment } from '@apollo/client/react';
import type { ToolStatus } from '../gql/graphql.js';
import { graphql } from '../gql/index.js';

const ToolStatusBadge = graphql(`
  fragment ToolStatusBadge on Tool { status lastError }
`);

const TEXT: Record<ToolStatus, string> = {
  HEALTHY: 'Healthy',
  NEEDS_AUTH: 'Needs sign-in',
  UNAVAILABLE: 'Unavailable',
  UNHEALTHY: 'Unhealthy',
  UNKNOWN: 'Unknown',
};

/** The status of a tool as far as the cache knows it: live status writes it there. */
export function StatusBadge({ id }: { id: string }) {
  const { data, complete } = useFragment({ fragment: ToolStatusBadge, from: { __typename: 'Tool', id } });
  if (!complete || !data.status) return <span className="badge">Checking…</span>;
  return (
    <span className={`badge ${data.status}`} title={data.lastError ?? undefined}>
      {TEXT[data.status]}
    </span>
  );
}
