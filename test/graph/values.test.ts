import { expect, test } from 'vitest';
import { toRfc3339 } from '../../src/upstream/date-time.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const CREATED = '2026-11-21 19:59:59.411426';

/** A gateway whose upstream answers the next read of a tool with this row. */
async function startWithTool(row: object): Promise<TestGateway> {
  const gateway = await startGateway();
  const tool = {
    id: 'zendesk',
    name: 'Zendesk',
    config: { type: 'mcp', mcp: { server: { url: 'https://a.example' } } },
  };
  gateway.sandbox.inkeep.fault({
    kind: 'status',
    status: 200,
    operation: 'get-tool',
    body: { data: { ...tool, status: 'healthy', ...row } },
  });
  return gateway;
}

async function toolOf(gateway: TestGateway, fields: string) {
  const { data, errors } = await gateway.query(
    `{ tool(projectId: "support-desk", toolId: "zendesk") { status ${fields} } }`,
  );
  expect(errors).toBeUndefined();
  return data.tool;
}

test.each([
  ['healthy', 'HEALTHY'],
  ['unhealthy', 'UNHEALTHY'],
  ['unknown', 'UNKNOWN'],
  ['needs_auth', 'NEEDS_AUTH'],
  ['unavailable', 'UNAVAILABLE'],
  ['weird', 'UNKNOWN'],
  ['HEALTHY', 'UNKNOWN'],
  ['constructor', 'UNKNOWN'],
  ['', 'UNKNOWN'],
  [null, 'UNKNOWN'],
])('a tool whose status is %j upstream is %s', async (status, served) => {
  const gateway = await startWithTool({ status });
  expect(await toolOf(gateway, '')).toEqual({ status: served });
});

test.each([
  ['streamable_http', 'STREAMABLE_HTTP'],
  ['sse', 'SSE'],
  ['carrier_pigeon', null],
  [null, null],
])('an MCP transport of type %j upstream is %s', async (type, served) => {
  const mcp = { server: { url: 'https://a.example' }, transport: { type } };
  const gateway = await startWithTool({ config: { type: 'mcp', mcp } });
  expect(await toolOf(gateway, 'config { transport { type } }')).toEqual({
    status: 'HEALTHY',
    config: { transport: { type: served } },
  });
});

test.each([
  ['memory', 'MEMORY'],
  ['keychain', 'KEYCHAIN'],
  ['nango', 'NANGO'],
  ['composio', 'COMPOSIO'],
  ['vault', 'OTHER'],
  ['toString', 'OTHER'],
  [null, 'OTHER'],
])('a credential of type %j upstream is %s', async (type, served) => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.fault({
    kind: 'status',
    status: 200,
    operation: 'get-user-credential-for-tool',
    body: { data: { id: 'c-1', name: 'Mine', type, toolId: 'zendesk' } },
  });
  const { data, errors } = await gateway.query(
    '{ tool(projectId: "support-desk", toolId: "zendesk") { userCredential { credentialId type } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.tool.userCredential).toEqual({ credentialId: 'c-1', type: served });
});

test('missing members of a tool are null, and unknown ones are ignored', async () => {
  const gateway = await startWithTool({ description: null, wholeNewField: { a: 1 } });
  const tool = await toolOf(
    gateway,
    `description imageUrl headers headerNames credentialReferenceId credentialScope capabilities isWorkApp createdAt
     updatedAt lastError availableTools { name } version expiresAt createdBy`,
  );
  expect(tool).toEqual({
    status: 'HEALTHY',
    description: null,
    imageUrl: null,
    headers: null,
    headerNames: null,
    credentialReferenceId: null,
    credentialScope: null,
    capabilities: null,
    isWorkApp: null,
    createdAt: null,
    updatedAt: null,
    lastError: null,
    availableTools: null,
    version: null,
    expiresAt: null,
    createdBy: null,
  });
});

