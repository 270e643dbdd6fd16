import { expect, test } from 'vitest';
import { SERVICE, seedAgent, startPeople } from '../support/people.js';
import { startRedis } from '../support/redis.js';
import { idOf, labTools, startStatus } from '../support/status.js';

const LIVE = 'toolId status availableTools { name inputSchema } version';
const WATCHES: readonly (readonly [string, object])[] = [
  ['an agent', { agent: idOf('Agent', 'lab', 'support') }],
  ['a project', { project: idOf('Project', 'lab') }],
  ['single tools', { tools: labTools('desk') }],
];
const TOOLS = [
  { name: 'search', inputSchema: expect.anything() },
  { name: 'fetch', inputSchema: expect.anything() },
];

test.each(WATCHES)('in the watch of %s, all live fields come from the probe of the event', async (_, watch) => {
  const gateway = await startStatus({}, { STATUS_INTERVAL_MS: '60000' });
  seedAgent(gateway, 'desk');
  const stream = await gateway.subscribe(watch, { tool: LIVE });
  expect(await stream.next()).toMatchObject({ tool: { status: 'HEALTHY', availableTools: TOOLS } });
  expect(gateway.sandbox.inkeep.probes).toBe(1);
  // Another watcher that does not select them.
  await (await gateway.subscribe(watch)).next();
  const isAgent = 'agent' in watch;
  expect(gateway.sandbox.inkeep.probes).toBe(isAgent ? 2 : 1);
});

test.for(WATCHES)(
  'in the watch of %s, people on other instances receive the live fields of one probe',
  async ([, watch], context) => {
    const redis = await startRedis(context);
    const env = { REDIS_URL: redis.url };
    const first = await startPeople({ intervalMs: 3_600_000, env });
    const second = await startPeople({ intervalMs: 3_600_000, env, upstream: first });
    const ready = async () => [await first.ready(), await second.ready()];
    await expect.poll(ready).toMatchObject([{ redis: 'up' }, { redis: 'up' }]);
    seedAgent(first, 'desk');
    for (const [gateway, token] of [
      [first, 'ada'],
      [second, 'ben'],
    ] as const) {
      const stream = await gateway.watch(token, watch, LIVE);
      expect(await stream.next()).toMatchObject({ tool: { status: 'HEALTHY', availableTools: TOOLS } });
    }
    expect(first.sandbox.inkeep.probes).toBe(1);
    expect(first.rights.probers()).toEqual([SERVICE]);
  },
);
