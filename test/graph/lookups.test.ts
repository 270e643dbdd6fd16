import { expect, test } from 'vitest';
import { AgentId } from '../../src/graph/inkeep/agent.js';
import { ProjectId } from '../../src/graph/inkeep/project.js';
import { SubAgentId } from '../../src/graph/inkeep/sub-agent.js';
import { ToolId } from '../../src/graph/inkeep/tool/ref.js';
import type { SeenRequest } from '../../src/sandbox/traffic/request-log.js';
import { startGateway } from '../support/gateway.js';

const desk = { tenantId: 'default', projectId: 'support-desk' };

/** The number of rounds. All calls of a round start before the first of them is answered. */
function roundsOf(requests: readonly SeenRequest[]): number {
  let rounds = 0;
  for (let rest = requests; rest.length > 0; rounds++) {
    const firstEnd = Math.min(...rest.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY));
    rest = rest.filter(({ startedAt }) => startedAt >= firstEnd);
  }
  return rounds;
}

test.each([
  [
    'projects',
    'list-projects',
    ['support-desk', 'lab', 'growth'].map((projectId) => ProjectId.encode({ ...desk, projectId })),
  ],
  ['agents', 'list-agents', ['triage', 'billing', 'onboarding'].map((agentId) => AgentId.encode({ ...desk, agentId }))],
  [
    'sub-agents',
    'list-subagents',
    ['router', 'knowledge'].map((subAgentId) => SubAgentId.encode({ ...desk, agentId: 'triage', subAgentId })),
  ],
])('reads several %s by id with one call of %s', async (_what, operation, ids) => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
  expect(errors).toBeUndefined();
  expect(data.nodes).toEqual(ids.map((id) => ({ id })));
  expect(gateway.calls()).toEqual({ [operation]: 1 });
});

test('reads two agents by alias from one list, and one that is not on it with its own call', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(`{
    triage: agent(projectId: "support-desk", agentId: "triage") { name }
    gone: agent(projectId: "support-desk", agentId: "gone") { name }
  }`);
  expect({ data, errors }).toEqual({ data: { triage: { name: 'Ticket triage' }, gone: null }, errors: undefined });
  expect(gateway.calls()).toEqual({ 'list-agents': 1, 'get-agent': 1 });
});

test('reads two agents of a project by alias in parallel with the project, from one list', async () => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.latency({ ms: 300 });
  const { data } = await gateway.query(
    '{ project(projectId: "support-desk") { name a: agent(agentId: "triage") { name } b: agent(agentId: "billing") { name } } }',
  );
  expect(data.project).toEqual({ name: 'Support desk', a: { name: 'Ticket triage' }, b: { name: 'Billing helper' } });
  expect(gateway.calls()).toEqual({ 'get-project-by-id': 1, 'list-agents': 1 });
  expect(roundsOf(gateway.sandbox.inkeep.requests)).toBe(1);
});

test('reads one agent of a project in parallel with the project', async () => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.latency({ ms: 300 });
  await gateway.query('{ project(projectId: "support-desk") { name agent(agentId: "triage") { name } } }');
  expect(gateway.calls()).toEqual({ 'get-project-by-id': 1, 'get-agent': 1 });
  expect(roundsOf(gateway.sandbox.inkeep.requests)).toBe(1);
});

test('reads two projects of a tenant with a thousand projects with at most three calls', async () => {
  const gateway = await startGateway({ story: false });
  for (let n = 0; n < 1000; n++) gateway.sandbox.inkeep.addProject({ id: `p-${n}` });
  const { data } = await gateway.query(
    '{ a: project(projectId: "p-1") { name } b: project(projectId: "p-500") { name } }',
  );
  expect(data).toEqual({ a: { name: 'p-1' }, b: { name: 'p-500' } });
  expect(gateway.calls()).toEqual({ 'list-projects': 1, 'get-project-by-id': 2 });
});

test.each([
  ['agent', 'agent(projectId: "support-desk", agentId: "triage") {'],
  ['node', `node(id: "${AgentId.encode({ ...desk, agentId: 'triage' })}") { ... on Agent {`],
])('the %s field of an agent prefetches everything that its arguments determine', async (_field, select) => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.latency({ ms: 300 });
  const { errors } = await gateway.query(
    `{ it: ${select} name subAgents { nodes { name toolRelations { nodes { tool { name } } } } } ${select.includes('... on') ? '}' : ''} } }`,
  );
  expect(errors).toBeUndefined();
  expect(gateway.calls()).toEqual({
    'get-agent': 1,
    'list-subagents': 1,
    'list-subagent-tool-relations': 1,
    'list-tools': 1,
  });
  expect(roundsOf(gateway.sandbox.inkeep.requests)).toBe(1);
});

test.each([
  ['tool', 'tool(projectId: "support-desk", toolId: "zendesk") {', ''],
  ['node', `node(id: "${ToolId.encode({ ...desk, toolId: 'zendesk' })}") { ... on Tool {`, '}'],
  ['project’s tool', 'project(projectId: "support-desk") { tool(toolId: "zendesk") {', '}'],
])('the %s field of a tool reads it in parallel with the agents that may use it', async (_field, select, close) => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.latency({ ms: 300 });
  const { errors } = await gateway.query(`{ it: ${select} name relations { totalCount } } } ${close}`);
  expect(errors).toBeUndefined();
  expect(gateway.calls()).toMatchObject({ 'list-tools': 1, 'list-agents': 1, 'get-subagents-for-tool': 3 });
  expect(roundsOf(gateway.sandbox.inkeep.requests)).toBe(2);
});
