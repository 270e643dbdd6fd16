import { expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';

const UPDATE = `mutation ($id: ID!, $name: String) {
  updateTool(input: { id: $id, name: $name }) {
    __typename
    ... on UpdateToolPayload { tool { name } }
    ... on UserError { code message }
  }
}`;

const ZENDESK = Buffer.from('Tool:default/support-desk/zendesk').toString('base64url');

async function rename(gateway: TestGateway, name: string, id = ZENDESK) {
  const { data, errors } = await gateway.query(UPDATE, { id, name });
  expect(errors).toBeUndefined();
  return data.updateTool;
}

/** The methods of the writes that the upstream received since the last call. */
function methods(gateway: TestGateway): string[] {
  const received = gateway.sandbox.inkeep.requests.map(({ method }) => method);
  gateway.forget();
  return received.filter((method) => method !== 'GET');
}

test('an upstream without PUT is sent the change again by PATCH, and from then on only by PATCH', async () => {
  const gateway = await startGateway({ inkeepUpdateMethods: ['PATCH'] });
  expect(await rename(gateway, 'One')).toEqual({ __typename: 'UpdateToolPayload', tool: { name: 'One' } });
  expect(methods(gateway)).toEqual(['PUT', 'PATCH']);
  expect(await rename(gateway, 'Two')).toMatchObject({ tool: { name: 'Two' } });
  expect(methods(gateway)).toEqual(['PATCH']);
});

test('an upstream without PATCH is only sent PUT', async () => {
  const gateway = await startGateway({ inkeepUpdateMethods: ['PUT'] });
  expect(await rename(gateway, 'One')).toMatchObject({ tool: { name: 'One' } });
  expect(methods(gateway)).toEqual(['PUT']);
});

test('a tool that does not exist is not taken for a missing route', async () => {
  const gateway = await startGateway();
  const unknown = Buffer.from('Tool:default/support-desk/none').toString('base64url');
  expect(await rename(gateway, 'One', unknown)).toMatchObject({ __typename: 'NotFoundError' });
  expect(methods(gateway)).toEqual(['PUT']);
});

test.each([404, 405])('a proxy that answers %i for a while changes nothing for later', async (status) => {
  const gateway = await startGateway();
  const fault = { kind: 'status', status, operation: 'update-tool', count: 2 } as const;
  gateway.sandbox.inkeep.fault({ ...fault, body: 'no such page', headers: { 'content-type': 'text/plain' } });
  expect(await rename(gateway, 'One')).toHaveProperty('code');
  expect(methods(gateway)).toEqual(['PUT', 'PATCH']);
  expect(await rename(gateway, 'Two')).toMatchObject({ tool: { name: 'Two' } });
  expect(methods(gateway)).toEqual(['PUT']);
});

test('a relation of an upstream without PUT is changed by PATCH', async () => {
  const gateway = await startGateway({ inkeepUpdateMethods: ['PATCH'] });
  const { data } = await gateway.query(
    '{ agent(projectId: "support-desk", agentId: "triage") { toolRelations(first: 1) { nodes { id } } } }',
  );
  const [{ id }] = data.agent.toolRelations.nodes;
  const update = `mutation ($id: ID!) {
    updateSubAgentToolRelation(input: { id: $id, selectedTools: [] }) {
      ... on UpdateSubAgentToolRelationPayload { relation { selectedTools } }
    }
  }`;
  const answer = await gateway.query(update, { id });
  expect(answer.data.updateSubAgentToolRelation).toEqual({ relation: { selectedTools: [] } });
  expect(methods(gateway)).toEqual(['PUT', 'PATCH']);
});
