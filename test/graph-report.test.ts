import { expect, test } from 'vitest';
import { startGateway } from './support/gateway.js';
import { freePort } from './support/scripted-upstream.js';

const AS_USER = { authorization: 'Bearer t' };
const PROJECT = '{ project(projectId: "support-desk") { name } }';

/** A gateway before an upstream that is named in its settings: no sandbox mode. */
async function startConfigured() {
  const inkeepPort = await freePort();
  const INKEEP_URL = `http://127.0.0.1:${inkeepPort}/manage`;
  return startGateway({ inkeepPort }, { SANDBOX: 'false', INKEEP_URL, INKEEP_TENANT_ID: 'default' });
}

test('the cost of an operation is told to those who ask for it', async () => {
  const gateway = await startConfigured();
  const { extensions } = await gateway.query(PROJECT, {}, { ...AS_USER, 'x-gateway-report': '1' });
  expect(extensions.upstream).toEqual({
    calls: 1,
    saved: 0,
    details: [
      {
        service: 'inkeep',
        operation: 'get-project-by-id',
        status: 200,
        ms: expect.any(Number),
        keys: 1,
        joined: false,
      },
    ],
  });
});

test('the cost of an operation is told to nobody else', async () => {
  const gateway = await startConfigured();
  expect(await gateway.query(PROJECT, {}, AS_USER)).toEqual({ data: { project: { name: 'Support desk' } } });
});

test('the sandbox tells the cost unasked', async () => {
  const gateway = await startGateway();
  const { extensions } = await gateway.query(PROJECT);
  expect(extensions.upstream).toMatchObject({ calls: 1, saved: 0 });
});

test('an operation that asks no upstream costs nothing', async () => {
  const gateway = await startGateway();
  const { extensions } = await gateway.query('{ __typename }');
  expect(extensions.upstream).toEqual({ calls: 0, saved: 0, details: [] });
});

test('tools read together are as many keys of one call, and all but one of the calls are saved', async () => {
  const gateway = await startGateway();
  const tools = ['zendesk', 'slack', 'linear', 'jira', 'github'];
  const aliases = tools.map((id) => `${id}: tool(projectId: "support-desk", toolId: "${id}") { name }`);
  const { extensions } = await gateway.query(`{ ${aliases.join(' ')} }`);
  expect(extensions.upstream).toMatchObject({ calls: 1, saved: 4, details: [{ operation: 'list-tools', keys: 5 }] });
  expect(gateway.sandbox.inkeep.count()).toBe(1);
});

test('the calls of the report are the requests that the upstreams saw', async () => {
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

test('a call that was joined is marked, and counts as saved, not as made', async () => {
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

test('a call that failed is told with its status, one that had no answer without', async () => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.fault({ kind: 'status', status: 403 });
  gateway.sandbox.kataven.fault({ kind: 'reset', count: 9 });
  const { extensions } = await gateway.query(
    '{ project(projectId: "support-desk") { name } voiceAgents { totalCount } }',
  );
  const byService = Object.fromEntries(extensions.upstream.details.map(({ service, status }) => [service, status]));
  expect(byService).toEqual({ inkeep: 403, kataven: null });
});

test('how long each call took is told in milliseconds', async () => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.latency({ ms: 120 });
  const { extensions } = await gateway.query(PROJECT);
  expect(extensions.upstream.details[0]?.ms).toBeGreaterThanOrEqual(119);
  expect(extensions.upstream.details[0]?.ms).toBeLessThan(5_000);
});
