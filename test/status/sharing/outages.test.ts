import { expect, test } from 'vitest';
import {
  becomes,
  INTERVAL_MS,
  type Instance,
  type Lab,
  startLab,
  startLabWithProcess,
  type Watcher,
} from '../../support/instances.js';
import { idOf, labTools } from '../../support/status.js';

/** The next poll after an outage comes within two intervals, and some time for the machine. */
const IN_TIME_MS = 2 * INTERVAL_MS + 500;

test('the others poll when the polling instance is killed', async (context) => {
  const { sandbox, instances, watchers } = await watchEach(await startLabWithProcess(context));
  const [holder] = instances;
  await holder.kill();
  sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  expect(await msUntilTold(watchers.slice(1), 2)).toBeLessThan(IN_TIME_MS);
  await settle(sandbox);
  expect(statusesOf(watchers.slice(1))).toEqual(Array(2).fill(['HEALTHY', 'NEEDS_AUTH']));
});

test('the others poll while the polling instance is frozen, and it listens when it resumes', async (context) => {
  const { sandbox, instances, watchers } = await watchEach(await startLabWithProcess(context));
  const [holder] = instances;
  holder.freeze();
  sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  expect(await msUntilTold(watchers.slice(1), 2)).toBeLessThan(IN_TIME_MS);
  holder.thaw();
  await watchers[0]?.toldOf(2);
  await settle(sandbox);
  expect(statusesOf(watchers)).toEqual(Array(3).fill(['HEALTHY', 'NEEDS_AUTH']));
  await costsOne(sandbox);
});

test('an instance that resumes does not send what it found before it froze', async (context) => {
  const { sandbox, instances, watchers } = await watchEach(await startLabWithProcess(context));
  const [holder] = instances;
  const { inkeep } = sandbox;
  // Its poll is in progress, and is answered only while it is frozen.
  inkeep.latency({ match: '/tools/desk', ms: 200 });
  await inkeep.arrived('get-tool', inkeep.count('get-tool') + 1);
  holder.freeze();
  await inkeep.idle();
  inkeep.latency({ match: '/tools/desk', ms: 0 });
  inkeep.setMcp('desk', { mode: 'needs_auth' });
  await msUntilTold(watchers.slice(1), 2);
  holder.thaw();
  await watchers[0]?.toldOf(2);
  await settle(sandbox);
  expect(statusesOf(watchers)).toEqual(Array(3).fill(['HEALTHY', 'NEEDS_AUTH']));
});

test('each instance polls by itself when Redis is killed', async (context) => {
  const { redis, sandbox, watchers } = await watchEach(await startLab(context));
  await redis.kill();
  sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  expect(await msUntilTold(watchers, 2)).toBeLessThan(IN_TIME_MS);
  await settle(sandbox);
  expect(statusesOf(watchers)).toEqual(Array(3).fill(['HEALTHY', 'NEEDS_AUTH']));
});

test('each instance polls by itself when Redis does not answer', async (context) => {
  const { redis, sandbox, watchers } = await watchEach(await startLab(context));
  redis.freeze();
  sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  expect(await msUntilTold(watchers, 2)).toBeLessThan(IN_TIME_MS);
  await settle(sandbox);
  expect(statusesOf(watchers)).toEqual(Array(3).fill(['HEALTHY', 'NEEDS_AUTH']));
});

test('without Redis an instance is ready, and its /ready, metrics and log show that it polls alone', async (context) => {
  const { redis, instances } = await startLab(context);
  await redis.kill();
  const [instance] = instances;
  await becomes(instance, 'down');
  expect(await instance.ready()).toEqual({ status: 200, body: { status: 'ready', redis: 'down' } });
  expect(await instance.metric('gateway_status_sharing')).toBe(0);
  await expect.poll(instance.log, { timeout: 20_000 }).toContain('Nothing listens at REDIS_URL');
});

