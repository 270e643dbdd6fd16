import { expect, test } from 'vitest';
import { AgentId } from '../../../../src/graph/inkeep/agent.js';
import { ProjectId } from '../../../../src/graph/inkeep/project.js';
import { RelationId } from '../../../../src/graph/inkeep/relation/ref.js';
import { SubAgentId } from '../../../../src/graph/inkeep/sub-agent.js';
import { ToolId } from '../../../../src/graph/inkeep/tool/ref.js';
import { VoiceAgentId } from '../../../../src/graph/kataven/voice-agent.js';
import { VoiceAgentToolId } from '../../../../src/graph/kataven/voice-agent-tool.js';
import { VoiceToolId } from '../../../../src/graph/kataven/voice-tool.js';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const NODE = `query ($id: ID!) {
  node(id: $id) {
    __typename id
    ... on Project { name } ... on Agent { name } ... on SubAgent { name } ... on Tool { name }
    ... on SubAgentToolRelation { toolId } ... on VoiceAgent { name } ... on VoiceAgentTool { toolName }
    ... on VoiceTool { voiceTool: name }
  }
}`;

const NODES =
  'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Tool { name } ... on VoiceTool { voiceTool: name } } }';

const desk = { tenantId: 'default', projectId: 'support-desk' };
const zendesk = ToolId.encode({ ...desk, toolId: 'zendesk' });
const slack = ToolId.encode({ ...desk, toolId: 'slack' });
const frontDesk = 'agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6A';

async function relationIdOfRouter(gateway: TestGateway): Promise<string> {
  const { data } = await gateway.query(
    '{ agent(projectId: "support-desk", agentId: "triage") { toolRelations(first: 1) { nodes { id } } } }',
  );
  return data.agent.toolRelations.nodes[0].id;
}

async function voiceToolId(gateway: TestGateway): Promise<string> {
  const { data } = await gateway.query('{ voiceTool(idOrName: "take_message") { id } }');
  return data.voiceTool.id;
}

test.each([
  ['Project', ProjectId.encode(desk), { name: 'Support desk' }],
  ['Agent', AgentId.encode({ ...desk, agentId: 'triage' }), { name: 'Ticket triage' }],
  ['SubAgent', SubAgentId.encode({ ...desk, agentId: 'triage', subAgentId: 'router' }), { name: 'Router' }],
  ['Tool', zendesk, { name: 'Zendesk' }],
  ['VoiceAgent', VoiceAgentId.encode({ agentId: frontDesk }), { name: 'Front desk' }],
  ['VoiceAgentTool', VoiceAgentToolId.encode({ agentId: frontDesk, toolName: 'end_call' }), { toolName: 'end_call' }],
])('node finds a %s by its id', async (type, id, fields) => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(NODE, { id });
  expect(errors).toBeUndefined();
  expect(data.node).toEqual({ __typename: type, id, ...fields });
});

test('node finds a relation by the id from a list', async () => {
  const gateway = await startGateway();
  const id = await relationIdOfRouter(gateway);
  const { data } = await gateway.query(NODE, { id });
  expect(data.node).toMatchObject({ __typename: 'SubAgentToolRelation', id });
});

test('node finds a voice tool by the id from a read by name', async () => {
  const gateway = await startGateway();
  const id = await voiceToolId(gateway);
  const { data } = await gateway.query(NODE, { id });
  expect(data.node).toMatchObject({ __typename: 'VoiceTool', id, voiceTool: 'take_message' });
});

test.each([
  ['Project', ProjectId.encode({ ...desk, projectId: 'gone' })],
  ['Agent', AgentId.encode({ ...desk, agentId: 'gone' })],
  ['Agent of no project', AgentId.encode({ ...desk, projectId: 'gone', agentId: 'triage' })],
  ['SubAgent', SubAgentId.encode({ ...desk, agentId: 'triage', subAgentId: 'gone' })],
  ['Tool', ToolId.encode({ ...desk, toolId: 'gone' })],
  ['Tool of no project', ToolId.encode({ ...desk, projectId: 'gone', toolId: 'zendesk' })],
  ['SubAgentToolRelation', RelationId.encode({ ...desk, agentId: 'triage', relationId: 'gone' })],
  ['VoiceAgent', VoiceAgentId.encode({ agentId: 'gone' })],
  ['VoiceAgentTool', VoiceAgentToolId.encode({ agentId: frontDesk, toolName: 'gone' })],
  ['VoiceAgentTool of no agent', VoiceAgentToolId.encode({ agentId: 'gone', toolName: 'end_call' })],
  ['VoiceTool', VoiceToolId.encode({ toolId: 'gone' })],
])('node and nodes return null without an error for a %s that does not exist', async (_type, id) => {
  const gateway = await startGateway();
  const one = await gateway.query(NODE, { id });
  expect({ data: one.data, errors: one.errors }).toEqual({ data: { node: null }, errors: undefined });
  const many = await gateway.query(NODES, { ids: [id] });
  expect({ data: many.data, errors: many.errors }).toEqual({ data: { nodes: [null] }, errors: undefined });
});

