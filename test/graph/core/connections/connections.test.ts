import { expect, test } from 'vitest';
import { encodeCursor } from '../../../../src/graph/core/connections/connection.js';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

/** Project `grid`: 230 tools, 2 agents of 3 sub-agents and 120 relations each. */
async function startGrid(): Promise<TestGateway> {
  const gateway = await startGateway({ story: false });
  gateway.sandbox.inkeep.seedGrid({
    tenantId: 'default',
    projectId: 'grid',
    tools: 230,
    agents: 2,
    subAgentsPerAgent: 3,
    relationsPerAgent: 120,
  });
  return gateway;
}

interface Page {
  readonly nodes: { id: string }[];
  readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

/** All ids of a connection, page by page. `select` holds the connection field, with `ARGS` for its arguments. */
async function walk(gateway: TestGateway, select: string, direction: 'forward' | 'backward', size: number) {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const place = cursor === undefined ? '' : `, ${direction === 'forward' ? 'after' : 'before'}: "${cursor}"`;
    const args = `${direction === 'forward' ? 'first' : 'last'}: ${size}${place}`;
    const answer = await gateway.query(select.replace('ARGS', args));
    const page = findPage(answer.data);
    ids.splice(direction === 'forward' ? ids.length : 0, 0, ...page.nodes.map(({ id }) => id));
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    if (!(direction === 'forward' ? hasNextPage : hasPreviousPage)) return ids;
    cursor = direction === 'forward' ? endCursor : startCursor;
  }
}

function findPage(data: object): Page {
  const value = Object.values(data)[0];
  return 'pageInfo' in value ? value : findPage(value);
}

const PAGE = '{ nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }';

test.each([
  ['Query.projects', `{ projects(ARGS) ${PAGE} }`, 1, 1],
  ['Project.agents', `{ project(projectId: "grid") { agents(ARGS) ${PAGE} } }`, 1, 2],
  ['Project.tools', `{ project(projectId: "grid") { tools(ARGS) ${PAGE} } }`, 70, 230],
  ['Agent.subAgents', `{ agent(projectId: "grid", agentId: "agent-1") { subAgents(ARGS) ${PAGE} } }`, 2, 3],
  ['Agent.toolRelations', `{ agent(projectId: "grid", agentId: "agent-1") { toolRelations(ARGS) ${PAGE} } }`, 110, 120],
  ['Agent.tools', `{ agent(projectId: "grid", agentId: "agent-1") { tools(ARGS) ${PAGE} } }`, 50, 120],
  [
    'SubAgent.toolRelations',
    `{ subAgent(projectId: "grid", agentId: "agent-1", subAgentId: "sub-1-00") { toolRelations(ARGS) ${PAGE} } }`,
    7,
    40,
  ],
  ['Tool.relations', `{ tool(projectId: "grid", toolId: "tool-007") { relations(ARGS) ${PAGE} } }`, 1, 2],
])('%s has the same rows forward and backward, each once', async (_field, select, size, total) => {
  const gateway = await startGrid();
  const forward = await walk(gateway, select, 'forward', size);
  const backward = await walk(gateway, select, 'backward', size);
  expect(new Set(forward).size).toBe(total);
  expect(forward).toHaveLength(total);
  expect(backward).toEqual(forward);
});

test('requests the upstream pages of more than 100 rows in parallel if the length of the list is known', async () => {
  const gateway = await startGrid();
  await gateway.query('{ project(projectId: "grid") { tools(first: 0) { totalCount } } }');
  gateway.forget();
  gateway.sandbox.inkeep.latency({ ms: 100, match: '/tools' });
  const { data } = await gateway.query('{ project(projectId: "grid") { tools(first: 230) { nodes { toolId } } } }');
  expect(data.project.tools.nodes).toHaveLength(230);
  const pages = gateway.sandbox.inkeep.requests.filter(({ operation }) => operation === 'list-tools');
  expect(pages).toHaveLength(3);
  const firstEnd = Math.min(...pages.map(({ endedAt }) => endedAt ?? Number.POSITIVE_INFINITY));
  expect(pages.every(({ startedAt }) => startedAt < firstEnd)).toBe(true);
});

test('returns the first 50 rows without arguments', async () => {
  const gateway = await startGrid();
  const { data } = await gateway.query(
    '{ project(projectId: "grid") { tools { totalCount nodes { toolId } pageInfo { hasNextPage } } } }',
  );
  expect(data.project.tools.nodes).toHaveLength(50);
  expect(data.project.tools).toMatchObject({ totalCount: 230, pageInfo: { hasNextPage: true } });
});

test('first: 0 returns the count and no rows, with one call for one row', async () => {
  const gateway = await startGrid();
  const { data } = await gateway.query(
    '{ project(projectId: "grid") { tools(first: 0) { totalCount edges { cursor } pageInfo { hasNextPage startCursor } } } }',
  );
  expect(data.project.tools).toEqual({
    totalCount: 230,
    edges: [],
    pageInfo: { hasNextPage: true, startCursor: null },
  });
  const [list] = gateway.sandbox.inkeep.requests.filter(({ operation }) => operation === 'list-tools');
  expect(list?.query).toMatchObject({ page: '1', limit: '1' });
});

