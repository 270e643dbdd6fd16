import { expect, test } from 'vitest';
import type { UpstreamReport } from '../../../src/upstream/operation.js';
import { startGateway } from '../../support/gateway.js';
import { freePort } from '../../support/scripted-upstream.js';

const AS_USER = { authorization: 'Bearer t' };
const PROJECT = '{ project(projectId: "support-desk") { name } }';

/** A gateway with an upstream in its settings, which is not in sandbox mode. */
async function startConfigured() {
  const inkeepPort = await freePort();
  const INKEEP_URL = `http://127.0.0.1:${inkeepPort}/manage`;
  return startGateway({ inkeepPort }, { SANDBOX: 'false', INKEEP_URL, INKEEP_TENANT_ID: 'default' });
}

test('reports the cost of an operation to a client that requests it', async () => {
  const gateway = await startConfigured();
  const { extensions } = await gateway.query(PROJECT, {}, { ...AS_USER, 'x-gateway-report': '1' });
  expect(extensions.upstream).toEqual({
    calls: 1,
    saved: 0,
    details: [
      {
        service: 'inkeep',
        operation: 'get-project-by-id',
        lane: 'plain',
        status: 200,
        startedMs: 0,
        waitMs: 0,
        ms: expect.any(Number),
        keys: 1,
        joined: false,
      },
    ],
  });
});

test('a call that waits for a slot of its lane says how long, and when it started', async () => {
  const gateway = await startGateway({}, { INKEEP_MAX_CALLS: '1' });
  const { extensions } = await gateway.query(`{
    agent(projectId: "support-desk", agentId: "triage") { name }
    project(projectId: "support-desk") { name }
  }`);
  const [first, second] = extensions.upstream.details;
  expect(first).toMatchObject({ startedMs: 0, waitMs: 0 });
  expect(second?.waitMs).toBeGreaterThan(0);
  expect(second?.waitMs).toBeLessThanOrEqual(second?.ms ?? 0);
  expect(second?.startedMs).toBeLessThan(first?.ms ?? 0);
});

test('does not report the cost of an operation to other clients', async () => {
  const gateway = await startConfigured();
  expect(await gateway.query(PROJECT, {}, AS_USER)).toEqual({ data: { project: { name: 'Support desk' } } });
});

test('the sandbox always reports the cost', async () => {
  const gateway = await startGateway();
  const { extensions } = await gateway.query(PROJECT);
  expect(extensions.upstream).toMatchObject({ calls: 1, saved: 0 });
});

test('an operation without upstream calls costs nothing', async () => {
  const gateway = await startGateway();
  const { extensions } = await gateway.query('{ __typename }');
  expect(extensions.upstream).toEqual({ calls: 0, saved: 0, details: [] });
});

test('tools that are read together are keys of one call, and the other calls are saved', async () => {
  const gateway = await startGateway();
  const tools = ['zendesk', 'slack', 'linear', 'jira', 'github'];
  const aliases = tools.map((id) => `${id}: tool(projectId: "support-desk", toolId: "${id}") { name }`);
  const { extensions } = await gateway.query(`{ ${aliases.join(' ')} }`);
  expect(extensions.upstream).toMatchObject({ calls: 1, saved: 4, details: [{ operation: 'list-tools', keys: 5 }] });
  expect(gateway.sandbox.inkeep.count()).toBe(1);
});

/** Keys by operation. */
function keysOf({ details }: UpstreamReport): Record<string, number> {
  const keys: Record<string, number> = {};
  for (const { operation, keys: served } of details) keys[operation] = (keys[operation] ?? 0) + served;
  return keys;
}

test('counts prefetched reads once: an agent, its sub-agents, their relations and the linked tools', async () => {
  const gateway = await startGateway({ story: false });
  const { inkeep } = gateway.sandbox;
  const counts = { tools: 10, agents: 1, subAgentsPerAgent: 5, relationsPerAgent: 10 };
  inkeep.seedGrid({ tenantId: 'default', projectId: 'grid', ...counts });
  const { extensions } = await gateway.query(
    '{ agent(projectId: "grid", agentId: "agent-0") { name subAgents { nodes { name toolRelations { nodes { tool { name } } } } } } }',
  );
  expect(keysOf(extensions.upstream)).toEqual({
    'get-agent': 1,
    'list-subagents': 1,
    'list-subagent-tool-relations': 5,
    'list-tools': 10,
  });
  expect(extensions.upstream).toMatchObject({ calls: 4, saved: 13 });
});