test('nodes keeps the order of the ids, with repeated objects and nulls', async () => {
  const gateway = await startGateway();
  const gone = ToolId.encode({ ...desk, toolId: 'gone' });
  const voiceTool = await voiceToolId(gateway);
  const { data, errors } = await gateway.query(NODES, { ids: [slack, gone, voiceTool, zendesk, slack] });
  expect(errors).toBeUndefined();
  expect(data.nodes).toEqual([
    { __typename: 'Tool', id: slack, name: 'Slack' },
    null,
    { __typename: 'VoiceTool', id: voiceTool, voiceTool: 'take_message' },
    { __typename: 'Tool', id: zendesk, name: 'Zendesk' },
    { __typename: 'Tool', id: slack, name: 'Slack' },
  ]);
});

test('nodes returns one error per bad id, at its position, and the other objects', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(NODES, { ids: ['zendesk', slack, `${zendesk}=`] });
  expect(data.nodes).toEqual([null, { __typename: 'Tool', id: slack, name: 'Slack' }, null]);
  expect(errors?.map(({ path, extensions }) => [path, extensions])).toEqual([
    [['nodes', 0], { code: 'BAD_USER_INPUT' }],
    [['nodes', 2], { code: 'BAD_USER_INPUT' }],
  ]);
});

test('nodes reads tools of one project together', async () => {
  const gateway = await startGateway();
  await gateway.query(NODES, { ids: [slack, zendesk] });
  expect(gateway.calls()).toEqual({ 'list-tools': 1 });
  expect(gateway.sandbox.inkeep.probes).toBe(0);
});

test('nodes reads voice tools together, with one call for the account', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query('{ voiceTools(first: 4) { nodes { id name } } }');
  gateway.sandbox.kataven.reset();
  const { data: found } = await gateway.query(NODES, {
    ids: data.voiceTools.nodes.map(({ id }: { id: string }) => id),
  });
  expect(found.nodes.map((tool: { voiceTool: string }) => tool.voiceTool)).toEqual(
    data.voiceTools.nodes.map(({ name }: { name: string }) => name),
  );
  expect(gateway.sandbox.kataven.requests.map(({ operation }) => operation)).toEqual(['list-tools']);
});

test('a failing upstream is an error of its own node only', async () => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.fault({ kind: 'status', status: 500, operation: 'list-tools', count: 9 });
  const project = ProjectId.encode(desk);
  const { data, errors } = await gateway.query(NODES, { ids: [zendesk, project] });
  expect(data.nodes).toEqual([null, { __typename: 'Project', id: project }]);
  expect(errors).toMatchObject([{ path: ['nodes', 0], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
});

test('an id of the wrong type in an input is an InvalidInputError that names both types', async () => {
  const gateway = await startGateway();
  const project = ProjectId.encode(desk);
  const { data } = await gateway.query(
    'mutation ($id: ID!) { deleteTool(input: { id: $id }) { __typename ... on UserError { code path message } } }',
    { id: project },
  );
  expect(data.deleteTool).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_INPUT', path: ['id'] });
  expect(data.deleteTool.message).toMatch(/Project.*Tool/);
  expect(gateway.sandbox.inkeep.count()).toBe(0);
});

test('an error of nodes names the position of the id', async () => {
  const { query } = await startGateway();
  const { errors } = await query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [zendesk, 'nonsense'] });
  expect(errors).toMatchObject([{ path: ['nodes', 1], message: expect.stringContaining('"ids.1"') }]);
});
