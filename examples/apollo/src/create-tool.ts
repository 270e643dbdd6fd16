import type { ApolloClient } from '@apollo/client';
import type { CreateToolInput } from './gql/graphql.js';
import { graphql } from './gql/index.js';

const CreateTool = graphql(`
  mutation CreateTool($input: CreateToolInput!) {
    createTool(input: $input) {
      ... on CreateToolPayload { tool { id } }
      ... on UserError { code message path }
      ... on InvalidInputError { issues { path message } }
    }
  }
`);

/** Creates a tool. Returns the messages for the form, by the path of the field; none if the tool was created. */
export async function createTool(client: ApolloClient, input: CreateToolInput): Promise<Map<string, string>> {
  const { data } = await client.mutate({ mutation: CreateTool, variables: { input } });
  const result = data?.createTool;
  if (result?.__typename === 'CreateToolPayload') return new Map();
  if (result?.__typename === 'InvalidInputError') {
    return new Map(result.issues.map(({ path, message }) => [path.join('.'), message]));
  }
  return new Map([[result?.path?.join('.') ?? '', result?.message ?? 'There is no result.']]);
}
