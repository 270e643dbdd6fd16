import { describe, expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../support/gateway.js';
import { openParts, readParts } from '../../support/parts.js';
import { createSocketClient } from '../../support/sockets.js';

/** Milliseconds until the MCP servers of these tools answer. */
const DELAYS = { fast: 0, slow: 700, slowest: 1_400 };

const AT_ONCE = { fast: 0, slow: 0, slowest: 0 };

const DEFERRED = `{ project(projectId: "lab") { name tools { nodes { toolId ... @defer { status } } } } }`;
const WHOLE = DEFERRED.replace('... @defer { status }', 'status');

/** A project whose tools answer one after the other. */
async function startSlowly(env: Record<string, string> = {}, delays: Record<string, number> = DELAYS) {
  const gateway = await startGateway({ story: false }, env);
  const { inkeep } = gateway.sandbox;
  inkeep.addProject({ id: 'lab', name: 'Lab' });
  // The newest one is the first of a list.
  for (const [id, delayMs] of Object.entries(delays).reverse()) {
    inkeep.addTool({ id });
    inkeep.setMcp(id, { mode: 'healthy', delayMs });
  }
  gateway.forget();
  return gateway;
}

const FIRST = {
  data: { project: { name: 'Lab', tools: { nodes: Object.keys(DELAYS).map((toolId) => ({ toolId })) } } },
  hasNext: true,
};

const statusOf = (index: number) => ({ data: { status: 'HEALTHY' }, path: ['project', 'tools', 'nodes', index] });

describe('over multipart/mixed', () => {
  test('the list comes at once, and each status when its probe ends', async () => {
    const { url, calls } = await startSlowly();
    const { response, parts, ended } = await openParts(url, DEFERRED);
    const text = await ended;
    expect(parts.map(({ body: { extensions, ...part } }) => part)).toEqual([
      FIRST,
      { incremental: [statusOf(0)], hasNext: true },
      { incremental: [statusOf(1)], hasNext: true },
      { incremental: [statusOf(2)], hasNext: false },
    ]);
    const [first, fast, slow, slowest] = parts.map(({ ms }) => ms) as [number, number, number, number];
    expect(first).toBeLessThan(DELAYS.slow);
    expect(fast).toBeLessThan(DELAYS.slow);
    expect(slow).toBeGreaterThanOrEqual(DELAYS.slow);
    expect(slow).toBeLessThan(DELAYS.slowest);
    expect(slowest).toBeGreaterThanOrEqual(DELAYS.slowest);
    expect(calls()).toEqual({ 'list-tools': 1, 'get-project-by-id': 1, 'get-tool': 3 });
    expect(response.headers.get('content-type')).toBe('multipart/mixed; boundary="-"; deferSpec=20220824');
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(text).toMatch(/^\r\n---\r\ncontent-type: application\/json; charset=utf-8\r\n\r\n\{/);
    expect(text).toMatch(/\}\r\n-----\r\n$/);
  });

  test('of more tools than are probed one by one, the statuses come in pages', async () => {
    const { url, sandbox, calls } = await startGateway({ story: false });
    sandbox.inkeep.addProject({ id: 'lab' });
    for (let n = 0; n < 60; n++) sandbox.inkeep.addTool({ id: `tool-${n}` });
    const single = await readParts(url, DEFERRED.replace('tools', 'tools(first: 50)'));
    expect(single.flatMap(({ body }) => body.incremental ?? [])).toHaveLength(50);
    expect(calls()).toEqual({ 'list-tools': 1, 'get-project-by-id': 1, 'get-tool': 50 });
    sandbox.inkeep.reset();
    const paged = await readParts(url, DEFERRED.replace('tools', 'tools(first: 60)'));
    expect(paged.flatMap(({ body }) => body.incremental ?? [])).toHaveLength(60);
    expect(calls()['get-tool']).toBeUndefined();
  });

  test('the last part reports all calls', async () => {
    const { url } = await startSlowly();
    const parts = await readParts(url, DEFERRED);
    expect(parts.map(({ body }) => body.extensions?.upstream.calls)).toEqual([undefined, undefined, undefined, 5]);
  });

  test('a deferred part that fails has its error, and the others come', async () => {
    const { url, sandbox } = await startSlowly();
    sandbox.inkeep.fault({ kind: 'status', status: 500, operation: 'get-tool', count: 100 });
    const parts = await readParts(url, DEFERRED);
    expect(parts[0]?.body).toEqual(FIRST);
    const incremental = parts.flatMap(({ body }) => body.incremental ?? []);
    expect(incremental).toHaveLength(3);
    for (const { data, errors, path } of incremental) {
      expect(data).toEqual({ status: null });
      expect(errors).toMatchObject([{ path: [...path, 'status'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    }
  });

  test.each([
    ['a label', '... @defer(label: "live") { status }', [{ label: 'live' }]],
    ['a named fragment', '...Live @defer', [{}]],
    ['a condition', '... @defer(if: $yes) { status }', [{}]],
  ])('%s', async (_what, fragment, expected) => {
    const { url } = await startSlowly();
    const query = `query ($yes: Boolean!) { tool(projectId: "lab", toolId: "fast") { toolId ${fragment} x: name @include(if: $yes) } }
      ${fragment.includes('Live') ? 'fragment Live on Tool { status }' : ''}`;
    const parts = await readParts(url, query, { variables: { yes: true } });
    expect(parts[0]?.body).toMatchObject({ data: { tool: { toolId: 'fast' } }, hasNext: true });
    expect(parts.flatMap(({ body }) => body.incremental ?? [])).toEqual(
      expected.map((part) => ({ data: { status: 'HEALTHY' }, path: ['tool'], ...part })),
    );
  });

  test('fragments in each other come one after the other, the outer one first', async () => {
    const { url } = await startSlowly();
    const query = `{ project(projectId: "lab") { name ... @defer { tools { nodes { toolId ... @defer { status } } } } } }`;
    const parts = await readParts(url, query);
    const paths = parts.flatMap(({ body }) => body.incremental ?? []).map(({ path }) => path.join('.'));
    expect(parts[0]?.body.data).toEqual({ project: { name: 'Lab' } });
    expect(paths).toEqual(['project', 'project.tools.nodes.0', 'project.tools.nodes.1', 'project.tools.nodes.2']);
  });

  test.each(['multipart/mixed', 'multipart/mixed;deferSpec=20220824'])(
    'parts also reach a client that accepts only %s',
    async (accept) => {
      const { url } = await startSlowly({}, AT_ONCE);
      const parts = await readParts(url, DEFERRED, { headers: { accept } });
      expect(parts[0]?.body).toEqual(FIRST);
      expect(parts.flatMap(({ body }) => body.incremental ?? [])).toHaveLength(3);
    },
  );

  test('a client that accepts nothing else receives a whole result as the only part', async () => {
    const { url } = await startSlowly({}, AT_ONCE);
    const { response, parts, ended } = await openParts(url, '{ __typename }', {
      headers: { accept: 'multipart/mixed' },
    });
    expect(await ended).toMatch(/^\r\n---\r\ncontent-type: .+\r\n\r\n\{.+\}\r\n-----\r\n$/);
    expect(parts.map(({ body: { extensions, ...part } }) => part)).toEqual([
      { data: { __typename: 'Query' }, hasNext: false },
    ]);
    expect(response.headers.get('content-type')).toBe('multipart/mixed; boundary="-"; deferSpec=20220824');
  });

  test('a client that accepts nothing else receives a refusal as the only part', async () => {
    const { url } = await startSlowly({}, AT_ONCE);
    const { response, parts, ended } = await openParts(url, '{ nothing }', { headers: { accept: 'multipart/mixed' } });
    await ended;
    expect(response.status).toBe(200);
    expect(parts.map(({ body }) => body)).toMatchObject([
      { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }], hasNext: false },
    ]);
  });

  test('a client that leaves ends the probes', async () => {
    const { url, sandbox } = await startSlowly();
    sandbox.inkeep.setMcp('slowest', { mode: 'hang' });
    const { parts, leave } = await openParts(url, DEFERRED);
    await expect.poll(() => parts.length, { timeout: 5_000 }).toBe(3);
    leave();
    await sandbox.inkeep.idle();
    expect(sandbox.inkeep.requests.filter(({ aborted }) => aborted)).toHaveLength(1);
  });
});

describe('over WebSocket', () => {
  test('each part is a message', async () => {
    const { url } = await startSlowly();
    const results = [];
    for await (const result of createSocketClient(url).iterate({ query: DEFERRED })) results.push(result);
    expect(results.map(({ extensions, ...part }) => part)).toEqual([
      FIRST,
      { incremental: [statusOf(0)], hasNext: true },
      { incremental: [statusOf(1)], hasNext: true },
      { incremental: [statusOf(2)], hasNext: false },
    ]);
  });
});

describe('over server-sent events', () => {
  test('each part is an event, if the client accepts nothing else', async () => {
    const { url } = await startSlowly();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: DEFERRED }),
    });
    const events = [...(await response.text()).matchAll(/^data: (.+)$/gm)].map(([, json = '']) => JSON.parse(json));
    expect(events[0]).toEqual(FIRST);
    expect(events.flatMap(({ incremental = [] }) => incremental)).toEqual([statusOf(0), statusOf(1), statusOf(2)]);
    expect(events.at(-1)?.hasNext).toBe(false);
  });
});