test('null arguments have the same effect as missing ones', async () => {
  const gateway = await startGrid();
  const { data, errors } = await gateway.query(
    '{ project(projectId: "grid") { agents(first: null, after: null, last: null, before: null) { totalCount } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.project.agents.totalCount).toBe(2);
});

const REFUSED: [string, string][] = [
  ['first: -1', '"first"'],
  ['first: 501', '"first"'],
  ['last: -1', '"last"'],
  ['last: 501', '"last"'],
  ['first: 1, last: 1', '"first"'],
  ['after: "x"', '"after"'],
  ['before: ""', '"before"'],
  [`after: "${encodeCursor(3)}="`, '"after"'],
  [`before: "${Buffer.from('offset:-1').toString('base64url')}"`, '"before"'],
  [`before: "${Buffer.from('offset:1e3').toString('base64url')}"`, '"before"'],
];

test.each(REFUSED)('rejects tools(%s) and names %s', async (args, name) => {
  const gateway = await startGrid();
  const { data, errors } = await gateway.query(
    `{ project(projectId: "grid") { name tools(${args}) { totalCount } agents { totalCount } } }`,
  );
  expect(data.project).toEqual({ name: 'grid', tools: null, agents: { totalCount: 2 } });
  expect(errors).toMatchObject([{ path: ['project', 'tools'], extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(errors?.[0]?.message).toContain(name);
  expect(gateway.calls()).toEqual({ 'get-project-by-id': 1, 'list-agents': 1 });
});

test.each([
  'agent(projectId: "grid", agentId: "agent-0") { tools',
  'agent(projectId: "grid", agentId: "agent-0") { toolRelations',
  'tool(projectId: "grid", toolId: "tool-001") { relations',
  'tool(projectId: "grid", toolId: "tool-001") { subAgents',
  'subAgent(projectId: "grid", agentId: "agent-0", subAgentId: "sub-0-00") { tools',
])('%s rejects a page of 501 rows', async (select) => {
  const gateway = await startGrid();
  const { errors } = await gateway.query(`{ ${select}(first: 501) { totalCount } } }`);
  expect(errors).toMatchObject([
    { message: '"first" is 501, and must be from 0 to 500.', extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});

test('filters relations by sub-agent and tool, although the upstream ignores the tool', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(
    '{ agent(projectId: "support-desk", agentId: "triage") { toolRelations(subAgentId: "router", toolId: "hubspot") { totalCount nodes { subAgentId toolId } } } }',
  );
  expect(data.agent.toolRelations).toEqual({
    totalCount: 1,
    nodes: [{ subAgentId: 'router', toolId: 'hubspot' }],
  });
  expect(gateway.calls()).toEqual({ 'get-agent': 1, 'list-subagent-tool-relations': 1 });
});

test('does not send relation filters that are null', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(
    '{ agent(projectId: "support-desk", agentId: "triage") { toolRelations(subAgentId: null, toolId: null) { totalCount } } }',
  );
  expect(data.agent.toolRelations.totalCount).toBe(21);
  const lists = gateway.sandbox.inkeep.requests.filter(({ operation }) => operation === 'list-subagent-tool-relations');
  expect(lists.map(({ query }) => query)).toEqual([{ page: '1', limit: '50' }]);
});

test('lists a tool of three sub-agents once among the tools of the agent', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(
    '{ agent(projectId: "support-desk", agentId: "triage") { tools { totalCount nodes { toolId } } toolRelations(toolId: "zendesk") { totalCount } } }',
  );
  const ids = data.agent.tools.nodes.map(({ toolId }: { toolId: string }) => toolId);
  expect(data.agent.toolRelations.totalCount).toBe(3);
  expect(ids.filter((id: string) => id === 'zendesk')).toHaveLength(1);
  expect(data.agent.tools.totalCount).toBe(ids.length);
});

test('repeats no row if a tool is added while upstream pages are read', async () => {
  const gateway = await startGrid();
  const { inkeep } = gateway.sandbox;
  inkeep.latency({ ms: 400, match: 'page=2' });
  const answer = gateway.query('{ project(projectId: "grid") { tools(first: 200) { nodes { toolId } } } }');
  await inkeep.arrived('list-tools', 2);
  await expect
    .poll(() => inkeep.requests.some(({ operation, endedAt }) => operation === 'list-tools' && endedAt))
    .toBe(true);
  inkeep.addTool({ id: 'newcomer', projectId: 'grid', createdAt: '2030-01-01 00:00:00' });
  const { data } = await answer;
  const ids = data.project.tools.nodes.map(({ toolId }: { toolId: string }) => toolId);
  expect(ids).toHaveLength(199);
  expect(new Set(ids).size).toBe(199);
});
