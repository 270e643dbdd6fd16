import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

/** A sandbox with one project, one agent with one sub-agent, and two tools. */
async function start(options: SandboxOptions = {}) {
  sandbox = await startSandbox({ story: false, discoveryMs: 0, ...options });
  const { inkeep } = sandbox;
  inkeep.addProject({ tenantId: 'acme', id: 'desk' });
  inkeep.addAgent({ id: 'triage' });
  inkeep.addSubAgent({ id: 'router' });
  inkeep.addTool({ id: 'zendesk', name: 'Zendesk' });
  inkeep.addTool({ id: 'slack', name: 'Slack' });
  return inkeep;
}

const AUTHORIZATION = { authorization: 'Bearer t' };

/** A request below the project `desk`. */
function call(path: string, init: RequestInit & { json?: unknown } = {}): Promise<Response> {
  const { json, ...rest } = init;
  return fetch(`${sandbox.inkeep.url}/tenants/acme/projects/desk${path}`, {
    body: json === undefined ? undefined : JSON.stringify(json),
    ...rest,
    headers: { ...AUTHORIZATION, 'content-type': 'application/json', ...rest.headers },
  });
}

async function data(path: string, init?: RequestInit & { json?: unknown }) {
  const body = (await (await call(path, init)).json()) as { data: Record<string, unknown> };
  return body.data;
}

describe('requests that the sandbox received', () => {
  test('a request is kept with its operation, parts and status', async () => {
    const inkeep = await start();
    await call('/tools/zendesk?ref=main', {
      method: 'PUT',
      json: { name: 'Tickets' },
      headers: { 'x-request-id': 'r1' },
    });
    await inkeep.idle();
    expect(inkeep.requests).toEqual([
      expect.objectContaining({
        operation: 'update-tool',
        method: 'PUT',
        path: '/manage/tenants/acme/projects/desk/tools/zendesk',
        query: { ref: 'main' },
        headers: expect.objectContaining({ authorization: 'Bearer t', 'x-request-id': 'r1' }),
        body: { name: 'Tickets' },
        status: 200,
        aborted: false,
      }),
    ]);
    const [seen] = inkeep.requests;
    expect(seen?.endedAt).toBeGreaterThan(seen?.startedAt ?? Infinity);
  });

  test.each([
    ['GET', '', 'get-project-by-id'],
    ['GET', '/agents', 'list-agents'],
    ['GET', '/agents/triage', 'get-agent'],
    ['GET', '/agents/triage/full', 'get-full-agent-definition'],
    ['GET', '/agents/triage/tool-status', 'get-agent-tool-status'],
    ['GET', '/agents/triage/sub-agents', 'list-subagents'],
    ['GET', '/agents/triage/sub-agents/router', 'get-subagent-by-id'],
    ['GET', '/tools', 'list-tools'],
    ['POST', '/tools', 'create-tool'],
    ['GET', '/tools/zendesk', 'get-tool'],
    ['PATCH', '/tools/zendesk', 'update-tool'],
    ['DELETE', '/tools/zendesk', 'delete-tool'],
    ['GET', '/tools/zendesk/user-credential', 'get-user-credential-for-tool'],
    ['GET', '/agents/triage/sub-agent-tool-relations', 'list-subagent-tool-relations'],
    ['POST', '/agents/triage/sub-agent-tool-relations', 'create-subagent-tool-relation'],
    ['GET', '/agents/triage/sub-agent-tool-relations/x', 'get-subagent-tool-relation'],
    ['PUT', '/agents/triage/sub-agent-tool-relations/x', 'update-subagent-tool-relation'],
    ['DELETE', '/agents/triage/sub-agent-tool-relations/x', 'delete-subagent-tool-relation'],
    ['GET', '/agents/triage/sub-agent-tool-relations/tool/zendesk/sub-agents', 'get-subagents-for-tool'],
    ['GET', '/nothing', 'unknown'],
  ])('%s %s is %s', async (method, path, operation) => {
    const inkeep = await start();
    await call(path, { method });
    expect(inkeep.requests.map((seen) => seen.operation)).toEqual([operation]);
    expect(inkeep.count(operation)).toBe(1);
  });

  test('a path is kept as it was sent', async () => {
    const inkeep = await start();
    await call('/tools/a%2Fb');
    expect(inkeep.requests[0]?.path).toBe('/manage/tenants/acme/projects/desk/tools/a%2Fb');
  });

  test('requests answered at the same time are counted', async () => {
    const inkeep = await start({ discoveryMs: 50 });
    await Promise.all([call('/tools/zendesk'), call('/tools/slack'), call('/tools/zendesk')]);
    await call('/tools/zendesk');
    expect(inkeep.maxInFlight).toBe(3);
    expect(inkeep.count()).toBe(4);
  });

  test('a request whose client leaves is marked as aborted, and its probe stores nothing', async () => {
    const inkeep = await start({ hangMs: 5000 });
    inkeep.setMcp('zendesk', { mode: 'hang' });
    const before = await storedTool('zendesk');
    const client = new AbortController();
    const answer = call('/tools/zendesk', { signal: client.signal });
    await inkeep.arrived('get-tool');
    client.abort();
    await expect(answer).rejects.toThrow('aborted');
    await inkeep.idle();
    expect(inkeep.requests.at(-1)).toMatchObject({ operation: 'get-tool', aborted: true, status: undefined });
    expect(await storedTool('zendesk')).toEqual(before);
  });

  test('a reset forgets requests, probes, faults and latencies but no data', async () => {
    const inkeep = await start();
    await call('/tools/zendesk');
    inkeep.fault({ kind: 'status', status: 503 });
    inkeep.latency({ ms: 60_000 });
    inkeep.reset();
    expect([inkeep.count(), inkeep.requests.length, inkeep.probes, inkeep.maxInFlight]).toEqual([0, 0, 0, 0]);
    expect((await call('/tools/zendesk')).status).toBe(200);
  });
});