describe('the whole result comes at once', () => {
  const EXPECTED = {
    project: { name: 'Lab', tools: { nodes: Object.keys(DELAYS).map((toolId) => ({ toolId, status: 'HEALTHY' })) } },
  };

  test.each([
    'application/json',
    'application/graphql-response+json',
    '*/*',
    'multipart/mixed;q=0, application/json',
    'multipart/mixed;incrementalSpec=v0.2, application/json',
    'multipart/mixed;deferSpec=20300101, application/json',
  ])('to a client that accepts %s, with the calls of a query without @defer', async (accept) => {
    const { query, calls, forget } = await startSlowly({}, AT_ONCE);
    const { data, extensions } = await query(DEFERRED, {}, { accept });
    expect(data).toEqual(EXPECTED);
    expect(extensions.upstream.calls).toBeGreaterThan(0);
    const made = calls();
    forget();
    await query(WHOLE, {}, { accept });
    expect(made).toEqual(calls());
  });

  test.each([
    ['@defer(if: false)', DEFERRED.replace('@defer', '@defer(if: false)'), {}],
    [
      '@defer(if: $no)',
      DEFERRED.replace('@defer', '@defer(if: $no)').replace('{', 'query ($no: Boolean!) {'),
      { no: false },
    ],
    ['the alias "then", which the executor of parts cannot have', DEFERRED.replace('toolId', 'toolId then: name'), {}],
    [
      'more parts than it is worth',
      DEFERRED.replace('tools', 'tools(first: 500)').replace(
        'toolId',
        '... @defer { name } toolId ... @defer { imageUrl }',
      ),
      {},
    ],
  ])('%s', async (_what, query, variables) => {
    const { url } = await startSlowly({}, AT_ONCE);
    const { response, ended } = await openParts(url, query, { variables });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await ended).not.toContain('hasNext');
  });

  test('of mutations and subscriptions', async () => {
    const { url, query } = await startSlowly({}, AT_ONCE);
    const id = Buffer.from('Tool:default/lab/fast').toString('base64url');
    const mutation = `mutation { updateTool(input: { id: "${id}", name: "Faster" }) { ... on UpdateToolPayload { tool { toolId ... @defer { name } } } } }`;
    const { response, ended } = await openParts(url, mutation);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(JSON.parse(await ended).data).toEqual({ updateTool: { tool: { toolId: 'fast', name: 'Faster' } } });
    const events = createSocketClient(url).iterate({
      query: `subscription { toolStatus(watch: { tools: ["${id}"] }) { status ... @defer { tool { name } } } }`,
    });
    onTestFinished(() => void events.return?.());
    expect((await events.next()).value).toMatchObject({
      data: { toolStatus: { status: 'HEALTHY', tool: { name: 'Faster' } } },
    });
    expect((await query(mutation)).errors).toBeUndefined();
  });
});

