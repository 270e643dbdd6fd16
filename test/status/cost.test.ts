import { expect, test } from 'vitest';
import { idOf, labTools, type StatusGateway, type StatusStream, startStatus } from '../support/status.js';

test('fifty streams on the same tools cost as many calls as one', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addTool({ id: 'wiki' });
  const streams = await openMany(gateway, 50, { tools: labTools('desk', 'wiki') });
  await Promise.all(streams.map((stream) => stream.byTool(2)));
  expect(await callsOfRounds(gateway, 'get-tool', 3)).toEqual({ 'get-tool': 6 });
});

test('streams on different sets of tools share the polls of each tool', async () => {
  const gateway = await startStatus();
  for (const id of ['desk', 'wiki', 'mail']) gateway.sandbox.inkeep.addTool({ id });
  const first = await gateway.subscribe({ tools: labTools('desk', 'wiki') });
  const second = await gateway.subscribe({ tools: labTools('wiki', 'mail') });
  await Promise.all([first.byTool(2), second.byTool(2)]);
  await gateway.asked('get-tool', 3);
  gateway.sandbox.inkeep.reset();
  await gateway.asked('get-tool', 6);
  expect(['desk', 'wiki', 'mail'].map((id) => gateway.sandbox.inkeep.probesOf(id))).toEqual([2, 2, 2]);
});

test.each([
  ['agent', { agent: idOf('Agent', 'lab', 'support') }, 'get-agent-tool-status'],
  ['project', { project: idOf('Project', 'lab') }, 'list-tools'],
])('thirty streams on the same %s cost one call per interval', async (_, watch, operation) => {
  const gateway = await startStatus();
  seedAgent(gateway);
  const streams = await openMany(gateway, 30, watch);
  await Promise.all(streams.map((stream) => stream.next()));
  expect(await callsOfRounds(gateway, operation, 3)).toEqual({ [operation]: 3 });
});

test('more than forty tools of a project cost one call per page', async () => {
  const gateway = await startStatus();
  const ids = Array.from({ length: 60 }, (_, n) => `tool-${n}`);
  for (const id of ids) gateway.sandbox.inkeep.addTool({ id });
  const stream = await gateway.subscribe({ tools: labTools(...ids) });
  await stream.byTool(60);
  expect(await callsOfRounds(gateway, 'list-tools', 2)).toEqual({ 'list-tools': 2 });
});

test('callers with different credentials share nothing', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const tokens = ['Bearer ada', 'Bearer ben'];
  const streams = await Promise.all(
    tokens.map((authorization) => gateway.subscribe({ tools: labTools('desk') }, { headers: { authorization } })),
  );
  await Promise.all(streams.map((stream) => stream.next()));
  expect(await gateway.metric('gateway_status_watches')).toBe(2);
  const seen = gateway.sandbox.inkeep.requests.map(({ headers }) => headers.authorization);
  expect(new Set(seen)).toEqual(new Set(tokens));
});

test('the same credential with another ref has its own watch', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const watch = { tools: labTools('desk') };
  const streams = [
    await gateway.subscribe(watch),
    await gateway.subscribe(watch, { headers: { 'x-inkeep-ref': 'main' } }),
  ];
  await Promise.all(streams.map((stream) => stream.next()));
  expect(await gateway.metric('gateway_status_watches')).toBe(2);
});

test('a new watcher receives what is known without a call', async () => {
  const gateway = await startStatus({}, { STATUS_INTERVAL_MS: '60000' });
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  await (await gateway.subscribe({ tools: labTools('desk') })).next();
  const newcomer = await gateway.subscribe({ tools: labTools('desk') });
  expect(await newcomer.next()).toMatchObject({ status: 'HEALTHY', previousStatus: null });
  expect(gateway.calls()).toEqual({ 'get-tool': 1 });
});

