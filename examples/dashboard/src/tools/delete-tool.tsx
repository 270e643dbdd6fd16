import { useMutation, useQuery } from '@apollo/client/react';
import { useFormErrors } from '../gateway/user-error.js';
import { graphql } from '../gql/index.js';
import { FieldError, Loading, Problem } from '../states.js';

const BeforeDeletingATool = graphql(`
  query BeforeDeletingATool($id: ID!) {
    node(id: $id) {
      id
      ... on Tool {
        relations { totalCount nodes { id agent { id name } subAgent { id name } } }
      }
    }
  }
`);

const DeleteToolDocument = graphql(`
  mutation DeleteTool($id: ID!) {
    deleteTool(input: { id: $id }) {
      ... on DeleteToolPayload { deletedId }
      ... on UserError { code message path }
    }
  }
`);

/** Asks before a tool is deleted, and says which agents use it. */
export function DeleteTool({ id, name, close }: { id: string; name: string; close(): void }) {
  const { errors, submit } = useFormErrors();
  const [deleteTool, { loading }] = useMutation(DeleteToolDocument, {
    variables: { id },
    update(cache, { data }) {
      if (data?.deleteTool?.__typename !== 'DeleteToolPayload') return;
      cache.evict({ id: cache.identify({ __typename: 'Tool', id }) ?? '' });
      cache.gc();
    },
  });
  const confirm = () => submit(async () => (await deleteTool()).data?.deleteTool);
  return (
    <dialog ref={open} onClose={close} aria-labelledby="delete-title">
      <form method="dialog">
        <h2 id="delete-title">Delete {name}?</h2>
        <Uses id={id} />
        <FieldError id="delete-error" message={Object.values(errors)[0]} />
        <footer>
          <button type="submit">Cancel</button>
          <button type="button" className="danger" disabled={loading} onClick={confirm}>
            Delete
          </button>
        </footer>
      </form>
    </dialog>
  );
}

/** Opens the dialog when it is mounted: the browser then keeps the focus inside, and Escape closes it. */
function open(dialog: HTMLDialogElement | null): void {
  if (dialog && !dialog.open) dialog.showModal();
}

function Uses({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(BeforeDeletingATool, { variables: { id }, fetchPolicy: 'network-only' });
  if (error) return <Problem error={error} retry={refetch} />;
  if (!data) return <Loading what="the agents that use it" />;
  const relations = data.node?.__typename === 'Tool' ? (data.node.relations?.nodes ?? []) : [];
  if (relations.length === 0) return <p>No agent uses it.</p>;
  return (
    <>
      <p>These sub-agents use it and lose it:</p>
      <ul>
        {relations.map(({ id, agent, subAgent }) => (
          <li key={id}>
            {agent.name}, {subAgent?.name}
          </li>
        ))}
      </ul>
    </>
  );
}