test('limits and costs are those of a query without @defer', async () => {
  const { url } = await startSlowly({ MAX_OPERATION_COST: '3' });
  const tooCostly = await openParts(url, DEFERRED);
  expect(JSON.parse(await tooCostly.ended).errors).toMatchObject([
    { extensions: { code: 'LIMIT_EXCEEDED', limit: 'cost' } },
  ]);
  const hostile = `{ project(projectId: "lab") { ${'... @defer { name } '.repeat(600)} } }`;
  const tooMany = await openParts(url, hostile);
  expect(JSON.parse(await tooMany.ended).errors).toMatchObject([
    { extensions: { code: 'LIMIT_EXCEEDED', limit: 'directives' } },
  ]);
});

test('a gateway that closes finishes the parts first', async () => {
  const { startProcess, startUpstream } = await import('../../support/instances.js');
  const sandbox = await startUpstream();
  sandbox.inkeep.setMcp('desk', { mode: 'healthy', delayMs: 800 });
  const instance = await startProcess(sandbox);
  const { parts, ended } = await openParts(instance.url, DEFERRED, { headers: { authorization: 'Bearer ada' } });
  await expect.poll(() => parts.length).toBe(1);
  instance.process.kill('SIGTERM');
  await ended;
  expect(parts.at(-1)?.body).toEqual({ incremental: [statusOf(0)], hasNext: false });
});
