import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';

let sandbox: Sandbox;
afterEach(async () => {
  vi.useRealTimers();
  await sandbox.close();
});

/** A sandbox with two agents, a built-in tool and one of the account's own. */
async function start(options: SandboxOptions = {}) {
  sandbox = await startSandbox({ story: false, ...options });
  const { kataven } = sandbox;
  kataven.addAgent({ id: 'agent_1', name: 'Front desk' });
  kataven.addAgent({ id: 'agent_2', name: 'Refills' });
  kataven.addTool({ id: 't-1', name: 'end_call', category: 'call_control', is_default: true });
  kataven.addTool({ id: 't-2', name: 'lookup_order', category: 'orders', implementation_type: 'http' });
  return kataven;
}

interface Init {
  method?: string;
  headers?: Record<string, string>;
  json?: unknown;
}

async function call(path: string, { method, headers = { authorization: 'Bearer sk_live_clinic_1' }, json }: Init = {}) {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const answer = await fetch(sandbox.kataven.url + path, { method, headers, body });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: () => JSON.parse(text) };
}

describe('credentials', () => {
  test.each([
    ['no credential', {}, 401, 'missing bearer token'],
    ['another scheme', { authorization: 'Basic dTpw' }, 401, 'missing bearer token'],
    ['an expired bearer', { authorization: 'Bearer expired' }, 401, 'invalid bearer token'],
    ['a forbidden bearer', { authorization: 'Bearer forbidden' }, 403, 'forbidden'],
    ['a JWT without account', { authorization: 'Bearer eyJ.e30.x' }, 400, 'X-Account-ID header is required'],
    [
      'the reserved account',
      { authorization: 'Bearer eyJ.e30.x', 'x-account-id': 'kataven-admin' },
      403,
      'account is reserved',
    ],
    [
      'a malformed account',
      { authorization: 'Bearer sk_live_x', 'x-account-id': 'Not A Slug' },
      400,
      'Invalid account',
    ],
    [
      'an account without database',
      { authorization: 'Bearer eyJ.e30.x', 'x-account-id': 'unknown' },
      400,
      'Invalid account',
    ],
  ])('%s is refused with a plain string', async (_name, headers, status, text) => {
    await start();
    const answer = await call('/agents', { headers: headers as Record<string, string> });
    expect([answer.status, answer.json(), answer.headers.get('content-type')]).toEqual([
      status,
      text,
      'application/json',
    ]);
  });

  test.each([
    ['a key', { authorization: 'Bearer sk_live_clinic_1' }],
    ['a JWT with account', { authorization: 'Bearer eyJ.e30.x', 'x-account-id': 'clinic' }],
  ])('%s is accepted', async (_name, headers) => {
    await start();
    expect((await call('/agents', { headers: headers as Record<string, string> })).status).toBe(200);
  });
});

describe('agents', () => {
  test('are a bare array, newest first, without tools', async () => {
    await start();
    const agents = (await call('/agents')).json();
    expect(agents.map(({ name }: { name: string }) => name)).toEqual(['Refills', 'Front desk']);
    expect(agents[0]).toMatchObject({ id: 'agent_2', status: 'active', playbooks: [], faqs: [] });
    expect(agents[0]).not.toHaveProperty('tools');
  });

  test('are created with defaults, changed in part and deleted', async () => {
    await start();
    const created = await call('/agents', { method: 'POST', json: { name: 'Triage', id: 'mine', created_by: 'me' } });
    expect([created.status, created.json()]).toEqual([
      201,
      expect.objectContaining({ name: 'Triage', status: 'draft' }),
    ]);
    const { id } = created.json();
    expect(id).toMatch(/^agent_/);
    const changed = await call(`/agents/${id}`, { method: 'PATCH', json: { status: 'active' } });
    expect(changed.json()).toMatchObject({ id, name: 'Triage', status: 'active', llm_model: 'gpt-4o' });
    expect((await call(`/agents/${id}`, { method: 'DELETE' })).status).toBe(204);
    const gone = await call(`/agents/${id}`);
    expect([gone.status, gone.json()]).toEqual([404, 'agent not found']);
  });
});

