import { expect, test } from 'vitest';
import { idOf, labTools, startStatus } from '../support/status.js';

test('a deleted tool gets one last event with its last known fields, which ends a watch of only this tool', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk', name: 'Help desk', mcp: { mode: 'needs_auth' } });
  const stream = await gateway.subscribe({ tools: labTools('desk') }, { tool: 'toolId name status' });
  await stream.next();
  gateway.sandbox.inkeep.removeTool({ id: 'desk' });
  expect(await stream.next()).toMatchObject({
    tool: { toolId: 'desk', name: 'Help desk', status: 'NEEDS_AUTH' },
    status: 'NEEDS_AUTH',
    previousStatus: 'NEEDS_AUTH',
    removed: true,
    freshness: 'LIVE',
  });
  await stream.completed();
});

test('the watch of the other tools goes on when one is deleted', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addTool({ id: 'wiki' });
  const stream = await gateway.subscribe({ tools: labTools('desk', 'wiki') });
  await stream.byTool(2);
  gateway.sandbox.inkeep.removeTool({ id: 'desk' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, removed: true });
  gateway.sandbox.inkeep.setMcp('wiki', { mode: 'reset' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'wiki' }, status: 'UNAVAILABLE', removed: false });
});

test('a tool that never existed is reported as removed and unknown', async () => {
  const gateway = await startStatus();
  const stream = await gateway.subscribe({ tools: labTools('ghost') }, { tool: 'toolId name' });
  expect(await stream.next()).toMatchObject({
    tool: { toolId: 'ghost', name: null },
    status: 'UNKNOWN',
    previousStatus: null,
    removed: true,
  });
  await stream.completed();
});

test('a tool that is deleted while its agent is watched is reported with its stored fields', async () => {
  const gateway = await startStatus();
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'mail', description: 'Reads the inbox' });
  inkeep.addTool({ id: 'wiki' });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'mail' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'wiki' });
  const stream = await gateway.subscribe({ agent: idOf('Agent', 'lab', 'support') }, { tool: 'toolId description' });
  await stream.byTool(2);
  await gateway.asked('get-agent-tool-status', 2);
  inkeep.removeTool({ id: 'mail' });
  expect(await stream.next()).toMatchObject({
    tool: { toolId: 'mail', description: 'Reads the inbox' },
    removed: true,
  });
});

test('a project watch reports a deleted tool and continues', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addTool({ id: 'wiki' });
  const stream = await gateway.subscribe({ project: idOf('Project', 'lab') });
  await stream.byTool(2);
  gateway.sandbox.inkeep.removeTool({ id: 'desk' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, removed: true });
  await gateway.asked('list-tools', 2);
  expect(stream.unread).toEqual([]);
});

test('a tool that comes back under its old id gets a first event again', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addTool({ id: 'wiki' });
  const stream = await gateway.subscribe({ project: idOf('Project', 'lab') });
  await stream.byTool(2);
  gateway.sandbox.inkeep.removeTool({ id: 'desk' });
  await stream.next();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, previousStatus: null, removed: false });
});

test('all tools of a project are removed when it is deleted', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addTool({ id: 'wiki' });
  const stream = await gateway.subscribe({ project: idOf('Project', 'lab') });
  await stream.byTool(2);
  gateway.sandbox.inkeep.removeProject({ id: 'lab' });
  expect(await stream.byTool(2)).toMatchObject({ desk: { removed: true }, wiki: { removed: true } });
  await stream.completed();
});

test.each([
  ['agent', { agent: idOf('Agent', 'lab', 'ghost') }],
  ['project', { project: idOf('Project', 'ghost') }],
])('the watch of an %s that does not exist completes', async (_, watch) => {
  const gateway = await startStatus();
  const stream = await gateway.subscribe(watch);
  await stream.completed();
});

test('a watch completes when its agent is deleted', async () => {
  const gateway = await startStatus();
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'mail' });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'mail' });
  const stream = await gateway.subscribe({ agent: idOf('Agent', 'lab', 'support') });
  await stream.next();
  inkeep.removeAgent({ id: 'support' });
  await stream.completed();
});
