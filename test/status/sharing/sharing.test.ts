import { expect, test } from 'vitest';
import { becomes, startInstance, startLab, startLabWithProcess, startUpstream } from '../../support/instances.js';
import { idOf, labTools } from '../../support/status.js';

const RENAME = 'mutation ($id: ID!) { updateTool(input: { id: $id, name: "Help desk" }) { __typename } }';

test('a thousand watchers on three instances cost as many calls as one watcher', async (context) => {
  const { sandbox, instances } = await startLab(context);
  const { inkeep } = sandbox;
  inkeep.addTool({ id: 'wiki' });
  // A socket takes a hundred operations.
  const clients = Array.from({ length: 12 }, (_, n) => (instances[n % 3] ?? fail()).connect());
  const watchers = Array.from({ length: 1000 }, (_, n) =>
    (instances[n % 3] ?? fail()).watch({ tools: labTools('desk', 'wiki') }, clients[n % 12]),
  );
  await Promise.all(watchers.map((watcher) => watcher.toldOf(2)));
  await inkeep.arrived('get-tool', inkeep.count('get-tool') + 2);
  await inkeep.idle();
  inkeep.reset();
  await inkeep.arrived('get-tool', 10);
  await inkeep.idle();
  const seen = inkeep.requests.map(({ operation }) => operation);
  expect(seen).toEqual(Array(10).fill('get-tool'));
  expect(['desk', 'wiki'].map((id) => inkeep.probesOf(id))).toEqual([5, 5]);
});

test.for([
  ['a tool', { tools: labTools('desk') }],
  ['an agent', { agent: idOf('Agent', 'lab', 'support') }],
  ['a project', { project: idOf('Project', 'lab') }],
] as const)('every instance sends a change of %s once', async ([, watch], context) => {
  const { sandbox, instances } = await startLab(context);
  const watchers = instances.map((instance) => instance.watch(watch));
  await Promise.all(watchers.map((watcher) => watcher.toldOf(1)));
  sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  await Promise.all(watchers.map((watcher) => watcher.toldOf(2)));
  await sandbox.inkeep.arrived(undefined, sandbox.inkeep.count() + 3);
  expect(watchers.map(({ statuses }) => statuses)).toEqual(Array(3).fill(['HEALTHY', 'NEEDS_AUTH']));
});

test('a new watcher on another instance receives what is known without a call', async (context) => {
  const { sandbox, instances } = await startLab(context, { STATUS_INTERVAL_MS: '60000' });
  const [first, second] = instances;
  await first.watch({ tools: labTools('desk') }).toldOf(1);
  await second.watch({ tools: labTools('desk') }).toldOf(1);
  expect(sandbox.inkeep.count('get-tool')).toBe(1);
});

test.for([0, 1])(
  'a mutation through instance %i is seen at once by watchers on every instance',
  async (through, context) => {
    // So long that every event after the first is owed to the mutation.
    const { sandbox, instances } = await startLab(context, { STATUS_INTERVAL_MS: '3600000' });
    const watchers = [];
    for (const instance of instances) {
      const watcher = instance.watch({ tools: labTools('desk') });
      await watcher.toldOf(1);
      watchers.push(watcher);
    }
    sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
    await instances[through]?.mutate(RENAME, { id: labTools('desk')[0] });
    await Promise.all(watchers.map((watcher) => watcher.toldOf(2)));
    expect(watchers.map(({ statuses }) => statuses)).toEqual(Array(3).fill(['HEALTHY', 'NEEDS_AUTH']));
  },
);

test('a tool that is deleted through one instance is removed for watchers on every instance', async (context) => {
  const { instances } = await startLab(context, { STATUS_INTERVAL_MS: '3600000' });
  const watchers = instances.map((instance) => instance.watch({ project: idOf('Project', 'lab') }));
  await Promise.all(watchers.map((watcher) => watcher.toldOf(1)));
  const [, second] = instances;
  await second?.mutate('mutation ($id: ID!) { deleteTool(input: { id: $id }) { __typename } }', {
    id: labTools('desk')[0],
  });
  await Promise.all(watchers.map((watcher) => watcher.toldOf(2)));
  expect(watchers.map(({ told }) => told.at(-1)?.removed)).toEqual([true, true, true]);
});

test('callers with different credentials share nothing across instances', async (context) => {
  const { sandbox, instances } = await startLab(context, { STATUS_INTERVAL_MS: '60000' });
  const [first, second] = instances;
  await first.watch({ tools: labTools('desk') }, first.connect('ada')).toldOf(1);
  await second.watch({ tools: labTools('desk') }, second.connect('ben')).toldOf(1);
  const seen = sandbox.inkeep.requests.map(({ headers }) => headers.authorization);
  expect(seen).toEqual(['Bearer ada', 'Bearer ben']);
});

test('another instance polls at once when the last watcher of the polling instance leaves', async (context) => {
  const { sandbox, instances } = await startLab(context, { STATUS_INTERVAL_MS: '60000' });
  const [first, second] = instances;
  const leaver = first.watch({ tools: labTools('desk') });
  await leaver.toldOf(1);
  const stayer = second.watch({ tools: labTools('desk') });
  await stayer.toldOf(1);
  sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  leaver.leave();
  await stayer.toldOf(2);
  expect(stayer.statuses).toEqual(['HEALTHY', 'NEEDS_AUTH']);
});

test('another instance polls at once when the polling instance is shut down', async (context) => {
  const { sandbox, instances } = await startLabWithProcess(context, { STATUS_INTERVAL_MS: '60000' });
  const [first, second] = instances;
  await first.watch({ tools: labTools('desk') }).toldOf(1);
  const stayer = second.watch({ tools: labTools('desk') });
  await stayer.toldOf(1);
  sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  first.process.kill('SIGTERM');
  await stayer.toldOf(2);
  expect(stayer.statuses).toEqual(['HEALTHY', 'NEEDS_AUTH']);
});

test('instances on different databases of one Redis share nothing', async (context) => {
  const { redis, sandbox, instances } = await startLab(context, { STATUS_INTERVAL_MS: '60000' });
  const other = await startInstance(sandbox, { REDIS_URL: `${redis.url}/1`, STATUS_INTERVAL_MS: '60000' });
  await becomes(other, 'up');
  await instances[0].watch({ tools: labTools('desk') }).toldOf(1);
  await other.watch({ tools: labTools('desk') }).toldOf(1);
  expect(sandbox.inkeep.count('get-tool')).toBe(2);
});

test('instances of different upstreams share nothing, although they use one Redis', async (context) => {
  const { redis, sandbox, instances } = await startLab(context, { STATUS_INTERVAL_MS: '60000' });
  const otherUpstream = await startUpstream();
  otherUpstream.inkeep.setMcp('desk', { mode: 'needs_auth' });
  const other = await startInstance(otherUpstream, { REDIS_URL: redis.url, STATUS_INTERVAL_MS: '60000' });
  await becomes(other, 'up');
  const watcher = instances[0].watch({ tools: labTools('desk') });
  const otherWatcher = other.watch({ tools: labTools('desk') });
  await Promise.all([watcher.toldOf(1), otherWatcher.toldOf(1)]);
  expect([watcher.statuses, otherWatcher.statuses]).toEqual([['HEALTHY'], ['NEEDS_AUTH']]);
  await other.mutate(RENAME, { id: labTools('desk')[0] });
  await otherUpstream.inkeep.arrived('get-tool', 2);
  expect([sandbox.inkeep.count(), otherUpstream.inkeep.count('get-tool')]).toEqual([1, 2]);
});

function fail(): never {
  throw new Error('there is no such instance');
}