describe('the tools of an agent', () => {
  test.each(['POST', 'PUT'])('are inserted and replaced by %s, which answers without a body', async (method) => {
    await start();
    const first = { tool_name: 'lookup_order', config: { shop: 1, limit: 5 }, enabled: false };
    const answer = await call('/agents/agent_1/tools', { method, json: first });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await call('/agents/agent_1/tools')).json()).toEqual([{ agent_id: 'agent_1', ...first }]);
    await call('/agents/agent_1/tools', { method, json: { tool_name: 'lookup_order', config: { shop: 2 } } });
    expect((await call('/agents/agent_1/tools')).json()).toEqual([
      { agent_id: 'agent_1', tool_name: 'lookup_order', config: { shop: 2 }, enabled: true },
    ]);
  });

  test.each([
    ['an unknown agent', 'agent_9', { tool_name: 'lookup_order' }, 404, 'agent not found'],
    ['an unknown tool', 'agent_1', { tool_name: 'nope' }, 404, 'tool not found'],
    ['no tool name', 'agent_1', { config: {} }, 400, 'invalid body: tool_name'],
    [
      'another agent in the body',
      'agent_1',
      { agent_id: 'agent_2', tool_name: 'end_call' },
      400,
      'invalid body: agent_id',
    ],
    ['a config that is no object', 'agent_1', { tool_name: 'end_call', config: [] }, 400, 'invalid body: config'],
    ['no body', 'agent_1', undefined, 400, 'invalid body:'],
  ])('%s is refused', async (_name, agent, json, status, text) => {
    await start();
    const answer = await call(`/agents/${agent}/tools`, { method: 'POST', json });
    expect([answer.status, answer.json()]).toEqual([status, expect.stringContaining(text)]);
  });

  test('are removed when their tool is deleted', async () => {
    const kataven = await start();
    kataven.addRow({ agent_id: 'agent_1', tool_name: 'lookup_order' });
    await call('/tools/lookup_order', { method: 'DELETE' });
    expect((await call('/agents/agent_1/tools')).json()).toEqual([]);
  });
});

