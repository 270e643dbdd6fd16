import { expect, test } from 'vitest';
import { idOf, labTools, startStatus } from '../support/status.js';

test('a watch begins with the current status of each tool and no previous status', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'good' });
  gateway.sandbox.inkeep.addTool({ id: 'locked', mcp: { mode: 'needs_auth' } });
  const stream = await gateway.subscribe({ tools: labTools('good', 'locked') });
  expect(await stream.byTool(2)).toMatchObject({
    good: { status: 'HEALTHY', previousStatus: null, lastError: null, freshness: 'LIVE', removed: false },
    locked: { status: 'NEEDS_AUTH', previousStatus: null, freshness: 'LIVE', removed: false },
  });
});

test('an event of a change has the previous status', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe({ tools: labTools('desk') });
  await stream.next();
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
  expect(await stream.next()).toMatchObject({
    status: 'UNAVAILABLE',
    previousStatus: 'HEALTHY',
    lastError: expect.stringContaining('Connection failed'),
  });
});

test('the event of a change arrives within the interval plus the duration of a probe', async () => {
  const gateway = await startStatus({ discoveryMs: 100 });
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe({ tools: labTools('desk') });
  await stream.next();
  const changedAt = performance.now();
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
  await stream.next();
  // The interval with its jitter, a probe under way that misses the change, and what a busy machine adds.
  expect(performance.now() - changedAt).toBeLessThan(550 + 2 * 100 + 400);
});

test('sends no event while nothing changes', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe({ tools: labTools('desk') });
  await stream.next();
  await gateway.asked('get-tool', 3);
  expect(stream.unread).toEqual([]);
});

test('tools of several projects are watched by one subscription', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addProject({ id: 'annex' });
  gateway.sandbox.inkeep.addTool({ id: 'desk', mcp: { mode: 'needs_auth' } });
  const stream = await gateway.subscribe(
    { tools: [...labTools('desk'), idOf('Tool', 'annex', 'desk')] },
    { tool: 'toolId projectId' },
  );
  const events = [await stream.next(), await stream.next()];
  expect(events.map(({ tool }) => tool.projectId).sort()).toEqual(['annex', 'lab']);
});

test('a project watch reports tools that are added later', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'first' });
  const stream = await gateway.subscribe({ project: idOf('Project', 'lab') });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'first' } });
  gateway.sandbox.inkeep.addTool({ id: 'second' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'second' }, previousStatus: null });
});

test('an agent watch costs one tool-status call per interval and nothing else', async () => {
  const gateway = await startStatus();
  seedAgent(gateway.sandbox.inkeep);
  const stream = await gateway.subscribe({ agent: idOf('Agent', 'lab', 'support') });
  await stream.byTool(2);
  gateway.forget();
  await gateway.asked('get-agent-tool-status', 3);
  expect(gateway.calls()).toEqual({ 'get-agent-tool-status': 3 });
});

test('a tool that is attached later joins an agent watch', async () => {
  const gateway = await startStatus();
  seedAgent(gateway.sandbox.inkeep);
  gateway.sandbox.inkeep.addTool({ id: 'late' });
  const stream = await gateway.subscribe({ agent: idOf('Agent', 'lab', 'support') });
  await stream.byTool(2);
  gateway.sandbox.inkeep.addRelation({ subAgentId: 'triage', toolId: 'late' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'late' }, previousStatus: null });
});

test('a tool that is detached leaves an agent watch without an event', async () => {
  const gateway = await startStatus();
  const relations = seedAgent(gateway.sandbox.inkeep);
  const stream = await gateway.subscribe({ agent: idOf('Agent', 'lab', 'support') });
  await stream.byTool(2);
  gateway.sandbox.inkeep.removeRelation(relations.wiki);
  // One poll of the tool shows that it still exists.
  await gateway.asked('get-tool', 1);
  gateway.sandbox.inkeep.setMcp('wiki', { mode: 'reset' });
  gateway.sandbox.inkeep.setMcp('mail', { mode: 'reset' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'mail' }, status: 'UNAVAILABLE' });
  await gateway.asked('get-agent-tool-status', 2);
  expect(stream.unread).toEqual([]);
});

test('a tool that is attached again gets a first event again', async () => {
  const gateway = await startStatus();
  const relations = seedAgent(gateway.sandbox.inkeep);
  const stream = await gateway.subscribe({ agent: idOf('Agent', 'lab', 'support') });
  await stream.byTool(2);
  gateway.sandbox.inkeep.removeRelation(relations.wiki);
  await gateway.asked('get-tool', 1);
  await gateway.asked('get-agent-tool-status', 1);
  gateway.sandbox.inkeep.addRelation({ subAgentId: 'triage', toolId: 'wiki' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'wiki' }, status: 'HEALTHY', previousStatus: null });
});

test('an agent watch works on a server that has no tool-status', async () => {
  const gateway = await startStatus();
  seedAgent(gateway.sandbox.inkeep);
  gateway.sandbox.inkeep.fault({ kind: 'status', status: 404, operation: 'get-agent-tool-status', count: 1000 });
  const stream = await gateway.subscribe({ agent: idOf('Agent', 'lab', 'support') });
  expect(Object.keys(await stream.byTool(2)).sort()).toEqual(['mail', 'wiki']);
  gateway.sandbox.inkeep.setMcp('mail', { mode: 'reset' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'mail' }, status: 'UNAVAILABLE' });
});

/** The agent `support` with the tools `mail` and `wiki`, by one sub-agent. Gives its relations. */
function seedAgent(inkeep: Awaited<ReturnType<typeof startStatus>>['sandbox']['inkeep']) {
  inkeep.addTool({ id: 'mail' });
  inkeep.addTool({ id: 'wiki' });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  const mail = inkeep.addRelation({ subAgentId: 'triage', toolId: 'mail' });
  const wiki = inkeep.addRelation({ subAgentId: 'triage', toolId: 'wiki' });
  return { mail, wiki };
}