test.each([
  [null, null],
  [[], []],
  [['search'], ['search']],
])('selected tools %j are returned unchanged: null is all, empty is none', async (selectedTools, served) => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.addProject({ id: 'small' });
  gateway.sandbox.inkeep.addAgent({ id: 'agent' });
  gateway.sandbox.inkeep.addSubAgent({ id: 'sub' });
  gateway.sandbox.inkeep.addTool({ id: 'tool' });
  gateway.sandbox.inkeep.addRelation({ subAgentId: 'sub', toolId: 'tool', selectedTools });
  const { data } = await gateway.query(
    '{ agent(projectId: "small", agentId: "agent") { toolRelations { nodes { selectedTools toolPolicies { toolName } headers } } } }',
  );
  expect(data.agent.toolRelations.nodes).toEqual([{ selectedTools: served, toolPolicies: null, headers: null }]);
});

test('dates of every type are RFC 3339 in UTC', async () => {
  const gateway = await startGateway();
  const { inkeep } = gateway.sandbox;
  inkeep.addProject({ id: 'dated', createdAt: CREATED });
  inkeep.addAgent({ id: 'agent', createdAt: CREATED });
  inkeep.addSubAgent({ id: 'sub', createdAt: CREATED });
  inkeep.addTool({ id: 'tool', createdAt: CREATED });
  inkeep.addRelation({ subAgentId: 'sub', toolId: 'tool', createdAt: CREATED });
  const { data } = await gateway.query(`{
    project(projectId: "dated") { createdAt tool(toolId: "tool") { createdAt } }
    agent(projectId: "dated", agentId: "agent") {
      createdAt subAgents { nodes { createdAt } } toolRelations { nodes { createdAt } }
    }
  }`);
  const createdAt = '2026-11-21T19:59:59.411426Z';
  expect(data).toEqual({
    project: { createdAt, tool: { createdAt } },
    agent: { createdAt, subAgents: { nodes: [{ createdAt }] }, toolRelations: { nodes: [{ createdAt }] } },
  });
});

test.each([
  ['2026-11-21T19:59:56.634Z', '2026-11-21T19:59:56.634Z'],
  ['2026-11-21T19:59:09.9Z', '2026-11-21T19:59:09.9Z'],
  ['2026-11-21 19:59:59.411426', '2026-11-21T19:59:59.411426Z'],
  ['2026-11-21 19:59:59', '2026-11-21T19:59:59Z'],
  ['2026-11-21T23:59:59.5+02:00', '2026-11-21T21:59:59.5Z'],
  ['2026-11-21 00:30:00-0130', '2026-11-21T02:00:00Z'],
  ['2026-11-21 00:30:00+01', '2026-11-20T23:30:00Z'],
  ['2026-11-21t19:59:56z', '2026-11-21T19:59:56Z'],
  ['2026-11-21T23:59:59+02:00', '2026-11-21T21:59:59Z'],
  ['2024-02-29 00:00:00', '2024-02-29T00:00:00Z'],
  ['2026-02-30T00:00:00Z', null],
  ['2026-02-29 00:00:00', null],
  ['2026-04-31T00:00:00Z', null],
  ['2026-11-21T24:00:00Z', null],
  ['2026-11-21T23:60:00Z', null],
  ['2016-12-31T23:59:60Z', null],
  ['2026-11-21T00:00:00+23:59', '2026-11-20T00:01:00Z'],
  ['2026-11-21T00:00:00+24:00', null],
  ['2026-11-21T00:00:00+01:60', null],
  ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
  ['0000-01-01T00:00:00+00:01', null],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
  ['9999-12-31T23:59:59-00:01', null],
  ['yesterday', null],
  ['2026-13-01T00:00:00Z', null],
  ['2026-11-21', null],
  ['1764000000', null],
  ['', null],
  [null, null],
])('converts the date %j to %j', (sent, served) => {
  expect(toRfc3339(sent)).toBe(served);
});
