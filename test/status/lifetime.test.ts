import { expect, test } from 'vitest';
import { idOf, labTools, type StatusGateway, startStatus } from '../support/status.js';

test('polling stops when the last watcher leaves', async () => {
  const gateway = await startStatus({}, {}, { intervalMs: 100 });
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const first = await gateway.subscribe({ tools: labTools('desk') });
  const last = await gateway.subscribe({ tools: labTools('desk') });
  await Promise.all([first.next(), last.next()]);
  first.leave();
  await gateway.asked('get-tool', 2);
  last.leave();
  await noWatcherIsLeft(gateway);
  await gateway.sandbox.inkeep.idle();
  gateway.forget();
  // The test claims that no call comes, so there is no event to wait for. Three intervals.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(gateway.calls()).toEqual({});
});

test('a poll in progress is cancelled when the last watcher leaves', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'stuck', mcp: { mode: 'hang' } });
  const stream = await gateway.subscribe({ tools: labTools('stuck') });
  await gateway.sandbox.inkeep.arrived('get-tool');
  stream.leave();
  await gateway.sandbox.inkeep.idle();
  expect(gateway.sandbox.inkeep.requests).toMatchObject([{ operation: 'get-tool', aborted: true }]);
  await noWatcherIsLeft(gateway);
});

test('serves a watcher that arrives just after the last one has left', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  for (let round = 0; round < 10; round++) {
    const stream = await gateway.subscribe({ tools: labTools('desk') });
    expect(await stream.next()).toMatchObject({ status: 'HEALTHY', previousStatus: null });
    stream.leave();
  }
  await noWatcherIsLeft(gateway);
});

test.each([
  ['the tool is deleted', (gateway: StatusGateway) => gateway.sandbox.inkeep.removeTool({ id: 'desk' })],
  [
    'the credential is refused',
    (gateway: StatusGateway) => gateway.sandbox.inkeep.fault({ kind: 'status', status: 403 }),
  ],
])('nothing is kept after %s', async (_, end) => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const streams = await Promise.all([1, 2, 3].map(() => gateway.subscribe({ tools: labTools('desk') })));
  await Promise.all(streams.map((stream) => stream.next()));
  end(gateway);
  await noWatcherIsLeft(gateway);
});

test('a subscription to tools of two projects counts as one watcher of two watches', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addProject({ id: 'annex' });
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe({ tools: [...labTools('desk'), idOf('Tool', 'annex', 'desk')] });
  await stream.next();
  await stream.next();
  expect(await gateway.metric('gateway_status_watchers')).toBe(1);
  expect(await gateway.metric('gateway_status_watches')).toBe(2);
});

test('when the tools of one project are gone, those of the other are still watched', async () => {
  const gateway = await startStatus();
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'desk' });
  inkeep.addProject({ id: 'annex' });
  inkeep.addTool({ id: 'wiki' });
  const stream = await gateway.subscribe({ tools: [...labTools('desk'), idOf('Tool', 'annex', 'wiki')] });
  await stream.byTool(2);
  inkeep.removeProject({ id: 'lab' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, removed: true });
  expect(await gateway.metric('gateway_status_watches')).toBe(1);
  inkeep.setMcp('wiki', { mode: 'reset' });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'wiki' }, status: 'UNAVAILABLE' });
});

test('a subscription whose client accepts no stream calls no upstream', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const watch = { tools: labTools('desk') };
  const { data } = await gateway.query(
    'subscription ($watch: ToolStatusWatch!) { toolStatus(watch: $watch) { status } }',
    { watch },
  );
  expect(data).toBeUndefined();
  expect(gateway.calls()).toEqual({});
  expect(await gateway.metric('gateway_status_watchers')).toBe(0);
});

/** Resolves once both gauges are back at 0. */
async function noWatcherIsLeft(gateway: StatusGateway): Promise<void> {
  await expect.poll(() => gateway.metric('gateway_status_watchers'), { timeout: 3_000 }).toBe(0);
  await expect.poll(() => gateway.metric('gateway_status_watches'), { timeout: 3_000 }).toBe(0);
}