describe('the tool catalogue', () => {
  test('is paged, with counts per category', async () => {
    const kataven = await start();
    for (let n = 1; n <= 12; n++) kataven.addTool({ name: `tool_${String(n).padStart(2, '0')}`, category: 'orders' });
    const { tools, ...page } = (await call('/tools?limit=5&offset=10')).json();
    expect(tools).toHaveLength(4);
    expect(page).toEqual({
      total: 14,
      count: 4,
      limit: 5,
      offset: 10,
      has_next: false,
      has_prev: true,
      next_offset: null,
      prev_offset: 5,
      category_counts: { call_control: 1, orders: 13 },
    });
  });

  test.each([
    ['?category=orders', ['lookup_order']],
    ['?type=http', ['lookup_order']],
    ['?search=END', ['end_call']],
    ['?category=none', []],
  ])('%s filters', async (query, names) => {
    await start();
    const { tools } = (await call(`/tools${query}`)).json();
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  test.each(['?limit=0', '?limit=101', '?offset=-1', '?limit=abc'])('%s is refused', async (query) => {
    await start();
    expect((await call(`/tools${query}`)).status).toBe(400);
  });

  test('is read by id or by name', async () => {
    await start();
    expect((await call('/tools/t-2')).json()).toMatchObject({ name: 'lookup_order' });
    expect((await call('/tools/lookup_order')).json()).toMatchObject({ id: 't-2' });
    expect((await call('/tools/nope')).json()).toBe('tool not found');
  });

  test('accepts new tools, and returns an object of strings', async () => {
    await start();
    const json = { name: 'check_stock', category: 'orders', implementation_type: 'http' };
    const created = await call('/tools', { method: 'POST', json });
    expect([created.status, created.json()]).toEqual([201, { id: expect.any(String), name: 'check_stock' }]);
    expect((await call('/tools/check_stock')).json()).toMatchObject({ display_name: 'Check stock', is_default: false });
    expect((await call('/tools', { method: 'POST', json })).status).toBe(500);
  });

  test('updates a part by PUT, and marks a built-in tool as modified', async () => {
    await start();
    const answer = await call('/tools/end_call', { method: 'PUT', json: { description: 'Hang up', name: 'renamed' } });
    expect(Object.values(answer.json()).every((value) => typeof value === 'string')).toBe(true);
    expect((await call('/tools/end_call')).json()).toMatchObject({
      name: 'end_call',
      description: 'Hang up',
      category: 'call_control',
      modified_from_default: true,
    });
  });

  test('does not delete built-in tools', async () => {
    await start();
    const answer = await call('/tools/end_call', { method: 'DELETE' });
    expect([answer.status, answer.json()]).toEqual([403, 'built-in tools cannot be deleted']);
  });
});

describe('limits', () => {
  test('reject requests above the number per minute and account until the window has passed', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) });
    await start({ katavenPerMinute: 2 });
    const statuses = [await call('/agents'), await call('/agents')].map(({ status }) => status);
    expect(statuses).toEqual([200, 200]);
    vi.setSystemTime(Date.UTC(2026, 0, 1, 0, 0, 20));
    const limited = await call('/agents');
    expect([limited.status, limited.text]).toEqual([429, 'rate_limited: per-minute (2) exceeded']);
    expect([limited.headers.get('retry-after'), limited.headers.get('content-type')]).toEqual(['40', 'text/plain']);
    expect((await call('/agents', { headers: { authorization: 'Bearer sk_live_other' } })).status).toBe(200);
    vi.setSystemTime(Date.UTC(2026, 0, 1, 0, 1, 1));
    expect((await call('/agents')).status).toBe(200);
  });

  test('reject more than twenty concurrent requests', async () => {
    const kataven = await start();
    kataven.fault({ kind: 'hang', count: 20 });
    const client = new AbortController();
    const url = `${kataven.url}/agents`;
    const headers = { authorization: 'Bearer sk_live_clinic_1' };
    const hanging = Array.from({ length: 20 }, () => fetch(url, { headers, signal: client.signal }));
    await kataven.arrived('list-agents', 20);
    const refused = await call('/agents');
    expect([refused.status, refused.text]).toEqual([429, 'rate_limited: in-flight (20) exceeded']);
    expect(refused.headers.get('retry-after')).toBe('1');
    client.abort();
    await Promise.allSettled(hanging);
    await kataven.idle();
    expect((await call('/agents')).status).toBe(200);
  });
});

describe('requests that the sandbox received', () => {
  test.each([
    ['GET', '/agents', 'list-agents'],
    ['POST', '/agents', 'create-agent'],
    ['GET', '/agents/agent_1', 'get-agent'],
    ['PATCH', '/agents/agent_1', 'update-agent'],
    ['DELETE', '/agents/agent_1', 'delete-agent'],
    ['GET', '/agents/agent_1/tools', 'list-agent-tools'],
    ['POST', '/agents/agent_1/tools', 'upsert-agent-tool'],
    ['PUT', '/agents/agent_1/tools', 'upsert-agent-tool'],
    ['GET', '/tools', 'list-tools'],
    ['POST', '/tools', 'create-tool'],
    ['GET', '/tools/t-1', 'get-tool'],
    ['PUT', '/tools/t-1', 'update-tool'],
    ['DELETE', '/tools/t-1', 'delete-tool'],
    ['DELETE', '/agents/agent_1/tools/end_call', 'unknown'],
  ])('%s %s is %s', async (method, path, operation) => {
    const kataven = await start();
    await call(path, { method });
    expect(kataven.requests.map((seen) => seen.operation)).toEqual([operation]);
  });
});