test.each([
  ['a list of tools', '{ project(projectId: "support-desk") { tools { nodes { name } } } }', 'list-tools'],
  ['a list of agents', '{ project(projectId: "support-desk") { agents { nodes { name } } } }', 'list-agents'],
  [
    'a list of relations',
    '{ agent(projectId: "support-desk", agentId: "triage") { toolRelations { nodes { relationId } } } }',
    'list-subagent-tool-relations',
  ],
  [
    'the agents that may use a tool',
    '{ tool(projectId: "support-desk", toolId: "zendesk") { name relations { totalCount } } }',
    'list-agents',
  ],
])('counts %s once if it is prefetched', async (_what, document, operation) => {
  const gateway = await startGateway();
  const { extensions } = await gateway.query(document);
  expect(keysOf(extensions.upstream)[operation]).toBe(1);
});

test('counts no prefetched read of an agent that does not exist', async () => {
  const gateway = await startGateway();
  const { data, extensions } = await gateway.query(
    '{ agent(projectId: "support-desk", agentId: "nobody") { subAgents { nodes { name toolRelations { totalCount } } } } }',
  );
  expect(data).toEqual({ agent: null });
  expect(keysOf(extensions.upstream)).toEqual({
    'get-agent': 1,
    'list-subagents': 0,
    'list-subagent-tool-relations': 0,
  });
  expect(extensions.upstream.saved).toBe(0);
});

test.each([
  ['a list', 'projects { totalCount }', 'list-projects'],
  ['a project', 'project(projectId: "support-desk") { name }', 'get-project-by-id'],
  ['the agents of a project', 'project(projectId: "support-desk") { agents { totalCount } }', 'list-agents'],
  ['the list of voice agents', 'voiceAgents { totalCount }', 'list-agents'],
])('counts %s once if two fields request it', async (_what, field, operation) => {
  const gateway = await startGateway();
  const { errors, extensions } = await gateway.query(`{ a: ${field} b: ${field} }`);
  expect(errors).toBeUndefined();
  expect(keysOf(extensions.upstream)[operation]).toBe(1);
});

test('counts a relation once if two fields request it', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(
    '{ agent(projectId: "support-desk", agentId: "triage") { toolRelations(first: 1) { nodes { id } } } }',
  );
  const id = data.agent.toolRelations.nodes[0].id;
  const { extensions } = await gateway.query('query ($id: ID!) { a: node(id: $id) { id } b: node(id: $id) { id } }', {
    id,
  });
  expect(keysOf(extensions.upstream)).toEqual({ 'get-subagent-tool-relation': 1 });
});

test('the calls of the report are the requests that the upstreams received', async () => {
  const gateway = await startGateway();
  const { extensions } = await gateway.query(`{
    agent(projectId: "support-desk", agentId: "triage") {
      name subAgents { nodes { toolRelations { nodes { tool { name } } } } }
    }
    voiceAgents(first: 2) { nodes { agentTools { tool { name } } } }
  }`);
  const told = extensions.upstream.details.map(({ service, operation, status }) => `${service} ${operation} ${status}`);
  const seen = (['inkeep', 'kataven'] as const).flatMap((service) =>
    gateway.sandbox[service].requests.map(({ operation, status }) => `${service} ${operation} ${status}`),
  );
  expect(told.sort()).toEqual(seen.sort());
  expect(extensions.upstream.calls).toBe(seen.length);
});

test('a coalesced call is marked and counts as saved', async () => {
  const gateway = await startGateway();
  const { inkeep } = gateway.sandbox;
  inkeep.latency({ ms: 1000 });
  const first = gateway.query(PROJECT);
  await inkeep.arrived();
  const second = await gateway.query(PROJECT);
  expect((await first).extensions.upstream).toMatchObject({ calls: 1, saved: 0, details: [{ joined: false }] });
  expect(second.extensions.upstream).toMatchObject({ calls: 0, saved: 1, details: [{ joined: true, status: 200 }] });
  expect(inkeep.count()).toBe(1);
});

test('reports a failed call with its status, and a call without an answer without one', async () => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.fault({ kind: 'status', status: 403 });
  gateway.sandbox.kataven.fault({ kind: 'reset', count: 9 });
  const { extensions } = await gateway.query(
    '{ project(projectId: "support-desk") { name } voiceAgents { totalCount } }',
  );
  const byService = Object.fromEntries(extensions.upstream.details.map(({ service, status }) => [service, status]));
  expect(byService).toEqual({ inkeep: 403, kataven: null });
});

test('reports the duration of each call in milliseconds', async () => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.latency({ ms: 120 });
  const { extensions } = await gateway.query(PROJECT);
  expect(extensions.upstream.details[0]?.ms).toBeGreaterThanOrEqual(119);
  expect(extensions.upstream.details[0]?.ms).toBeLessThan(5_000);
});
