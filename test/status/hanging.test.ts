import { expect, test } from 'vitest';
import { idOf, labTools, type StatusOptions, startStatus } from '../support/status.js';

/** A poll counts as slow after 600 ms instead of 3 s, and the other times are a fifth as well. */
const SHORT: StatusOptions = { intervalMs: 100, limits: { slowPollMs: 600, slowSlotMs: 100, singlyMs: 2_400 } };
/** Five intervals, as machines are busy. A tool that waits for one that hangs comes later. */
const ON_TIME_MS = 500;

test.each([
  ['tools', { tools: labTools('stuck', 'desk') }],
  ['an agent', { agent: idOf('Agent', 'lab', 'support') }],
  ['a project', { project: idOf('Project', 'lab') }],
])('a tool that hangs does not delay the others in a watch of %s or make them stale', async (_, watch) => {
  const gateway = await startStatus({}, {}, SHORT);
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'stuck' });
  inkeep.addTool({ id: 'desk' });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'stuck' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'desk' });
  const stream = await gateway.subscribe(watch);
  await stream.byTool(2);
  inkeep.setMcp('stuck', { mode: 'hang' });
  // The first poll that includes it is cancelled after 600 ms, and the tools are polled one by one.
  await inkeep.arrived('get-tool', 6);
  for (const mode of ['reset', 'healthy', 'needs_auth'] as const) {
    const changedAt = performance.now();
    inkeep.setMcp('desk', { mode });
    expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, freshness: 'LIVE' });
    expect(performance.now() - changedAt).toBeLessThan(ON_TIME_MS);
  }
});

test('a tool that hangs is reported as unavailable when the upstream gives up, and is then polled less often', async () => {
  const gateway = await startStatus({ hangMs: 800 }, {}, SHORT);
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'desk' });
  inkeep.addTool({ id: 'stuck', mcp: { mode: 'hang' } });
  const stream = await gateway.subscribe({ tools: labTools('desk', 'stuck') });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' } });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'stuck' }, status: 'UNAVAILABLE', freshness: 'LIVE' });
  gateway.forget();
  await gateway.asked('get-tool', 6);
  expect(inkeep.requests.filter(({ path }) => path.endsWith('/stuck'))).toEqual([]);
});

test('a tool that answers is polled on time although many others hang', async () => {
  const gateway = await startStatus({ hangMs: 60_000 }, {}, SHORT);
  const { inkeep } = gateway.sandbox;
  const ids = Array.from({ length: 12 }, (_, n) => `stuck-${n}`);
  for (const id of ids) inkeep.addTool({ id, mcp: { mode: 'hang' } });
  inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe({ tools: labTools(...ids, 'desk') });
  // All twelve have been polled once, 600 ms each and eight at a time; from then on they share the slots for slow polls.
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, status: 'HEALTHY' });
  await gateway.asked('get-tool', 12);
  const changedAt = performance.now();
  inkeep.setMcp('desk', { mode: 'reset' });
  // Those that hang become STALE one after the other meanwhile.
  let event = await stream.next();
  while (event.tool.toolId !== 'desk') event = await stream.next();
  expect(event).toMatchObject({ status: 'UNAVAILABLE' });
  expect(performance.now() - changedAt).toBeLessThan(ON_TIME_MS);
});

test.each([
  ['the same caller', {}],
  ['another caller', { authorization: 'Bearer other' }],
])('a query of live status by %s is answered while a hundred watched tools hang', async (_, headers) => {
  const gateway = await startStatus({}, {}, SHORT);
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'desk' });
  const ids = Array.from({ length: 100 }, (_, n) => `stuck-${n}`);
  for (const id of ids) inkeep.addTool({ id, mcp: { mode: 'hang' } });
  await gateway.subscribe({ tools: labTools(...ids) });
  // The poll of the page was cancelled, and the single polls have taken all their slots.
  await inkeep.arrived('get-tool', 8);
  const askedAt = performance.now();
  const { data } = await gateway.query('{ tool(projectId: "lab", toolId: "desk") { name status } }', {}, headers);
  expect(data.tool).toEqual({ name: 'desk', status: 'HEALTHY' });
  expect(performance.now() - askedAt).toBeLessThan(ON_TIME_MS);
});

test('watched pages of a large project take at most half of the slots for probes', async () => {
  const gateway = await startStatus({ discoveryMs: 50 }, { INKEEP_MAX_PROBES: '4' });
  const { inkeep } = gateway.sandbox;
  inkeep.seedGrid({
    tenantId: 'default',
    projectId: 'grid',
    tools: 450,
    agents: 0,
    subAgentsPerAgent: 0,
    relationsPerAgent: 0,
  });
  const stream = await gateway.subscribe({ project: idOf('Project', 'grid') });
  await stream.byTool(450);
  expect(inkeep.maxInFlight).toBeLessThanOrEqual(2);
});

test('a single slot for probes serves watches and queries in turn', async () => {
  const gateway = await startStatus({}, { INKEEP_MAX_PROBES: '1' });
  for (const id of ['desk', 'wiki', 'mail']) gateway.sandbox.inkeep.addTool({ id });
  const stream = await gateway.subscribe({ tools: labTools('desk', 'wiki') });
  await stream.byTool(2);
  const { data } = await gateway.query('{ tool(projectId: "lab", toolId: "mail") { status } }');
  expect(data.tool).toEqual({ status: 'HEALTHY' });
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, status: 'UNAVAILABLE' });
});

test('a metric shows how many intervals the slowest polls take', async () => {
  const gateway = await startStatus({ discoveryMs: 140 }, { INKEEP_MAX_PROBES: '1' }, { intervalMs: 100 });
  for (const id of ['desk', 'wiki', 'mail']) gateway.sandbox.inkeep.addTool({ id });
  const stream = await gateway.subscribe({ tools: labTools('desk', 'wiki', 'mail') });
  await stream.byTool(3);
  // Three polls of 140 ms, one after the other; an interval is 100 ms.
  await expect.poll(() => gateway.metric('gateway_status_interval_stretch')).toBeGreaterThan(3);
});