describe('probes of MCP servers', () => {
  test('are counted per tool, and not made if a list skips discovery', async () => {
    const inkeep = await start();
    await call('/tools');
    await call('/tools/zendesk');
    await call('/tools?skipDiscovery=true');
    expect([inkeep.probes, inkeep.probesOf('zendesk'), inkeep.probesOf('slack')]).toEqual([3, 2, 1]);
  });

  test('of a page run at the same time', async () => {
    const inkeep = await start({ discoveryMs: 100 });
    for (let n = 0; n < 18; n++) inkeep.addTool({ id: `tool-${n}` });
    await call('/tools?limit=20');
    await inkeep.idle();
    expect(inkeep.probes).toBe(20);
    expect(lastDuration()).toBeLessThan(20 * 100);
  });

  test('of an agent run in groups of five, one after the other', async () => {
    const inkeep = await start({ discoveryMs: 50 });
    for (let n = 0; n < 11; n++) {
      inkeep.addTool({ id: `tool-${n}` });
      inkeep.addRelation({ subAgentId: 'router', toolId: `tool-${n}` });
    }
    expect(await data('/agents/triage/tool-status')).toHaveLength(11);
    await inkeep.idle();
    expect(lastDuration()).toBeGreaterThan(3 * 50 - 5);
  });

  test('store their result, so reading a tool changes its updatedAt', async () => {
    const inkeep = await start();
    const before = await storedTool('zendesk');
    inkeep.setMcp('zendesk', { mode: 'needs_auth' });
    await call('/tools/zendesk');
    const after = await storedTool('zendesk');
    expect(after?.status).toBe('unknown');
    expect(after?.lastError).toMatch(/^Authentication required - /);
    expect(String(after?.updatedAt) > String(before?.updatedAt)).toBe(true);
  });

  test('of a hanging server end after the timeout as unavailable', async () => {
    const inkeep = await start({ hangMs: 60 });
    inkeep.setMcp('zendesk', { mode: 'hang' });
    expect(await data('/tools/zendesk')).toMatchObject({
      status: 'unavailable',
      lastError: expect.stringContaining('(MCP error -32001) MCP error -32001: Request timed out'),
      availableTools: [],
    });
    await inkeep.idle();
    expect(lastDuration()).toBeGreaterThan(55);
  });

  test('of a URL that is not http or https find it unavailable at once, and the URL is accepted', async () => {
    await start();
    const config = { type: 'mcp', mcp: { server: { url: 'ftp://example.com/mcp' } } };
    expect(await data('/tools', { method: 'POST', json: { id: 'ftp', name: 'FTP', config } })).toMatchObject({
      status: 'unavailable',
      lastError: 'Connection failed - the MCP server may be slow or temporarily unreachable. fetch failed',
      availableTools: [],
    });
  });

  test('of a flapping server alternate between healthy and unavailable', async () => {
    const inkeep = await start({ flipMs: 40 });
    inkeep.setMcp('zendesk', { mode: 'flapping' });
    const seen = new Set<unknown>();
    await vi.waitUntil(async () => seen.add((await data('/tools/zendesk')).status).size === 2, 5000);
    expect(seen).toEqual(new Set(['healthy', 'unavailable']));
  });

  test('a server set healthy again offers the tools it had', async () => {
    const inkeep = await start();
    const tools = [{ name: 'search', description: 'Find', inputSchema: { type: 'object' } }];
    inkeep.setMcp('https://mcp.example.com/', { tools });
    inkeep.setMcp('zendesk', { mode: 'reset' });
    expect(await data('/tools/zendesk')).toMatchObject({ status: 'unavailable', availableTools: [] });
    expect(await data('/tools/slack')).toMatchObject({ status: 'healthy', availableTools: tools });
    inkeep.setMcp('zendesk', { mode: 'healthy' });
    expect(await data('/tools/zendesk')).toMatchObject({ status: 'healthy', availableTools: tools });
  });

  test('of a server with a new mode do not keep the delay of the old mode', async () => {
    const inkeep = await start();
    inkeep.setMcp('https://mcp.example.com/zendesk', { mode: 'slow', delayMs: 60_000 });
    inkeep.setMcp('zendesk', { mode: 'needs_auth' });
    expect(await data('/tools/zendesk')).toMatchObject({ status: 'needs_auth' });
  });

  test('use the credential of the caller', async () => {
    const inkeep = await start();
    inkeep.addTool({ id: 'calendar', credentialScope: 'user' });
    inkeep.addUserCredential({
      toolId: 'calendar',
      userId: 'ada',
      createdBy: 'ada',
      expiresAt: '2027-01-01T00:00:00Z',
    });
    const ada = { headers: { authorization: 'Bearer session-ada' } };
    expect(await data('/tools/calendar', ada)).toMatchObject({ createdBy: 'ada', expiresAt: '2027-01-01T00:00:00Z' });
    expect(await data('/tools/calendar')).not.toHaveProperty('expiresAt');
    expect((await call('/tools/calendar/user-credential', ada)).status).toBe(200);
    expect((await call('/tools/calendar/user-credential')).status).toBe(404);
  });
});

