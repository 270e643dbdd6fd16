import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';

let sandbox: Sandbox;
let origin: string;
let tool: string;

beforeEach(async () => {
  sandbox = await startSandbox({ story: false, discoveryMs: 0 });
  sandbox.inkeep.addProject({ id: 'desk' });
  sandbox.inkeep.addTool({ id: 'zendesk', name: 'Zendesk' });
  sandbox.kataven.addAgent({ id: 'front-desk' });
  origin = new URL(sandbox.inkeep.url).origin;
  tool = `${sandbox.inkeep.url}/tenants/default/projects/desk/tools/zendesk`;
});
afterEach(() => sandbox.close());

const get = (url = tool, init: RequestInit = {}) =>
  fetch(url, { headers: { authorization: 'Bearer sk_live_x' }, ...init });
const control = (path: string, body?: unknown) =>
  fetch(`${origin}/${path}`, { method: body === undefined ? 'GET' : 'POST', body: JSON.stringify(body) });

describe('a fault', () => {
  test('of kind status responds with problem+json and does not execute the request', async () => {
    sandbox.inkeep.fault({ kind: 'status', status: 503 });
    const answer = await get(tool, { method: 'DELETE' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ code: 'service_unavailable', status: 503 });
    expect((await get()).status).toBe(200);
  });

  test('of kind status can have its own headers and body', async () => {
    sandbox.inkeep.fault({ kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: { wait: true } });
    const answer = await get();
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([429, '7', { wait: true }]);
  });

  test('of kind status is a JSON string at Kataven, and plain text for a rate limit', async () => {
    sandbox.kataven.fault({ kind: 'status', status: 500 });
    sandbox.kataven.fault({ kind: 'status', status: 429, headers: { 'retry-after': '60' } });
    const broken = await get(`${sandbox.kataven.url}/agents`);
    expect([broken.headers.get('content-type'), typeof (await broken.json())]).toEqual(['application/json', 'string']);
    const limited = await get(`${sandbox.kataven.url}/agents`);
    expect([limited.headers.get('content-type'), await limited.text()]).toEqual([
      'text/plain',
      'rate_limited: per-minute (60) exceeded',
    ]);
  });

  test('of kind hang does not respond until the client leaves', async () => {
    sandbox.inkeep.fault({ kind: 'hang' });
    const client = new AbortController();
    const answer = get(tool, { signal: client.signal });
    await sandbox.inkeep.arrived();
    client.abort();
    await expect(answer).rejects.toThrow('aborted');
    await sandbox.inkeep.idle();
    expect(sandbox.inkeep.requests).toMatchObject([{ aborted: true, status: undefined }]);
  });

  test('of kind reset breaks the connection, which is not an abort by the client', async () => {
    sandbox.inkeep.fault({ kind: 'reset' });
    await expect(get()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    await sandbox.inkeep.idle();
    expect(sandbox.inkeep.requests).toMatchObject([{ aborted: false, status: undefined }]);
  });

  test('of kind truncate sends less than its content-length', async () => {
    sandbox.inkeep.fault({ kind: 'truncate' });
    const answer = await get();
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('terminated');
    await sandbox.inkeep.idle();
    expect(sandbox.inkeep.requests).toMatchObject([{ aborted: false, status: 200 }]);
  });

  test('of kind truncate drops a response without a body', async () => {
    sandbox.inkeep.fault({ kind: 'truncate' });
    await expect(get(tool, { method: 'DELETE' })).rejects.toThrow('fetch failed');
    expect((await get()).status).toBe(404);
  });

  test('of kind slow sends the body slowly', async () => {
    sandbox.inkeep.fault({ kind: 'slow', bodyMs: 100 });
    const answer = await get();
    const headAt = performance.now();
    expect(await answer.json()).toMatchObject({ data: { id: 'zendesk' } });
    expect(performance.now() - headAt).toBeGreaterThan(70);
  });

  test('of kind badjson sends half of the JSON', async () => {
    sandbox.inkeep.fault({ kind: 'badjson' });
    const answer = await get();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    await expect(answer.json()).rejects.toThrow(SyntaxError);
  });

  test('of kind html sends the error page of a proxy', async () => {
    sandbox.inkeep.fault({ kind: 'html' });
    const answer = await get();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain('<h1>502 Bad Gateway</h1>');
  });

  test('of kind huge is well-formed JSON of many megabytes', async () => {
    sandbox.inkeep.fault({ kind: 'huge', megabytes: 3 });
    const text = await (await get()).text();
    expect(text.length).toBeGreaterThan(3 * 1024 * 1024);
    expect(JSON.parse(text)).toHaveProperty('data');
  });

  test('of kind wrongid sends a row with another id', async () => {
    sandbox.inkeep.fault({ kind: 'wrongid' });
    expect(await (await get()).json()).toMatchObject({ data: { id: 'zendesk-other', name: 'Zendesk' } });
    sandbox.kataven.fault({ kind: 'wrongid' });
    const agent = await get(`${sandbox.kataven.url}/agents/front-desk`);
    expect(await agent.json()).toMatchObject({ id: 'front-desk-other' });
  });

  test('that alters a response does not undo the request', async () => {
    sandbox.inkeep.fault({ kind: 'truncate' });
    const answer = await get(tool, {
      method: 'PUT',
      headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
      body: '{"name":"Tickets"}',
    });
    await expect(answer.text()).rejects.toThrow('terminated');
    expect(await (await get()).json()).toMatchObject({ data: { name: 'Tickets' } });
  });

  test('affects `count` matching requests, after the ones it skips', async () => {
    sandbox.inkeep.fault({ kind: 'status', status: 418, operation: 'get-tool', skip: 1, count: 2 });
    sandbox.inkeep.fault({ kind: 'status', status: 420, match: 'limit=7' });
    sandbox.inkeep.fault({ kind: 'status', status: 423, method: 'DELETE' });
    const list = tool.replace('/zendesk', '');
    const urls = [tool, `${list}?limit=7`, tool, tool, tool, list];
    const statuses: number[] = [];
    for (const url of urls) statuses.push((await get(url)).status);
    expect(statuses).toEqual([200, 420, 418, 418, 200, 200]);
    expect((await get(tool, { method: 'DELETE' })).status).toBe(423);
  });
});

describe('a latency', () => {
  test('delays the requests that match, until it is removed', async () => {
    sandbox.inkeep.latency({ ms: 200, match: '/tools/zendesk' });
    await get();
    await get(tool.replace('/tools/zendesk', ''));
    sandbox.inkeep.latency({ ms: 0, match: '/tools/zendesk' });
    await get();
    await sandbox.inkeep.idle();
    const [slow, other, fast] = sandbox.inkeep.requests.map(({ startedAt, endedAt }) => (endedAt ?? 0) - startedAt);
    expect(slow).toBeGreaterThan(195);
    expect(other).toBeLessThan(195);
    expect(fast).toBeLessThan(195);
  });
});

describe('the control routes', () => {
  test('set faults, latencies and MCP servers from another process', async () => {
    await control('__fault', { kind: 'status', status: 404, operation: 'get-tool' });
    expect((await get()).status).toBe(404);
    await control('__mcp', { toolId: 'zendesk', mode: 'needs_auth' });
    expect(await (await get()).json()).toMatchObject({ data: { status: 'needs_auth' } });
    await control('__mcp', { url: 'https://mcp.example.com/', mode: 'healthy' });
    await control('__latency', { ms: 30, jitterMs: 1, match: '/tools/' });
    expect(await (await control('__stats')).json()).toMatchObject({
      latencies: [{ ms: 30, jitterMs: 1, match: '/tools/' }],
      faults: [],
    });
  });

  test('show the requests received, without headers and bodies, and are not recorded themselves', async () => {
    await get();
    await sandbox.inkeep.idle();
    const stats = (await (await control('__stats')).json()) as { requests: object[] };
    expect(stats).toMatchObject({ total: 1, inFlight: 0, maxInFlight: 1, byOperation: { 'get-tool': 1 }, probes: 1 });
    expect(stats.requests).toEqual([
      {
        operation: 'get-tool',
        method: 'GET',
        path: '/manage/tenants/default/projects/desk/tools/zendesk',
        query: {},
        status: 200,
        aborted: false,
        ms: expect.any(Number),
      },
    ]);
    await control('__reset', {});
    expect(sandbox.inkeep.count()).toBe(0);
  });

  test.each([
    ['__fault', { kind: 'explode' }],
    ['__latency', { ms: -1 }],
    ['__mcp', { toolId: 'zendesk', mode: 'sleepy' }],
    ['__mcp', { mode: 'healthy' }],
  ])('refuse %s %j with the issues', async (path, body) => {
    const answer = await control(path, body);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: [expect.objectContaining({ code: expect.any(String) })] },
    ]);
  });
});
