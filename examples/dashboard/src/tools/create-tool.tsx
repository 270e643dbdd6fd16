import type { ApolloCache, Reference } from '@apollo/client';
import { useMutation } from '@apollo/client/react';
import type { FormEvent } from 'react';
import { useFormErrors } from '../gateway/user-error.js';
import type { CreateToolMutation } from '../gql/graphql.js';
import { graphql } from '../gql/index.js';
import { FieldError } from '../states.js';

const CreateToolDocument = graphql(`
  mutation CreateTool($input: CreateToolInput!) {
    createTool(input: $input) {
      ... on CreateToolPayload { tool { id ...ToolCells } }
      ... on UserError { code message path }
      ... on InvalidInputError { issues { path message } }
    }
  }
`);

const FIELDS = [
  { path: 'name', label: 'Name' },
  { path: 'toolId', label: 'Id (optional)' },
  { path: 'config.url', label: 'Address of the MCP server' },
] as const;

/** Adds a tool. Each error is shown at the field that its path names. */
export function CreateTool({ project }: { project: string }) {
  const { errors, submit } = useFormErrors();
  const [createTool, { loading }] = useMutation(CreateToolDocument, {
    update: (cache, { data }) => addTo(cache, project, data),
  });
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const read = (path: string) => String(new FormData(form).get(path));
    const input = {
      project,
      name: read('name'),
      config: { url: read('config.url') },
      ...(read('toolId') && { toolId: read('toolId') }),
    };
    if (await submit(async () => (await createTool({ variables: { input } })).data?.createTool)) form.reset();
  };
  return (
    <form className="card" onSubmit={onSubmit} aria-labelledby="create-tool" noValidate>
      <h3 id="create-tool">Add a tool</h3>
      {FIELDS.map(({ path, label }) => (
        <label key={path}>
          {label}
          <input name={path} aria-invalid={path in errors} aria-describedby={`${path}-error`} />
          <FieldError id={`${path}-error`} message={errors[path]} />
        </label>
      ))}
      <FieldError id="create-tool-error" message={errors['']} />
      <button type="submit" disabled={loading}>
        Add
      </button>
    </form>
  );
}

/** Adds the new tool to the lists of its project, as their first: the last page may not have been read. */
function addTo(cache: ApolloCache, project: string, data: CreateToolMutation | null | undefined): void {
  const result = data?.createTool;
  if (result?.__typename !== 'CreateToolPayload') return;
  const node: Reference = { __ref: cache.identify({ __typename: 'Tool', id: result.tool.id }) ?? '' };
  cache.modify<{ tools: StoredList }>({
    id: cache.identify({ __typename: 'Project', id: project }) ?? '',
    fields: {
      tools(existing) {
        const { nodes, edges, totalCount, ...list } = existing as StoredList;
        return {
          ...list,
          ...(nodes && { nodes: [node, ...nodes] }),
          ...(edges && { edges: [{ __typename: 'ToolEdge', cursor: '', node }, ...edges] }),
          ...(totalCount !== undefined && { totalCount: totalCount + 1 }),
        };
      },
    },
  });
}

/** A list of tools in the cache, with the members that were selected. */
interface StoredList {
  readonly nodes?: readonly Reference[];
  readonly edges?: readonly { readonly __typename: string; readonly cursor: string; readonly node: Reference }[];
  readonly totalCount?: number;
}
