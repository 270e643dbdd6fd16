import { expect, test } from 'vitest';
import { SERVICE, seedAgent, startPeople } from '../../support/people.js';
import { startRedis } from '../../support/redis.js';
import { idOf, labTools } from '../../support/status.js';

const FIELDS = 'toolId name description headers headerNames config { url } status lastError availableTools { name }';
const WATCHES = [
  { agent: idOf('Agent', 'lab', 'support') },
  { project: idOf('Project', 'lab') },
  { tools: labTools('open', 'hidden') },
];

test('a person receives no byte of what the upstream shows only to another, and neither do logs, metrics and Redis', async (context) => {
  const redis = await startRedis(context);
  const passed = await redis.overhear();
  const first = await startPeople({ accessMs: 1_000, env: { REDIS_URL: redis.url, LOG_LEVEL: 'debug' } });
  const second = await startPeople({ accessMs: 1_000, env: { REDIS_URL: redis.url }, upstream: first });
  await expect
    .poll(async () => [await first.ready(), await second.ready()])
    .toMatchObject([{ redis: 'up' }, { redis: 'up' }]);
  const { inkeep } = first.sandbox;
  const server = (url: string) => ({ type: 'mcp' as const, mcp: { server: { url } } });
  inkeep.addTool({
    id: 'open',
    name: 'Open',
    headers: { 'x-key': 'SECRET-header' },
    config: server('https://open.example.com'),
  });
  inkeep.addTool({
    id: 'hidden',
    name: 'SECRET-name',
    description: 'SECRET-text',
    config: server('https://SECRET-host.example.com'),
  });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  for (const toolId of ['open', 'hidden']) inkeep.addRelation({ subAgentId: 'triage', toolId });
  first.rights.allow('ben', { hides: ['hidden'], strips: ['headers'] });

  const ada = await Promise.all(WATCHES.map((watch) => first.watch('ada-SECRET', watch, FIELDS)));
  const adaEvents = await Promise.all(ada.map((stream) => stream.byTool(2)));
  expect(adaEvents).toMatchObject(
    WATCHES.map(() => ({
      open: { tool: { headers: { 'x-key': 'SECRET-header' } } },
      hidden: { tool: { name: 'SECRET-name', config: { url: 'https://SECRET-host.example.com' } } },
    })),
  );
  const ben = await Promise.all(
    WATCHES.flatMap((watch) => [first.watch('ben', watch, FIELDS), second.watch('ben', watch, FIELDS)]),
  );
  const benEvents: unknown[] = [];
  for (const stream of ben) benEvents.push(await stream.next());
  for (const mode of ['needs_auth', 'healthy'] as const) {
    inkeep.setMcp('open', { mode });
    inkeep.setMcp('hidden', { mode });
    for (const stream of ada) await stream.byTool(2);
    for (const stream of ben) {
      let event = await stream.next();
      // Single tools that are hidden are reported as if they did not exist.
      while (event.removed) {
        benEvents.push(event);
        event = await stream.next();
      }
      benEvents.push(event);
    }
  }
  for (const stream of ben) benEvents.push(...stream.unread);
  const text = JSON.stringify(benEvents);
  expect(text).toContain('"name":"Open"');
  expect(text).not.toMatch(/SECRET|x-key/);
  const metrics = await (await fetch(`${first.url}/metrics`)).text();
  const everything = [first.log(), second.log(), metrics, passed.join('\n')].join('\n');
  expect(passed.some((line) => /publish/i.test(line))).toBe(true);
  expect(everything).not.toMatch(/SECRET|x-key|Authentication required/);
  expect(everything).not.toContain(SERVICE);
  expect(first.rights.probers()).toEqual([SERVICE]);
});

test('stored fields are those that the person read, also if another person reads others', async () => {
  const gateway = await startPeople();
  seedAgent(gateway, 'desk');
  gateway.rights.allow('ben', { strips: ['name', 'description'] });
  const watch = { agent: idOf('Agent', 'lab', 'support') };
  const ada = await gateway.watch('ada', watch, 'toolId name');
  expect(await ada.next()).toMatchObject({ tool: { name: 'desk' } });
  const ben = await gateway.watch('ben', watch, 'toolId name');
  expect(await ben.next()).toMatchObject({ tool: { name: null } });
});

test('stored fields cost one read for all subscriptions of a person, and none for each change', async () => {
  const gateway = await startPeople();
  seedAgent(gateway, 'desk', 'mail');
  const watch = { agent: idOf('Agent', 'lab', 'support') };
  const streams = await Promise.all([1, 2, 3].map(() => gateway.watch('ada', watch, 'toolId name')));
  for (const stream of streams) await stream.byTool(2);
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  for (const stream of streams) expect(await stream.next()).toMatchObject({ tool: { name: 'desk' } });
  // The relations, and a page of the list of tools.
  expect(gateway.rights.requests.filter(({ token }) => token === 'ada').map(({ operation }) => operation)).toEqual([
    'plain',
    'plain',
  ]);
});