test('another tool of a new watcher is polled without waiting for the interval', async () => {
  const gateway = await startStatus({}, { STATUS_INTERVAL_MS: '60000' });
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addTool({ id: 'wiki' });
  await (await gateway.subscribe({ tools: labTools('desk') })).next();
  const newcomer = await gateway.subscribe({ tools: labTools('wiki') });
  expect(await newcomer.next()).toMatchObject({ tool: { toolId: 'wiki' }, status: 'HEALTHY' });
  expect(gateway.calls()).toEqual({ 'get-tool': 2 });
});

test('a new watcher does not receive a status that has not been polled for a while', async () => {
  const gateway = await startStatus({}, { STATUS_INTERVAL_MS: '60000' });
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addTool({ id: 'wiki' });
  await (await gateway.subscribe({ tools: labTools('desk') })).next();
  const leaver = await gateway.subscribe({ tools: labTools('wiki') });
  await leaver.next();
  leaver.leave();
  await expect.poll(() => gateway.metric('gateway_status_watchers')).toBe(1);
  gateway.sandbox.inkeep.setMcp('wiki', { mode: 'reset' });
  const newcomer = await gateway.subscribe({ tools: labTools('wiki') });
  expect(await newcomer.next()).toMatchObject({ status: 'UNAVAILABLE' });
});

test('the poll of a tool returns all its fields, so selecting them costs nothing', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk', name: 'Help desk' });
  const tool = 'toolId name status lastError availableTools { name }';
  const stream = await gateway.subscribe({ tools: labTools('desk') }, { tool });
  expect(await stream.next()).toMatchObject({ tool: { name: 'Help desk', status: 'HEALTHY', lastError: null } });
  expect(gateway.calls()).toEqual({ 'get-tool': 1 });
});

test('status and error of a tool in an agent’s event cost nothing', async () => {
  const gateway = await startStatus({}, { STATUS_INTERVAL_MS: '60000' });
  seedAgent(gateway);
  const stream = await gateway.subscribe(
    { agent: idOf('Agent', 'lab', 'support') },
    { tool: 'toolId status lastError' },
  );
  expect(await stream.next()).toMatchObject({ status: 'HEALTHY', tool: { status: 'HEALTHY', lastError: null } });
  expect(gateway.calls()).toEqual({ 'get-agent-tool-status': 1 });
});

test('stored fields cost one plain call per change, for all watchers of an agent together', async () => {
  const gateway = await startStatus();
  seedAgent(gateway);
  const watch = { agent: idOf('Agent', 'lab', 'support') };
  const streams = await openMany(gateway, 20, watch, 'toolId name');
  await Promise.all(streams.map((stream) => stream.byTool(2)));
  gateway.forget();
  gateway.sandbox.inkeep.setMcp('mail', { mode: 'reset' });
  const events = await Promise.all(streams.map((stream) => stream.next()));
  expect(events.map(({ tool }) => tool.name)).toEqual(Array(20).fill('Mail reader'));
  const reads = gateway.sandbox.inkeep.requests.filter(({ operation }) => operation !== 'get-agent-tool-status');
  expect(reads).toMatchObject([{ operation: 'list-tools', query: { skipDiscovery: 'true' } }]);
});

function openMany(gateway: StatusGateway, count: number, watch: object, tool?: string): Promise<StatusStream[]> {
  return Promise.all(Array.from({ length: count }, () => gateway.subscribe(watch, tool ? { tool } : {})));
}

/** What the upstream saw from the first call of one round to the last call of the `rounds`th. */
async function callsOfRounds(gateway: StatusGateway, operation: string, rounds: number) {
  await gateway.asked(operation, 1);
  // The calls of a round begin together, and end well before the next.
  await gateway.sandbox.inkeep.idle();
  gateway.forget();
  const tools = operation === 'get-tool' ? 2 : 1;
  await gateway.sandbox.inkeep.arrived(operation, rounds * tools);
  return gateway.calls();
}

/** The agent `support` with the tools `mail` and `wiki`. */
function seedAgent({ sandbox: { inkeep } }: StatusGateway): void {
  inkeep.addTool({ id: 'mail', name: 'Mail reader' });
  inkeep.addTool({ id: 'wiki', name: 'Wiki' });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'mail' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'wiki' });
}
