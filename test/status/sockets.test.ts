import { expect, test } from 'vitest';
import { createSocketClient } from '../support/sockets.js';
import { labTools, type StatusGateway, startStatus } from '../support/status.js';

const WATCH = `subscription ($watch: ToolStatusWatch!) {
  toolStatus(watch: $watch) { tool { toolId } status previousStatus removed }
}`;

test('a socket receives the same events as an event stream', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const events = subscribe(gateway, labTools('desk'));
  expect((await events.next()).value?.data).toEqual({
    toolStatus: { tool: { toolId: 'desk' }, status: 'HEALTHY', previousStatus: null, removed: false },
  });
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
  expect((await events.next()).value?.data).toMatchObject({
    toolStatus: { status: 'UNAVAILABLE', previousStatus: 'HEALTHY' },
  });
  gateway.sandbox.inkeep.removeTool({ id: 'desk' });
  expect((await events.next()).value?.data).toMatchObject({ toolStatus: { removed: true } });
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test('fifty sockets with two subscriptions each cost as many calls as one', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const streams = Array.from({ length: 50 }).flatMap(() => {
    const client = createSocketClient(gateway.url);
    return [subscribe(gateway, labTools('desk'), client), subscribe(gateway, labTools('desk'), client)];
  });
  await Promise.all(streams.map((events) => events.next()));
  gateway.forget();
  await gateway.asked('get-tool', 1);
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
  const changes = await Promise.all(streams.map((events) => events.next()));
  expect(new Set(changes.map(({ value }) => JSON.stringify(value?.data)))).toHaveLength(1);
  expect(gateway.sandbox.inkeep.count('get-tool')).toBeLessThanOrEqual(3);
});

test('the watches of a socket end when it is lost', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addTool({ id: 'wiki' });
  const client = createSocketClient(gateway.url);
  const streams = [labTools('desk'), labTools('wiki')].map((tools) => subscribe(gateway, tools, client));
  await Promise.all(streams.map((events) => events.next()));
  expect(await gateway.metric('gateway_status_watchers')).toBe(2);
  client.terminate();
  await Promise.allSettled(streams.map((events) => events.next()));
  await expect.poll(() => gateway.metric('gateway_status_watchers')).toBe(0);
  expect(await gateway.metric('gateway_status_watches')).toBe(0);
});

test('a subscription of a socket ends without ending the others', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const client = createSocketClient(gateway.url);
  const stays = subscribe(gateway, labTools('desk'), client);
  const leaves = subscribe(gateway, labTools('desk'), client);
  await Promise.all([stays.next(), leaves.next()]);
  await leaves.return?.();
  await expect.poll(() => gateway.metric('gateway_status_watchers')).toBe(1);
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
  expect((await stays.next()).value?.data).toMatchObject({ toolStatus: { status: 'UNAVAILABLE' } });
});

function subscribe({ url }: StatusGateway, tools: readonly string[], client = createSocketClient(url)) {
  return client.iterate<Record<string, unknown>>({ query: WATCH, variables: { watch: { tools } } });
}
