import { expect, test } from 'vitest';
import { startGateway } from '../../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

const FRONT = id('SubAgent:default/shop/helper/front');
const BACK = id('SubAgent:default/shop/helper/back');
const SEARCH = id('Tool:default/shop/search');

async function startShop() {
  const gateway = await startGateway({ story: false });
  const { inkeep, kataven } = gateway.sandbox;
  inkeep.addProject({ id: 'shop' });
  inkeep.addAgent({ id: 'helper' });
  inkeep.addSubAgent({ id: 'front' });
  inkeep.addSubAgent({ id: 'back' });
  inkeep.addTool({ id: 'search', name: 'Search' });
  inkeep.addTool({ id: 'orders', name: 'Orders' });
  kataven.addAgent({ id: 'agent_1' });
  kataven.addTool({ id: 'tool_1', name: 'take_message', description: 'Old' });
  return gateway;
}

test('mutations of one operation run one after the other, each with its payload before the next', async () => {
  const gateway = await startShop();
  const { inkeep } = gateway.sandbox;
  inkeep.latency({ ms: 30 });
  const { errors } = await gateway.query(`mutation {
    a: updateTool(input: { id: "${SEARCH}", name: "A" }) { ... on UpdateToolPayload { tool { project { name } } } }
    b: updateTool(input: { id: "${SEARCH}", name: "B" }) { ... on UpdateToolPayload { tool { project { name } } } }
  }`);
  expect(errors).toBeUndefined();
  expect(inkeep.requests.map(({ operation }) => operation)).toEqual([
    'update-tool',
    'get-project-by-id',
    'update-tool',
    'get-project-by-id',
  ]);
  expect(inkeep.maxInFlight).toBe(1);
});

test('the second of two mutations runs even if the first is rejected or fails', async () => {
  const gateway = await startShop();
  gateway.sandbox.inkeep.fault({ kind: 'status', status: 500, operation: 'update-tool' });
  const { data, errors } = await gateway.query(`mutation {
    refused: updateTool(input: { id: "nonsense", name: "A" }) { __typename }
    failed: updateTool(input: { id: "${SEARCH}", name: "B" }) { __typename }
    done: updateTool(input: { id: "${SEARCH}", name: "C" }) { ... on UpdateToolPayload { tool { name } } }
  }`);
  expect(data).toEqual({
    refused: { __typename: 'InvalidInputError' },
    failed: null,
    done: { tool: { name: 'C' } },
  });
  expect(errors?.map(({ path }) => path)).toEqual([['failed']]);
});

test('attaching returns the new relation with its tool, and the sub-agent with its current tools', async () => {
  const gateway = await startShop();
  const { data, errors } = await gateway.query(`mutation {
    attachToolToSubAgent(input: { subAgent: "${FRONT}", tool: "${SEARCH}" }) {
      ... on AttachToolToSubAgentPayload {
        relation { tool { name } subAgent { toolRelations { totalCount } tools { nodes { name } } } }
      }
    }
  }`);
  expect(errors).toBeUndefined();
  expect(data.attachToolToSubAgent.relation).toEqual({
    tool: { name: 'Search' },
    subAgent: { toolRelations: { totalCount: 1 }, tools: { nodes: [{ name: 'Search' }] } },
  });
});

test('a tool that is read, changed and read again in one operation has its new name', async () => {
  const gateway = await startShop();
  gateway.sandbox.inkeep.addRelation({ id: 'given', subAgentId: 'front', toolId: 'search' });
  const { data, errors } = await gateway.query(`mutation {
    before: attachToolToSubAgent(input: { subAgent: "${FRONT}", tool: "${SEARCH}" }) {
      ... on AttachToolToSubAgentPayload { relation { tool { name project { tools { nodes { name } } } } } }
    }
    updateTool(input: { id: "${SEARCH}", name: "Finder" }) { ... on UpdateToolPayload { tool { name } } }
    after: attachToolToSubAgent(input: { subAgent: "${FRONT}", tool: "${SEARCH}" }) {
      ... on AttachToolToSubAgentPayload { relation { tool { name project { tools { nodes { name } } } } } }
    }
  }`);
  expect(errors).toBeUndefined();
  const nodes = (name: string) => [{ name: 'Orders' }, { name }];
  expect(data.before.relation.tool).toEqual({ name: 'Search', project: { tools: { nodes: nodes('Search') } } });
  expect(data.after.relation.tool).toEqual({ name: 'Finder', project: { tools: { nodes: nodes('Finder') } } });
});

