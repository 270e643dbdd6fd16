import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ discoveryMs: 0, flipMs: 0, hangMs: 30 });
  sandbox.inkeep.setMcp('snowflake', { delayMs: 0 });
});
afterAll(() => sandbox.close());

interface Row {
  id: string;
  status: string;
  createdAt: string;
}

/** What the gateway sends for a caller who has no credential. */
async function inkeep<Body = { data: Row[]; pagination: { total: number } }>(path: string): Promise<Body> {
  const url = `${sandbox.inkeep.url}/tenants/default/projects${path}`;
  return (await fetch(url, { headers: { authorization: 'Bearer sandbox' } })).json() as Promise<Body>;
}

async function kataven<Body>(path: string): Promise<Body> {
  const headers = { authorization: 'Bearer sk_live_sandbox_demo' };
  return (await fetch(sandbox.kataven.url + path, { headers })).json() as Promise<Body>;
}

test('the tenant has a support desk, a project with pages of tools, and a lab', async () => {
  const projects = await inkeep('');
  expect(projects.data.map(({ id }) => id)).toEqual(['support-desk', 'growth', 'lab']);
  expect((await inkeep('/growth/tools?skipDiscovery=true')).pagination.total).toBe(128);
});

test('the tools of the support desk have every status that a probe can find', async () => {
  const { data } = await inkeep('/support-desk/tools?limit=100');
  expect(data).toHaveLength(26);
  expect(new Set(data.map(({ status }) => status))).toEqual(
    new Set(['healthy', 'unavailable', 'needs_auth', 'unhealthy']),
  );
});

test('every agent of the support desk has sub-agents, and every sub-agent has tools', async () => {
  const agents = (await inkeep('/support-desk/agents')).data;
  expect(agents.map(({ id }) => id)).toEqual(['triage', 'billing', 'onboarding']);
  for (const { id } of agents) {
    const subAgents = (await inkeep(`/support-desk/agents/${id}/sub-agents`)).data;
    expect(subAgents.length).toBeGreaterThanOrEqual(3);
    for (const subAgent of subAgents) {
      const path = `/support-desk/agents/${id}/sub-agent-tool-relations?subAgentId=${subAgent.id}`;
      expect((await inkeep(path)).data.length).toBeGreaterThanOrEqual(3);
    }
  }
});

test('the default caller has a credential of its own for the calendar', async () => {
  const { data } = await inkeep<{ data: { userId: string } }>('/support-desk/tools/google-calendar/user-credential');
  expect(data).toMatchObject({ id: 'google-calendar-user', userId: 'system' });
});

test('the tool that hangs is in the lab and nowhere else', async () => {
  const { data } = await inkeep<{ data: Row }>('/lab/tools/black-hole');
  expect(data.status).toBe('unavailable');
  await sandbox.inkeep.idle();
  const seen = sandbox.inkeep.requests.at(-1);
  expect((seen?.endedAt ?? 0) - (seen?.startedAt ?? 0)).toBeGreaterThan(25);
});

test('ids and creation dates are the same in every run', async () => {
  const first = (await inkeep('/support-desk/agents/triage/sub-agent-tool-relations?limit=1')).data;
  expect(first).toMatchObject([
    {
      id: '97cee923a9910d744b3c8641fda09f8e',
      subAgentId: 'router',
      toolId: 'zendesk',
      createdAt: '2025-05-26 23:04:49.408',
    },
  ]);
});

test('a clinic has voice agents with tools, some of them built in and one switched off', async () => {
  const agents = await kataven<{ id: string; name: string }[]>('/agents');
  expect(agents.map(({ name }) => name)).toEqual([
    'Front desk',
    'Refills',
    'After hours',
    'Billing questions',
    'Referrals',
    'Recepción',
  ]);
  const { tools, total } = await kataven<{ tools: { name: string; is_default: boolean }[]; total: number }>(
    '/tools?limit=100',
  );
  expect(total).toBe(19);
  expect(tools.filter(({ is_default }) => is_default)).toHaveLength(7);
  const rows = await kataven<{ tool_name: string; enabled: boolean }[]>(`/agents/${agents[0]?.id}/tools`);
  expect(rows.filter(({ enabled }) => !enabled).map(({ tool_name }) => tool_name)).toEqual(['lookup_insurance']);
  for (const { tool_name } of rows) expect(tools.map(({ name }) => name)).toContain(tool_name);
});