test('instances share again when Redis is back empty, and no watcher receives an event twice', async (context) => {
  const { redis, sandbox, instances, watchers } = await watchEach(await startLab(context));
  await redis.kill();
  await Promise.all(instances.map((instance) => becomes(instance, 'down')));
  sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  await msUntilTold(watchers, 2);
  await redis.restart();
  await Promise.all(instances.map((instance) => becomes(instance, 'up')));
  await settle(sandbox);
  await costsOne(sandbox);
  sandbox.inkeep.setMcp('desk', { mode: 'healthy' });
  await msUntilTold(watchers, 3);
  expect(statusesOf(watchers)).toEqual(Array(3).fill(['HEALTHY', 'NEEDS_AUTH', 'HEALTHY']));
  expect(await Promise.all(instances.map((instance) => instance.metric('gateway_status_sharing')))).toEqual([1, 1, 1]);
});

test.for([
  ['an agent', { agent: idOf('Agent', 'lab', 'support') }],
  ['a project', { project: idOf('Project', 'lab') }],
] as const)(
  'a hundred tools in the watch of %s survive the death of the holder and of Redis',
  async ([, watch], context) => {
    const { redis, sandbox, instances } = await startLabWithProcess(context);
    const { inkeep } = sandbox;
    for (let n = 1; n < 100; n++) {
      inkeep.addTool({ id: `tool-${n}` });
      inkeep.addRelation({ subAgentId: 'triage', toolId: `tool-${n}` });
    }
    const watchers: Watcher[] = [];
    for (const instance of instances) {
      const watcher = instance.watch(watch);
      await watcher.toldOf(100);
      watchers.push(watcher);
    }
    await instances[0].kill();
    inkeep.setMcp('desk', { mode: 'needs_auth' });
    expect(await msUntilTold(watchers.slice(1), 101)).toBeLessThan(IN_TIME_MS);
    await redis.kill();
    inkeep.setMcp('desk', { mode: 'healthy' });
    expect(await msUntilTold(watchers.slice(1), 102)).toBeLessThan(IN_TIME_MS);
    inkeep.fault({ kind: 'status', status: 503, count: 100_000 });
    await msUntilTold(watchers.slice(1), 202);
    for (const { told } of watchers.slice(1))
      expect(told.slice(102).every(({ freshness }) => freshness === 'STALE')).toBe(true);
  },
);

test('watchers that joined while Redis did not answer receive results of other instances when it answers again', async (context) => {
  const { redis, sandbox, instances } = await startLab(context);
  redis.freeze();
  await Promise.all(instances.map((instance) => becomes(instance, 'down')));
  const watchers = instances.map((instance) => instance.watch({ tools: labTools('desk') }));
  await Promise.all(watchers.map((watcher) => watcher.toldOf(1)));
  redis.thaw();
  await Promise.all(instances.map((instance) => becomes(instance, 'up')));
  await settle(sandbox);
  await costsOne(sandbox);
  sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  await msUntilTold(watchers, 2);
  expect(statusesOf(watchers)).toEqual(Array(3).fill(['HEALTHY', 'NEEDS_AUTH']));
});

/** A watcher of `desk` on each instance. The first instance is the one that polls. */
async function watchEach<First extends Instance>(lab: Lab<First>): Promise<Lab<First> & { watchers: Watcher[] }> {
  const watchers: Watcher[] = [];
  for (const instance of lab.instances) {
    const watcher = instance.watch({ tools: labTools('desk') });
    await watcher.toldOf(1);
    watchers.push(watcher);
  }
  return { ...lab, watchers };
}

async function msUntilTold(watchers: readonly Watcher[], count: number): Promise<number> {
  const begunAt = performance.now();
  await Promise.all(watchers.map((watcher) => watcher.toldOf(count)));
  return performance.now() - begunAt;
}

/** Waits for four polls: a repeated event would have arrived by then. */
async function settle({ inkeep }: Lab['sandbox']): Promise<void> {
  await inkeep.arrived('get-tool', inkeep.count('get-tool') + 4);
}

/** One poll per interval: five of them take more than three intervals and a half, whatever the jitter. */
async function costsOne({ inkeep }: Lab['sandbox']): Promise<void> {
  await inkeep.idle();
  inkeep.reset();
  const begunAt = performance.now();
  await inkeep.arrived('get-tool', 5);
  expect(performance.now() - begunAt).toBeGreaterThan(3.5 * INTERVAL_MS);
}

function statusesOf(watchers: readonly Watcher[]): readonly (readonly string[])[] {
  return watchers.map(({ statuses }) => statuses);
}
