import type { ApolloCache, Reference } from '@apollo/client';
import { useMutation } from '@apollo/client/react';
import type { FormEvent } from 'react';
import { useFormErrors } from '../gateway/user-error.js';
import type { AttachToolMutation } from '../gql/graphql.js';
import { graphql } from '../gql/index.js';
import { FieldError } from '../states.js';

const AttachToolDocument = graphql(`
  mutation AttachTool($input: AttachToolToSubAgentInput!) {
    attachToolToSubAgent(input: $input) {
      ... on AttachToolToSubAgentPayload { relation { id selectedTools tool { id name } } }
      ... on UserError { code message path }
      ... on InvalidInputError { issues { path message } }
    }
  }
`);

interface Props {
  readonly subAgent: string;
  /** The tools that are not attached yet. */
  readonly choice: readonly { readonly id: string; readonly name: string | null }[];
}

/** Attaches a tool. The tool is shown immediately, and is taken away again if the gateway refuses. */
export function AttachTool({ subAgent, choice }: Props) {
  const { errors, submit } = useFormErrors();
  const [attach] = useMutation(AttachToolDocument, { update: (cache, { data }) => addTo(cache, subAgent, data) });
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const read = (name: string) => String(new FormData(form).get(name) ?? '');
    const tool = choice.find(({ id }) => id === read('tool'));
    if (!tool) return;
    const functions = read('selectedTools')
      .split(',')
      .flatMap((name) => name.trim() || []);
    const input = { subAgent, tool: tool.id, ...(functions.length > 0 && { selectedTools: functions }) };
    const mutate = () => attach({ variables: { input }, optimisticResponse: expected(tool, functions) });
    if (await submit(async () => (await mutate()).data?.attachToolToSubAgent)) form.reset();
  };
  const fields = `attach-${subAgent}`;
  return (
    <form className="row" onSubmit={onSubmit} noValidate>
      <label>
        Tool
        <select name="tool" aria-describedby={`${fields}-tool`}>
          {choice.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <FieldError id={`${fields}-tool`} message={errors.tool} />
      </label>
      <label>
        Functions (optional, with commas)
        <input name="selectedTools" aria-describedby={`${fields}-functions`} />
        <FieldError id={`${fields}-functions`} message={errors.selectedTools ?? errors['selectedTools.0']} />
      </label>
      <button type="submit" disabled={choice.length === 0}>
        Attach
      </button>
      <FieldError id={`${fields}-error`} message={errors[''] ?? errors.subAgent} />
    </form>
  );
}

/** The result that is shown until the gateway has answered. */
function expected(tool: Props['choice'][number], functions: string[]): AttachToolMutation {
  return {
    __typename: 'Mutation',
    attachToolToSubAgent: {
      __typename: 'AttachToolToSubAgentPayload',
      relation: {
        __typename: 'SubAgentToolRelation',
        id: `expected:${tool.id}`,
        selectedTools: functions.length > 0 ? functions : null,
        tool: { __typename: 'Tool', ...tool },
      },
    },
  };
}

/** Adds the relation of a result to the list of its sub-agent, unless it is there already. */
function addTo(cache: ApolloCache, subAgent: string, data: AttachToolMutation | null | undefined): void {
  const result = data?.attachToolToSubAgent;
  if (result?.__typename !== 'AttachToolToSubAgentPayload') return;
  const added: Reference = { __ref: cache.identify({ ...result.relation }) ?? '' };
  cache.modify<{ toolRelations: { nodes: Reference[] } }>({
    id: cache.identify({ __typename: 'SubAgent', id: subAgent }) ?? '',
    fields: {
      toolRelations(existing) {
        const list = existing as { nodes: Reference[] };
        const isListed = list.nodes.some(({ __ref }) => __ref === added.__ref);
        return isListed ? list : { ...list, nodes: [...list.nodes, added] };
      },
    },
  });
}
