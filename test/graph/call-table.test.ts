import { expect, test } from 'vitest';
import { UPSTREAM_LIMITS, type UpstreamLimits } from '../../src/limits.js';
import type { SandboxOptions } from '../../src/sandbox/index.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

/** A project of 250 tools and 2 agents, each with 50 sub-agents and 250 relations. */
async function startGrid(): Promise<TestGateway> {
  const gateway = await startGateway({ story: false });
  gateway.sandbox.inkeep.seedGrid({
    tenantId: 'default',
    projectId: 'grid',
    tools: 250,
    agents: 2,
    subAgentsPerAgent: 50,
    relationsPerAgent: 250,
  });
  return gateway;
}

function total(calls: Record<string, number>): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

test('reads 100 tools of a project with two calls and no probe', async () => {
  const gateway = await startGrid();
  const { data, errors } = await gateway.query(
    '{ project(projectId: "grid") { name tools(first: 100) { nodes { name config { url } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.project.tools.nodes).toHaveLength(100);
  expect(gateway.calls()).toEqual({ 'get-project-by-id': 1, 'list-tools': 1 });
  expect(gateway.sandbox.inkeep.probes).toBe(0);
});

test('reads 100 tools of a project with one call if no field of the project itself is selected', async () => {
  const gateway = await startGrid();
  const { data, errors } = await gateway.query(
    '{ project(projectId: "grid") { id projectId tools(first: 100) { totalCount nodes { name config { url } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.project).toMatchObject({ projectId: 'grid', tools: { totalCount: 250 } });
  expect(data.project.tools.nodes).toHaveLength(100);
  expect(gateway.calls()).toEqual({ 'list-tools': 1 });
});

test('reads the agents of a project with one call', async () => {
  const gateway = await startGrid();
  const { data } = await gateway.query('{ project(projectId: "grid") { agents { nodes { name } } } }');
  expect(data.project.agents.nodes).toHaveLength(2);
  expect(gateway.calls()).toEqual({ 'list-agents': 1 });
});

test('asks for the project itself if its list is empty, and says null if there is no such project', async () => {
  const gateway = await startGrid();
  gateway.sandbox.inkeep.seedGrid({
    tenantId: 'default',
    projectId: 'bare',
    tools: 0,
    agents: 0,
    subAgentsPerAgent: 0,
    relationsPerAgent: 0,
  });
  const query = (id: string) => `{ project(projectId: "${id}") { id tools { totalCount nodes { name } } } }`;
  expect((await gateway.query(query('bare'))).data.project).toMatchObject({ tools: { totalCount: 0, nodes: [] } });
  expect(gateway.calls()).toEqual({ 'list-tools': 1, 'get-project-by-id': 1 });
  expect(await gateway.query(query('none'))).toMatchObject({ data: { project: null } });
});

test('asks for the project itself if its list cannot be read, and reports the error at the list', async () => {
  const gateway = await startGrid();
  gateway.sandbox.inkeep.fault({ operation: 'list-tools', kind: 'status', status: 500, count: 10 });
  const { data, errors } = await gateway.query('{ project(projectId: "grid") { projectId tools { nodes { name } } } }');
  expect(data).toEqual({ project: { projectId: 'grid', tools: null } });
  expect(errors).toMatchObject([{ path: ['project', 'tools'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
});

test('reads 26 rows of a list of unknown length with one call, even if 500 are requested', async () => {
  const gateway = await startGateway({ story: false });
  gateway.sandbox.inkeep.seedGrid({
    tenantId: 'default',
    projectId: 'small',
    tools: 26,
    agents: 0,
    subAgentsPerAgent: 0,
    relationsPerAgent: 0,
  });
  const { data } = await gateway.query('{ project(projectId: "small") { tools(first: 500) { nodes { name } } } }');
  expect(data.project.tools.nodes).toHaveLength(26);
  expect(gateway.calls()).toEqual({ 'list-tools': 1 });
});

/** An agent with 15 tools, one for each of its sub-agents. */
async function startAgentOf15(options: SandboxOptions = {}, limits: Partial<UpstreamLimits['reads']> = {}) {
  const gateway = await startGateway(
    { story: false, ...options },
    {},
    {
      limits: { upstream: { reads: { ...UPSTREAM_LIMITS.reads, ...limits } } },
    },
  );
  gateway.sandbox.inkeep.seedGrid({
    tenantId: 'default',
    projectId: 'grid',
    tools: 15,
    agents: 1,
    subAgentsPerAgent: 15,
    relationsPerAgent: 15,
  });
  return gateway;
}

const STATUSES =
  '{ agent(projectId: "grid", agentId: "agent-0") { tools { nodes { toolId name status lastError } } } }';

test('reads the names and statuses of the 15 tools of an agent with four calls', async () => {
  const gateway = await startAgentOf15();
  const { data, errors } = await gateway.query(STATUSES);
  expect(errors).toBeUndefined();
  expect(data.agent.tools.nodes).toHaveLength(15);
  for (const tool of data.agent.tools.nodes) expect(tool).toMatchObject({ status: 'HEALTHY', lastError: null });
  expect(gateway.calls()).toEqual({
    'get-agent': 1,
    'list-subagent-tool-relations': 1,
    'list-tools': 1,
    'get-agent-tool-status': 1,
  });
});

test('probes each tool if another live field is selected as well', async () => {
  const gateway = await startAgentOf15();
  const { data } = await gateway.query(
    '{ agent(projectId: "grid", agentId: "agent-0") { tools { nodes { status version } } } }',
  );
  expect(data.agent.tools.nodes[14]).toMatchObject({ status: 'HEALTHY' });
  expect(gateway.calls()).not.toHaveProperty('get-agent-tool-status');
});

test.each([
  ['a server without tool-status', 404],
  ['a server that fails', 500],
])('reads the statuses in another way from %s', async (_what, status) => {
  const gateway = await startAgentOf15();
  gateway.sandbox.inkeep.fault({ operation: 'get-agent-tool-status', kind: 'status', status, count: 10 });
  const { data, errors } = await gateway.query(STATUSES);
  expect(errors).toBeUndefined();
  for (const tool of data.agent.tools.nodes) expect(tool).toMatchObject({ status: 'HEALTHY' });
});

test('does not wait for tool-status if one of the tools hangs', async () => {
  const gateway = await startAgentOf15({}, { patienceMs: 100 });
  gateway.sandbox.inkeep.fault({ operation: 'get-agent-tool-status', kind: 'hang', count: 1 });
  const { data, errors } = await gateway.query(STATUSES);
  expect(errors).toBeUndefined();
  for (const tool of data.agent.tools.nodes) expect(tool).toMatchObject({ status: 'HEALTHY' });
});

test('reports a rejected credential at each status', async () => {
  const gateway = await startAgentOf15();
  gateway.sandbox.inkeep.fault({ operation: 'get-agent-tool-status', kind: 'status', status: 403, count: 1 });
  const { data, errors } = await gateway.query(STATUSES);
  expect(data.agent.tools.nodes[0]).toMatchObject({ name: 'Tool 014', status: null });
  expect(errors?.[0]).toMatchObject({
    path: ['agent', 'tools', 'nodes', 0, 'status'],
    extensions: { code: 'FORBIDDEN' },
  });
});

test('reads 20 tools by id with the three pages of the project and no probe', async () => {
  const gateway = await startGrid();
  const ids = Array.from({ length: 20 }, (_, index) => `tool-${String(index * 12).padStart(3, '0')}`);
  const aliases = ids.map((id, index) => `t${index}: tool(projectId: "grid", toolId: "${id}") { toolId name }`);
  const { data, errors } = await gateway.query(`{ ${aliases.join(' ')} }`);
  expect(errors).toBeUndefined();
  expect(Object.values<{ toolId: string }>(data).map(({ toolId }) => toolId)).toEqual(ids);
  expect(gateway.calls()).toEqual({ 'list-tools': 3 });
  expect(gateway.sandbox.inkeep.probes).toBe(0);
});

test('reads an agent with 50 sub-agents, 250 relations and their tools with at most nine calls and no probe', async () => {
  const gateway = await startGrid();
  const { data, errors } = await gateway.query(
    '{ agent(projectId: "grid", agentId: "agent-0") { name subAgents { nodes { name toolRelations { nodes { tool { name config { url } } } } } } } }',
  );
  expect(errors).toBeUndefined();
  const tools = data.agent.subAgents.nodes.flatMap(
    (subAgent: { toolRelations: { nodes: { tool: { name: string } }[] } }) =>
      subAgent.toolRelations.nodes.map(({ tool }) => tool.name),
  );
  expect(new Set(tools).size).toBe(250);
  expect(total(gateway.calls())).toBeLessThanOrEqual(9);
  expect(gateway.calls()).toEqual({
    'get-agent': 1,
    'list-subagents': 1,
    'list-subagent-tool-relations': 3,
    'list-tools': 3,
  });
  expect(gateway.sandbox.inkeep.probes).toBe(0);
});

test('reads the same agent with only the ids of the linked tools with five calls', async () => {
  const gateway = await startGrid();
  const { data, errors } = await gateway.query(
    '{ agent(projectId: "grid", agentId: "agent-0") { name subAgents { nodes { name toolRelations { nodes { tool { id toolId } } } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.agent.subAgents.nodes).toHaveLength(50);
  expect(gateway.calls()).toEqual({ 'get-agent': 1, 'list-subagents': 1, 'list-subagent-tool-relations': 3 });
});

test('reads the name and the status of one tool with one call', async () => {
  const gateway = await startGrid();
  const { data } = await gateway.query('{ tool(projectId: "grid", toolId: "tool-007") { name status } }');
  expect(data.tool).toMatchObject({ status: 'HEALTHY' });
  expect(gateway.calls()).toEqual({ 'get-tool': 1 });
});

test('reads the status of all 250 tools of an agent with at most eight calls', async () => {
  const gateway = await startGrid();
  const { data, errors } = await gateway.query(
    '{ agent(projectId: "grid", agentId: "agent-0") { tools(first: 500) { totalCount nodes { name status } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.agent.tools.totalCount).toBe(250);
  expect(data.agent.tools.nodes.every((tool: { status: string }) => tool.status === 'HEALTHY')).toBe(true);
  expect(total(gateway.calls())).toBeLessThanOrEqual(8);
});

test('reads the relations of a tool in all agents, with the names of the sub-agents, with at most ten calls', async () => {
  const gateway = await startGrid();
  const { data, errors } = await gateway.query(
    '{ tool(projectId: "grid", toolId: "tool-007") { name relations { totalCount nodes { agentId subAgent { name } } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.tool.relations.totalCount).toBe(2);
  expect(data.tool.relations.nodes.every((row: { subAgent: { name: string } }) => row.subAgent.name)).toBe(true);
  expect(total(gateway.calls())).toBeLessThanOrEqual(10);
  expect(gateway.sandbox.inkeep.probes).toBe(0);
});

test('returns the ids of the tool of a relation without a call', async () => {
  const gateway = await startGrid();
  const { data: found } = await gateway.query(
    '{ agent(projectId: "grid", agentId: "agent-0") { toolRelations(first: 1) { nodes { relationId } } } }',
  );
  gateway.forget();
  const relationId = found.agent.toolRelations.nodes[0].relationId;
  const { data } = await gateway.query(
    'query ($id: String!) { subAgentToolRelation(projectId: "grid", agentId: "agent-0", relationId: $id) { tool { id toolId } } }',
    { id: relationId },
  );
  expect(data.subAgentToolRelation.tool.toolId).toMatch(/^tool-\d{3}$/);
  expect(gateway.calls()).toEqual({ 'get-subagent-tool-relation': 1 });
});

test('requests all pages in parallel if the lengths of the lists are known', async () => {
  const gateway = await startGrid();
  const document =
    '{ agent(projectId: "grid", agentId: "agent-0") { name subAgents { nodes { name toolRelations { nodes { tool { name } } } } } } }';
  await gateway.query(document);
  gateway.forget();
  gateway.sandbox.inkeep.latency({ ms: 100 });
  const { errors } = await gateway.query(document);
  expect(errors).toBeUndefined();
  const { requests } = gateway.sandbox.inkeep;
  const firstEnd = Math.min(...requests.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY));
  expect(requests).toHaveLength(8);
  expect(requests.every(({ startedAt }) => startedAt < firstEnd)).toBe(true);
});

test('takes two rounds, not one per link, if the lengths of the lists are not known', async () => {
  const gateway = await startGrid();
  gateway.sandbox.inkeep.latency({ ms: 100 });
  const { errors } = await gateway.query(
    '{ agent(projectId: "grid", agentId: "agent-0") { name subAgents { nodes { name toolRelations { nodes { tool { name } } } } } } }',
  );
  expect(errors).toBeUndefined();
  const { requests } = gateway.sandbox.inkeep;
  const firstEnd = Math.min(...requests.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY));
  const second = requests.filter(({ startedAt }) => startedAt >= firstEnd);
  const secondEnd = Math.min(...second.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY));
  expect(requests).toHaveLength(8);
  expect(second.every(({ startedAt }) => startedAt < secondEnd)).toBe(true);
});

test.each([
  ['projects', '{ projects(first: 500) { nodes { name } } }'],
  ['agents', '{ project(projectId: "grid") { agents(first: 500) { nodes { name } } } }'],
  ['sub-agents', '{ agent(projectId: "grid", agentId: "agent-0") { subAgents(first: 500) { nodes { name } } } }'],
  ['voice tools', '{ voiceTools(first: 500) { nodes { name } } }'],
])('reads 500 %s from one page if the list has fewer than 100', async (_what, document) => {
  const gateway = await startGrid();
  const { errors } = await gateway.query(document);
  expect(errors).toBeUndefined();
  const { inkeep, kataven } = gateway.sandbox;
  const lists = [...inkeep.requests, ...kataven.requests].filter(({ operation }) => operation.startsWith('list-'));
  expect(lists).toHaveLength(1);
});

test('reads a long list in two rounds, or in one if its length is known', async () => {
  const gateway = await startGrid();
  const { inkeep } = gateway.sandbox;
  const rounds: number[][] = [];
  for (let n = 0; n < 2; n++) {
    gateway.forget();
    inkeep.latency({ ms: 100 });
    const { data } = await gateway.query('{ project(projectId: "grid") { tools(first: 500) { nodes { name } } } }');
    expect(data.project.tools.nodes).toHaveLength(250);
    const pages = inkeep.requests.filter(({ operation }) => operation === 'list-tools');
    const firstEnd = Math.min(...pages.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY));
    const first = pages.filter(({ startedAt }) => startedAt < firstEnd);
    rounds.push([first.length, pages.length - first.length]);
  }
  expect(rounds).toEqual([
    [1, 2],
    [3, 0],
  ]);
});

test('reads a long list with live fields in one round of probes, after one cheap call if its length is not known', async () => {
  const gateway = await startGrid();
  const { data, errors } = await gateway.query(
    '{ project(projectId: "grid") { tools(first: 500) { nodes { name status } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.project.tools.nodes).toHaveLength(250);
  expect(gateway.calls()).toEqual({ 'get-project-by-id': 1, 'list-tools': 4 });
  expect(gateway.sandbox.inkeep.probes).toBe(250);
});

test('finds a tool on pages that are in flight for another tool, without a probe', async () => {
  const gateway = await startGrid();
  const { inkeep } = gateway.sandbox;
  inkeep.latency({ ms: 200, match: '/tools?' });
  inkeep.latency({ ms: 50, match: '/sub-agent-tool-relations' });
  const { data, errors } = await gateway.query(`{
    tool(projectId: "grid", toolId: "tool-000") { name }
    agent(projectId: "grid", agentId: "agent-0") { toolRelations(last: 2) { nodes { tool { name } } } }
  }`);
  expect(errors).toBeUndefined();
  expect(data.agent.toolRelations.nodes[0]).toEqual({ tool: { name: 'Tool 001' } });
  expect(inkeep.probes).toBe(0);
});

test('does not probe all 700 tools for the live fields of 45, although the length of the list is known', async () => {
  const gateway = await startGateway({ story: false, discoveryMs: 0 });
  const { inkeep } = gateway.sandbox;
  const counts = { tools: 700, agents: 0, subAgentsPerAgent: 0, relationsPerAgent: 0 };
  inkeep.seedGrid({ tenantId: 'default', projectId: 'grid', ...counts });
  await gateway.query('{ project(projectId: "grid") { tools(first: 0) { totalCount } } }');
  gateway.forget();
  const ids = Array.from({ length: 45 }, (_, n) =>
    Buffer.from(`Tool:default/grid/tool-0${10 + n}`).toString('base64url'),
  );
  const { errors } = await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Tool { status } } }', {
    ids,
  });
  expect(errors).toBeUndefined();
  expect(inkeep.probes).toBeLessThanOrEqual(145);
});

test.each([
  ['sub-agents', 'a: subAgent(subAgentId: "sub-0-00") { TOOLS } b: subAgent(subAgentId: "sub-0-01") { TOOLS }'],
  ['sub-agents of a list', 'subAgents(first: 2) { nodes { TOOLS } }'],
])('does not read all relations of a large agent for two %s', async (_what, selection) => {
  const gateway = await startGateway({ story: false });
  const { inkeep } = gateway.sandbox;
  const counts = { tools: 61, agents: 1, subAgentsPerAgent: 60, relationsPerAgent: 3000 };
  inkeep.seedGrid({ tenantId: 'default', projectId: 'grid', ...counts });
  const selected = selection.replaceAll('TOOLS', 'toolRelations(first: 100) { totalCount }');
  const { data, errors } = await gateway.query(`{ agent(projectId: "grid", agentId: "agent-0") { ${selected} } }`);
  expect(errors).toBeUndefined();
  const subAgents: object[] = data.agent.subAgents?.nodes ?? Object.values(data.agent);
  expect(subAgents).toEqual(Array(2).fill({ toolRelations: { totalCount: 50 } }));
  expect(inkeep.count('list-subagent-tool-relations')).toBeLessThanOrEqual(10);
});