describe('rules of the manage API', () => {
  const RELATIONS = '/agents/triage/sub-agent-tool-relations';
  const attach = (subAgentId: string, toolId: string) =>
    call(RELATIONS, { method: 'POST', json: { id: 'ignored', subAgentId, toolId } });

  test('a duplicate relation is a 422, but a 500 once a hundred younger ones hide it', async () => {
    const inkeep = await start();
    inkeep.addRelation({ subAgentId: 'router', toolId: 'zendesk' });
    for (let n = 0; n < 100; n++) inkeep.addTool({ id: `tool-${n}` });
    for (let n = 0; n < 99; n++) inkeep.addRelation({ subAgentId: 'router', toolId: `tool-${n}` });
    expect((await attach('router', 'zendesk')).status).toBe(422);
    inkeep.addRelation({ subAgentId: 'router', toolId: 'tool-99' });
    expect((await attach('router', 'zendesk')).status).toBe(500);
  });

  test('an update can make two relations of one pair', async () => {
    const inkeep = await start();
    inkeep.addRelation({ subAgentId: 'router', toolId: 'zendesk' });
    const { id } = inkeep.addRelation({ subAgentId: 'router', toolId: 'slack' });
    expect((await call(`${RELATIONS}/${id}`, { method: 'PUT', json: { toolId: 'zendesk' } })).status).toBe(200);
    const pairs = (await data(RELATIONS)) as unknown as { toolId: string }[];
    expect(pairs.map(({ toolId }) => toolId)).toEqual(['zendesk', 'zendesk']);
  });

  test('a relation detached and attached again has the same id', async () => {
    await start();
    const first = (await (await attach('router', 'zendesk')).json()) as { data: { id: string } };
    await call(`${RELATIONS}/${first.data.id}`, { method: 'DELETE' });
    const second = (await (await attach('router', 'zendesk')).json()) as { data: { id: string } };
    expect(second.data.id).toBe(first.data.id);
    expect(first.data.id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('changing the id of a tool in use is a 500', async () => {
    const inkeep = await start();
    inkeep.addRelation({ subAgentId: 'router', toolId: 'zendesk' });
    expect((await call('/tools/zendesk', { method: 'PUT', json: { id: 'tickets' } })).status).toBe(500);
    expect((await call('/tools/slack', { method: 'PUT', json: { id: 'chat' } })).status).toBe(200);
    expect((await call('/tools/slack')).status).toBe(404);
  });

  test('an update in an unknown project finds no tool, other calls find no project', async () => {
    await start();
    const elsewhere = `${sandbox.inkeep.url}/tenants/acme/projects/nope/tools/zendesk`;
    const headers = { ...AUTHORIZATION, 'content-type': 'application/json' };
    const update = await fetch(elsewhere, { method: 'PUT', headers, body: '{"name":"x"}' });
    expect(await update.json()).toMatchObject({ status: 404, detail: 'Tool not found' });
    expect(await (await fetch(elsewhere, { headers })).json()).toMatchObject({ detail: 'Project not found: nope' });
  });

  test.each(['?page=1.5', '?page=1.5&limit=2', '?limit=2.5'])('%s reaches the database, which fails', async (query) => {
    await start();
    expect((await call(`/tools${query}`)).status).toBe(500);
  });

  test.each([
    ['an accepted bearer', { authorization: 'Bearer anything' }, 200],
    ['the bearer expired', { authorization: 'Bearer expired' }, 401],
    ['the bearer forbidden', { authorization: 'Bearer forbidden' }, 403],
    ['another scheme', { authorization: 'Basic dTpw' }, 401],
    ['a session cookie', { cookie: 'better-auth.session_token=ada.c2lnbmF0dXJl' }, 200],
    ['a secure session cookie', { cookie: '__Secure-better-auth.session_token=ada' }, 200],
    ['a garbage cookie', { cookie: 'better-auth.session_token=abc.def' }, 401],
    [
      'a bearer beside a garbage cookie',
      { authorization: 'Bearer t', cookie: 'better-auth.session_token=abc.def' },
      200,
    ],
    ['no credential', {}, 401],
  ])('%s gets %s: %i', async (_name, headers, status) => {
    await start();
    const url = `${sandbox.inkeep.url}/tenants/acme/projects/desk`;
    expect((await fetch(url, { headers: headers as Record<string, string> })).status).toBe(status);
  });

  test('the response repeats the request id, and has a new one if none was sent', async () => {
    await start();
    const sent = await call('/agents', { headers: { 'x-request-id': 'mine-1' } });
    expect(sent.headers.get('x-request-id')).toBe('mine-1');
    expect((await call('/agents')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('an unknown ref is a 404, in the query as in the header', async () => {
    await start();
    expect((await call('/tools?ref=draft&skipDiscovery=true')).status).toBe(404);
    const answer = await call('/tools?skipDiscovery=true', { headers: { 'x-inkeep-ref': 'draft' } });
    expect(await answer.json()).toMatchObject({ code: 'not_found', detail: 'Unknown ref: draft' });
    expect((await call('/tools?skipDiscovery=true', { headers: { 'x-inkeep-ref': 'main' } })).status).toBe(200);
  });

  test('a request waits while all connections are in use, probes included', async () => {
    const inkeep = await start({ inkeepConnections: 1, hangMs: 80 });
    inkeep.setMcp('zendesk', { mode: 'hang' });
    const probing = call('/tools/zendesk');
    await inkeep.arrived('get-tool');
    await Promise.all([probing, call('/agents')]);
    await inkeep.idle();
    const [getTool, listAgents] = inkeep.requests;
    expect(listAgents).toMatchObject({ operation: 'list-agents', status: 200 });
    expect(listAgents?.endedAt).toBeGreaterThanOrEqual((getTool?.startedAt ?? Number.NaN) + 75);
  });

  test('a request that waited too long for a connection is a 500', async () => {
    const inkeep = await start({ inkeepConnections: 1, inkeepConnectionWaitMs: 20, hangMs: 5000 });
    inkeep.setMcp('zendesk', { mode: 'hang' });
    const client = new AbortController();
    const probing = call('/tools/zendesk', { signal: client.signal });
    await inkeep.arrived('get-tool');
    expect((await call('/agents')).status).toBe(500);
    client.abort();
    await expect(probing).rejects.toThrow('aborted');
  });
});

describe('seeding', () => {
  test('a grid gives each sub-agent five tools and uses each tool once per agent', async () => {
    sandbox = await startSandbox({ story: false });
    const size = { tools: 250, agents: 2, subAgentsPerAgent: 50, relationsPerAgent: 250 };
    sandbox.inkeep.seedGrid({ tenantId: 'acme', projectId: 'desk', ...size });
    const relations = await allPages<{ subAgentId: string; toolId: string }>(
      '/agents/agent-1/sub-agent-tool-relations',
    );
    expect(relations).toHaveLength(250);
    expect(new Set(relations.map(({ toolId }) => toolId)).size).toBe(250);
    expect(relations.filter(({ subAgentId }) => subAgentId === 'sub-1-07')).toHaveLength(5);
    const tools = await allPages<{ id: string }>('/tools?skipDiscovery=true');
    expect([tools[0]?.id, tools.at(-1)?.id]).toEqual(['tool-249', 'tool-000']);
  });

  test('removing a row removes the rows that depend on it', async () => {
    const inkeep = await start();
    const relation = inkeep.addRelation({ subAgentId: 'router', toolId: 'zendesk' });
    expect(inkeep.removeTool({ id: 'zendesk' })).toBe(true);
    expect(inkeep.removeRelation(relation)).toBe(false);
    expect(inkeep.removeAgent({ id: 'triage' })).toBe(true);
    expect((await call('/agents/triage/sub-agents/router')).status).toBe(404);
    expect(inkeep.removeProject({ tenantId: 'acme', id: 'desk' })).toBe(true);
    expect((await call('/tools')).status).toBe(404);
  });
});

async function allPages<Row>(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const answer = await call(`${path}${path.includes('?') ? '&' : '?'}limit=100&page=${page}`);
    const body = (await answer.json()) as { data: Row[]; pagination: { pages: number } };
    rows.push(...body.data);
    pages = body.pagination.pages;
  }
  return rows;
}

async function storedTool(id: string) {
  const tools = (await data('/tools?skipDiscovery=true')) as unknown as Record<string, unknown>[];
  return tools.find((tool) => tool.id === id);
}

function lastDuration(): number {
  const seen = sandbox.inkeep.requests.at(-1);
  return (seen?.endedAt ?? Number.NaN) - (seen?.startedAt ?? Number.NaN);
}
