import { type TypedDocumentString, WhoUsesThisToolDocument } from '../schema/generated/graphql.js';

/** Sends one operation to the gateway at `url`. The types of `data` and `variables` come from the document. */
async function request<Data, Variables>(
  { url, token }: { url: string; token: string },
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  return (await response.json()) as { data?: Data; errors?: { message: string; extensions: { code: string } }[] };
}

/** The names of the agents that use a tool. */
export async function agentsUsing(gateway: { url: string; token: string }, projectId: string, toolId: string) {
  const { data } = await request(gateway, WhoUsesThisToolDocument, { projectId, toolId });
  return data?.tool?.relations?.nodes.map(({ agent }) => agent.name);
}
