import { expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';

const CONTRACT = { mustInclude: ['price'] };

/** An agent whose two sub-agents use one tool, and of which the first has an output contract. */
async function start(): Promise<TestGateway> {
  const gateway = await startGateway({ story: false });
  const { inkeep } = gateway.sandbox;
  inkeep.addProject({ id: 'shop' });
  inkeep.addTool({ id: 'prices' });
  inkeep.addAgent({ id: 'sales' });
  inkeep.addSubAgent({ id: 'quotes', outputContract: CONTRACT });
  inkeep.addRelation({ subAgentId: 'quotes', toolId: 'prices' });
  inkeep.addSubAgent({ id: 'chats' });
  inkeep.addRelation({ subAgentId: 'chats', toolId: 'prices' });
  return gateway;
}

test('a list of sub-agents has their output contracts without a further call', async () => {
  const gateway = await start();
  const { data } = await gateway.query(
    '{ agent(projectId: "shop", agentId: "sales") { subAgents { nodes { subAgentId outputContract } } } }',
  );
  expect(data.agent.subAgents.nodes).toEqual([
    { subAgentId: 'chats', outputContract: null },
    { subAgentId: 'quotes', outputContract: CONTRACT },
  ]);
  expect(gateway.calls()).toEqual({ 'get-agent': 1, 'list-subagents': 1 });
});

test('the output contract of a sub-agent is read, if the row of a relation that includes it has none', async () => {
  const gateway = await start();
  const users = (fields: string) =>
    `{ tool(projectId: "shop", toolId: "prices") { relations { nodes { subAgent { ${fields} } } } } }`;
  const named = await gateway.query(users('name'));
  expect(named.data.tool.relations.nodes).toHaveLength(2);
  expect(gateway.calls()).not.toHaveProperty('list-subagents');
  const { data, errors } = await gateway.query(users('name outputContract'));
  expect(errors).toBeUndefined();
  expect(data.tool.relations.nodes).toEqual(
    expect.arrayContaining([
      { subAgent: { name: 'quotes', outputContract: CONTRACT } },
      { subAgent: { name: 'chats', outputContract: null } },
    ]),
  );
});

test('a server that has no output contracts is asked once for the list', async () => {
  const gateway = await start();
  const row = { id: 'quotes', name: 'Quotes' };
  gateway.sandbox.inkeep.fault({
    kind: 'status',
    status: 200,
    operation: 'list-subagents',
    body: { data: [row], pagination: { page: 1, limit: 100, total: 1, pages: 1 } },
    headers: { 'content-type': 'application/json' },
  });
  const { data } = await gateway.query(
    '{ agent(projectId: "shop", agentId: "sales") { subAgents { nodes { name outputContract } } } }',
  );
  expect(data.agent.subAgents.nodes).toEqual([{ name: 'Quotes', outputContract: null }]);
  expect(gateway.calls()).toEqual({ 'get-agent': 1, 'list-subagents': 1 });
});
