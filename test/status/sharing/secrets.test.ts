import { expect, test, vi } from 'vitest';
import { type Lab, startLab } from '../../support/instances.js';
import { idOf, labTools } from '../../support/status.js';

/** Each marked with a word that must not be found in Redis. */
const TOKEN = 'SECRET-token';
const HEADERS = { 'x-api-key': 'SECRET-header' };
const SERVER = 'https://SECRET-host.example.com/mcp?key=SECRET-query';

test('Redis receives and keeps no secrets', async (context) => {
  const { redis, sandbox, instances } = await startLab(context);
  const passed = await redis.overhear();
  sandbox.inkeep.addTool({ id: 'safe', config: { type: 'mcp', mcp: { server: { url: SERVER } } }, headers: HEADERS });
  const watches = [{ tools: labTools('safe') }, { project: idOf('Project', 'lab') }];
  const watchers = instances.flatMap((instance) =>
    watches.map((watch) => instance.watch(watch, instance.connect(TOKEN))),
  );
  await Promise.all(watchers.map((watcher, n) => watcher.toldOf(n % 2 === 0 ? 1 : 2)));
  sandbox.inkeep.setMcp('safe', { mode: 'reset' });
  await Promise.all(watchers.map((watcher, n) => watcher.toldOf(n % 2 === 0 ? 2 : 3)));
  expect(watchers.map(({ told }) => told.at(-1)?.lastError)).toEqual(
    watchers.map(() => expect.stringContaining('fetch failed')),
  );
  await change(instances[1]);
  const kept = await dump(redis.client());
  await vi.waitFor(() => expect(passed.join('\n')).toContain('agent-tools:2:0:touched'), { timeout: 20_000 });

  expect(passed.filter((line) => /publish/i.test(line)).length).toBeGreaterThan(2);
  expect(kept).toContain('agent-tools:2:0:lease:');
  const everything = `${passed.join('\n')}\n${kept}`;
  expect(everything).not.toMatch(/SECRET|Bearer|x-api-key|fetch failed|healthy/i);
});

test('ignores a message that is not encrypted with the key of the credential', async (context) => {
  const { redis, sandbox, instances } = await startLab(context);
  const watchers = instances.map((instance) => instance.watch({ tools: labTools('desk') }));
  await Promise.all(watchers.map((watcher) => watcher.toldOf(1)));
  const client = redis.client();
  const channels = await client.pubsub('CHANNELS', 'agent-tools:2:0:watch:*');
  const message = {
    kind: 'states',
    number: Date.now() * 2,
    count: 1,
    isWhole: true,
    states: [{ toolId: 'desk', status: 'disabled', lastError: null, freshness: 'LIVE', removed: true, ageMs: 0 }],
  };
  const receivers = await Promise.all(
    channels.map((channel) => client.publish(String(channel), JSON.stringify(message))),
  );
  expect(receivers).toEqual([3]);
  await sandbox.inkeep.arrived('get-tool', sandbox.inkeep.count('get-tool') + 3);
  expect(watchers.map(({ statuses }) => statuses)).toEqual(Array(3).fill(['HEALTHY']));
});

async function change(instance: Lab['instances'][number]): Promise<void> {
  const mutation = `mutation ($id: ID!, $headers: JSONObject) {
    updateTool(input: { id: $id, headers: $headers }) { __typename }
  }`;
  await instance.mutate(mutation, { id: labTools('safe')[0], headers: HEADERS });
}

/** Every key with its value. */
async function dump(client: ReturnType<Lab['redis']['client']>): Promise<string> {
  const keys = await client.keys('*');
  const values = await Promise.all(keys.map((key) => client.get(key)));
  return keys.map((key, n) => `${key} ${values[n]}`).join('\n');
}
