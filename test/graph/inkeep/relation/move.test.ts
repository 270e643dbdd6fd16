import { expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const id = (type: string, path: string): string => Buffer.from(`${type}:default/grid/${path}`).toString('base64url');
const SUB_AGENT = id('SubAgent', 'agent-0/sub-0-00');

const ATTACH = `mutation ($input: AttachToolToSubAgentInput!) {
  attachToolToSubAgent(input: $input) {
    ... on AttachToolToSubAgentPayload { outcome relation { id toolId } }
    ... on UserError { code message }
  }
}`;

const MOVE = `mutation ($input: UpdateSubAgentToolRelationInput!) {
  updateSubAgentToolRelation(input: $input) {
    ... on UpdateSubAgentToolRelationPayload { relation { id toolId } }
    ... on UserError { code message }
  }
}`;

async function startWithOneRelation(): Promise<{ gateway: TestGateway; relation: string }> {
  const gateway = await startGateway({ story: false });
  const counts = { tools: 3, agents: 1, subAgentsPerAgent: 1, relationsPerAgent: 0 };
  gateway.sandbox.inkeep.seedGrid({ tenantId: 'default', projectId: 'grid', ...counts });
  const { data } = await gateway.query(ATTACH, { input: { subAgent: SUB_AGENT, tool: id('Tool', 'tool-000') } });
  return { gateway, relation: data.attachToolToSubAgent.relation.id };
}

test('a tool can be attached again after its relation has moved to another tool', async () => {
  const { gateway, relation } = await startWithOneRelation();
  await gateway.query(MOVE, { input: { id: relation, tool: id('Tool', 'tool-001') } });
  const { data, errors } = await gateway.query(ATTACH, {
    input: { subAgent: SUB_AGENT, tool: id('Tool', 'tool-000') },
  });
  expect(errors).toBeUndefined();
  expect(data.attachToolToSubAgent).toMatchObject({ outcome: 'CREATED', relation: { toolId: 'tool-000' } });
});

test('the relation is found by the id that a move returns', async () => {
  const { gateway, relation } = await startWithOneRelation();
  const moved = await gateway.query(MOVE, { input: { id: relation, tool: id('Tool', 'tool-001') } });
  const { data } = await gateway.query(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on SubAgentToolRelation { toolId } } }',
    { ids: [relation, moved.data.updateSubAgentToolRelation.relation.id] },
  );
  expect(data.nodes).toEqual([null, { toolId: 'tool-001' }]);
});

test('a relation that does not move keeps its id', async () => {
  const { gateway, relation } = await startWithOneRelation();
  const { data } = await gateway.query(MOVE, { input: { id: relation, tool: id('Tool', 'tool-000') } });
  expect(data.updateSubAgentToolRelation.relation).toEqual({ id: relation, toolId: 'tool-000' });
});
