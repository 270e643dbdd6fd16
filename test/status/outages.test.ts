import { expect, test } from 'vitest';
import { UPSTREAM_LIMITS } from '../../src/limits.js';
import { idOf, labTools, startStatus } from '../support/status.js';

/** More answers than any of these tests waits for. */
const ALWAYS = 100_000;

test.each([
  ['one tool', { tools: labTools('desk') }, 'get-tool'],
  ['a project', { project: idOf('Project', 'lab') }, 'list-tools'],
])(
  'the watch of %s sends one event when it becomes stale, and one when it is live again',
  async (_, watch, operation) => {
    const gateway = await startStatus();
    const { inkeep } = gateway.sandbox;
    inkeep.addTool({ id: 'desk' });
    const stream = await gateway.subscribe(watch);
    await stream.next();
    inkeep.fault({ kind: 'status', status: 500, count: ALWAYS });
    expect(await stream.next()).toMatchObject({ status: 'HEALTHY', previousStatus: 'HEALTHY', freshness: 'STALE' });
    await gateway.asked(operation, 1);
    expect(stream.unread).toEqual([]);
    inkeep.reset();
    expect(await stream.next()).toMatchObject({ status: 'HEALTHY', previousStatus: 'HEALTHY', freshness: 'LIVE' });
  },
);

test.each([
  ['an agent', { agent: idOf('Agent', 'lab', 'support') }],
  ['a project', { project: idOf('Project', 'lab') }],
])('each of a hundred tools in the watch of %s becomes stale once, and live once', async (_, watch) => {
  const gateway = await startStatus();
  const { inkeep } = gateway.sandbox;
  const ids = Array.from({ length: 100 }, (_, n) => `tool-${n}`);
  for (const id of ids) inkeep.addTool({ id });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  for (const toolId of ids) inkeep.addRelation({ subAgentId: 'triage', toolId });
  const stream = await gateway.subscribe(watch);
  await stream.byTool(100);
  for (const fault of [{ kind: 'status', status: 503 } as const, { kind: 'reset' } as const]) {
    inkeep.fault({ ...fault, count: ALWAYS });
    const stale = Object.values(await stream.byTool(100));
    expect(stale.map(({ freshness, status }) => `${freshness} ${status}`)).toEqual(Array(100).fill('STALE HEALTHY'));
    inkeep.reset();
    const live = Object.values(await stream.byTool(100));
    expect(live.map(({ freshness, status }) => `${freshness} ${status}`)).toEqual(Array(100).fill('LIVE HEALTHY'));
    expect(stream.unread).toEqual([]);
  }
});

test('a tool whose status was never known is stale and unknown while the upstream fails', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.fault({ kind: 'status', status: 500 });
  const stream = await gateway.subscribe({ tools: labTools('desk') });
  expect(await stream.next()).toMatchObject({ status: 'UNKNOWN', previousStatus: null, freshness: 'STALE' });
  expect(await stream.next()).toMatchObject({ status: 'HEALTHY', previousStatus: 'UNKNOWN', freshness: 'LIVE' });
});

test('a tool that cannot be polled does not make others stale', async () => {
  const gateway = await startStatus();
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'desk' });
  inkeep.addTool({ id: 'wiki' });
  const stream = await gateway.subscribe({ tools: labTools('desk', 'wiki') });
  await stream.byTool(2);
  inkeep.fault({ kind: 'status', status: 500, match: '/tools/desk', count: ALWAYS });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, freshness: 'STALE' });
  inkeep.setMcp('wiki', { mode: 'reset' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'wiki' }, status: 'UNAVAILABLE', freshness: 'LIVE' });
});

test.concurrent.for([
  ['single tools', { tools: labTools('desk', 'wiki') }, 'get-tool'],
  ['a project', { project: idOf('Project', 'lab') }, 'list-tools'],
] as const)(
  'the watch of %s polls less and less often while the upstream fails',
  async ([, watch, operation], { onTestFinished }) => {
    const gateway = await startStatus({}, {}, { intervalMs: 200, onTestFinished });
    const { inkeep } = gateway.sandbox;
    inkeep.addTool({ id: 'desk' });
    inkeep.addTool({ id: 'wiki' });
    const stream = await gateway.subscribe(watch);
    await stream.byTool(2);
    gateway.forget();
    inkeep.fault({ kind: 'status', status: 500, operation, count: ALWAYS });
    // Of each tool, or of the page: the first poll after the fault and three more.
    const perRound = operation === 'get-tool' ? 2 : 1;
    await inkeep.arrived(operation, 4 * perRound);
    const [first, second, third, fourth] = inkeep.requests
      .filter((request) => request.operation === operation)
      .filter(({ path }) => !path.endsWith('wiki'))
      .map(({ startedAt }) => startedAt);
    expect(fourth).toBeDefined();
    const pauses = [second, third, fourth].map((at, n) => Number(at) - Number([first, second, third][n]));
    expect(pauses[0]).toBeGreaterThan(160);
    expect(pauses[1]).toBeGreaterThan(340);
    expect(pauses[2]).toBeGreaterThan(680);
  },
);

test.concurrent.for([
  ['single tools', { tools: labTools('desk', 'wiki') }],
  ['a project', { project: idOf('Project', 'lab') }],
] as const)('the watch of %s waits for as long as a 429 says', async ([, watch], { onTestFinished }) => {
  // The client of the upstream waits for no Retry-After itself.
  const upstream = { retry: { ...UPSTREAM_LIMITS.retry, maxRetryAfterMs: 0 } };
  const gateway = await startStatus({}, {}, { intervalMs: 100, upstream, onTestFinished });
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'desk' });
  inkeep.addTool({ id: 'wiki' });
  const stream = await gateway.subscribe(watch);
  await stream.byTool(2);
  inkeep.fault({ kind: 'status', status: 429, headers: { 'retry-after': '1' }, count: 2 });
  await stream.next();
  const limitedAt = inkeep.requests.find(({ status }) => status === 429)?.startedAt ?? 0;
  const { length } = inkeep.requests.filter(({ startedAt }) => startedAt <= limitedAt + 80);
  await inkeep.arrived(undefined, length + 1);
  expect((inkeep.requests[length]?.startedAt ?? 0) - limitedAt).toBeGreaterThan(900);
});

test.each([
  ['expired', 'UNAUTHENTICATED'],
  ['forbidden', 'FORBIDDEN'],
])('a credential that is %s ends the stream with %s', async (token, code) => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe(
    { tools: labTools('desk') },
    { headers: { authorization: `Bearer ${token}` } },
  );
  expect(await stream.errors()).toMatchObject([{ extensions: { code } }]);
  await stream.completed();
  expect(await gateway.metric('gateway_status_watches')).toBe(0);
});

test.each([
  ['tools', { tools: labTools('desk') }],
  ['an agent', { agent: idOf('Agent', 'lab', 'support') }],
  ['a project', { project: idOf('Project', 'lab') }],
])('a credential that is refused later ends the watch of %s', async (_, watch) => {
  const gateway = await startStatus();
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'desk' });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'desk' });
  const stream = await gateway.subscribe(watch);
  await stream.next();
  inkeep.fault({ kind: 'status', status: 401 });
  expect(await stream.errors()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  await stream.completed();
});

test('the streams of other callers continue when one caller is refused', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe({ tools: labTools('desk') });
  await stream.next();
  const refused = await gateway.subscribe(
    { tools: labTools('desk') },
    { headers: { authorization: 'Bearer expired' } },
  );
  await refused.errors();
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
  expect(await stream.next()).toMatchObject({ status: 'UNAVAILABLE' });
});