test('attaching twice in one operation is CREATED, then UNCHANGED', async () => {
  const gateway = await startShop();
  const one = `attachToolToSubAgent(input: { subAgent: "${FRONT}", tool: "${SEARCH}" }) {
    ... on AttachToolToSubAgentPayload { outcome }
  }`;
  const { data } = await gateway.query(`mutation { first: ${one} second: ${one} }`);
  expect(data).toEqual({ first: { outcome: 'CREATED' }, second: { outcome: 'UNCHANGED' } });
});

test('deleting, creating and deleting a tool in one operation returns the count after each step', async () => {
  const gateway = await startShop();
  const remove = `deleteTool(input: { id: "${SEARCH}" }) {
    ... on DeleteToolPayload { project { tools { totalCount } tool(toolId: "search") { name } } }
  }`;
  const { data, errors } = await gateway.query(`mutation {
    first: ${remove}
    createTool(input: {
      project: "${id('Project:default/shop')}", toolId: "search", name: "New", config: { url: "https://a.example" }
    }) { ... on CreateToolPayload { tool { name project { tools { totalCount } } } } }
    second: ${remove}
  }`);
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    first: { project: { tools: { totalCount: 1 }, tool: null } },
    createTool: { tool: { name: 'New', project: { tools: { totalCount: 2 } } } },
    second: { project: { tools: { totalCount: 1 }, tool: null } },
  });
});

test('deleting a tool detaches it from its sub-agents', async () => {
  const gateway = await startShop();
  gateway.sandbox.inkeep.addRelation({ subAgentId: 'front', toolId: 'search' });
  const { data } = await gateway.query(`mutation {
    deleteTool(input: { id: "${SEARCH}" }) {
      ... on DeleteToolPayload { project { agent(agentId: "helper") { toolRelations { totalCount } } } }
    }
  }`);
  expect(data.deleteTool.project.agent.toolRelations.totalCount).toBe(0);
});

test('moving a relation returns both sub-agents after the change', async () => {
  const gateway = await startShop();
  gateway.sandbox.inkeep.addRelation({ id: 'given', subAgentId: 'front', toolId: 'search' });
  const { data, errors } = await gateway.query(`mutation {
    updateSubAgentToolRelation(input: {
      id: "${id('SubAgentToolRelation:default/shop/helper/given')}", subAgent: "${BACK}"
    }) {
      ... on UpdateSubAgentToolRelationPayload {
        relation { subAgentId agent { subAgents { nodes { subAgentId toolRelations { totalCount } } } } }
      }
    }
  }`);
  expect(errors).toBeUndefined();
  expect(data.updateSubAgentToolRelation.relation).toEqual({
    subAgentId: 'back',
    agent: {
      subAgents: {
        nodes: [
          { subAgentId: 'back', toolRelations: { totalCount: 1 } },
          { subAgentId: 'front', toolRelations: { totalCount: 0 } },
        ],
      },
    },
  });
});

test('changing a voice tool returns agents with the changed tool', async () => {
  const gateway = await startShop();
  gateway.sandbox.kataven.addRow({ agent_id: 'agent_1', tool_name: 'take_message' });
  const attach = `attachToolToVoiceAgent(input: { agent: "${id('VoiceAgent:agent_1')}", toolName: "take_message" }) {
    ... on AttachToolToVoiceAgentPayload { agentTool { tool { description } } }
  }`;
  const { data, errors } = await gateway.query(`mutation {
    before: ${attach}
    updateVoiceTool(input: { id: "${id('VoiceTool:tool_1')}", description: "New" }) {
      ... on UpdateVoiceToolPayload { voiceTool { description } }
    }
    after: ${attach}
  }`);
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    before: { agentTool: { tool: { description: 'Old' } } },
    updateVoiceTool: { voiceTool: { description: 'New' } },
    after: { agentTool: { tool: { description: 'New' } } },
  });
});
