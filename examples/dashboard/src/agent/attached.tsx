import { useMutation } from '@apollo/client/react';
import { useFormErrors } from '../gateway/user-error.js';
import { type FragmentType, graphql, readFragment } from '../gql/index.js';
import { FieldError } from '../states.js';
import { StatusBadge } from '../tools/status-badge.js';

const AttachedTool = graphql(`
  fragment AttachedTool on SubAgentToolRelation { id selectedTools tool { id name } }
`);

const DetachTool = graphql(`
  mutation DetachTool($id: ID!) {
    detachToolFromSubAgent(input: { id: $id }) {
      ... on DetachToolFromSubAgentPayload { deletedId }
      ... on UserError { code message path }
    }
  }
`);

/** A tool that a sub-agent uses. It disappears as soon as it is detached, and comes back if that fails. */
export function Attached({ relation, canEdit }: { relation: FragmentType<typeof AttachedTool>; canEdit: boolean }) {
  const { id, tool, selectedTools } = readFragment(AttachedTool, relation);
  const { errors, submit } = useFormErrors();
  const [detach] = useMutation(DetachTool, {
    variables: { id },
    optimisticResponse: {
      __typename: 'Mutation',
      detachToolFromSubAgent: { __typename: 'DetachToolFromSubAgentPayload', deletedId: id },
    },
    update(cache, { data }) {
      if (data?.detachToolFromSubAgent?.__typename !== 'DetachToolFromSubAgentPayload') return;
      cache.evict({ id: cache.identify({ __typename: 'SubAgentToolRelation', id }) ?? '' });
    },
  });
  return (
    <li>
      <strong>{tool?.name ?? 'A tool that was deleted'}</strong>
      {tool && <StatusBadge id={tool.id} />}
      <small>{selectedTools?.join(', ') ?? 'all functions'}</small>
      <button
        type="button"
        disabled={!canEdit}
        aria-label={`Detach ${tool?.name}`}
        title={canEdit ? undefined : 'You may not edit this project'}
        onClick={() => submit(async () => (await detach()).data?.detachToolFromSubAgent)}
      >
        Detach
      </button>
      <FieldError id={`${id}-error`} message={Object.values(errors)[0]} />
    </li>
  );
}
