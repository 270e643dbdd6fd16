import { expect, test } from 'vitest';
import { seedAgent, startPeople } from '../../support/people.js';
import { idOf, labTools } from '../../support/status.js';

const AGENT = { agent: idOf('Agent', 'lab', 'support') };
const PROJECT = { project: idOf('Project', 'lab') };
const TOOLS = { tools: labTools('desk', 'mail') };
const ACCESS_MS = 1_000;

test.each([
  ['an agent', AGENT, 401, 'UNAUTHENTICATED'],
  ['a project', PROJECT, 401, 'UNAUTHENTICATED'],
  ['single tools', TOOLS, 403, 'FORBIDDEN'],
])('a revoked token ends the watch of %s within STATUS_ACCESS_MS', async (_, watch, status, code) => {
  const gateway = await startPeople({ accessMs: ACCESS_MS });
  seedAgent(gateway, 'desk', 'mail');
  const [ada, ben] = [await gateway.watch('ada', watch), await gateway.watch('ben', watch)];
  await Promise.all([ada.byTool(2), ben.byTool(2)]);
  gateway.rights.allow('ben', { status });
  const revokedAt = performance.now();
  expect(await ben.errors()).toMatchObject([{ extensions: { code } }]);
  expect(performance.now() - revokedAt).toBeLessThan(ACCESS_MS + 1_000);
  await ben.completed();
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
  expect(await ada.next()).toMatchObject({ tool: { toolId: 'desk' }, status: 'UNAVAILABLE' });
});

test.each([
  ['a project', PROJECT],
  ['single tools', TOOLS],
])(
  'a tool that a person may no longer see leaves the watch of %s, and comes back with a first event',
  async (_, watch) => {
    const gateway = await startPeople({ accessMs: ACCESS_MS });
    seedAgent(gateway, 'desk', 'mail');
    const [ada, ben] = [await gateway.watch('ada', watch), await gateway.watch('ben', watch)];
    await Promise.all([ada.byTool(2), ben.byTool(2)]);
    gateway.rights.allow('ben', { hides: ['mail'] });
    expect(await ben.next()).toMatchObject({ tool: { toolId: 'mail' }, status: 'HEALTHY', removed: true });
    gateway.sandbox.inkeep.setMcp('mail', { mode: 'reset' });
    expect(await ada.next()).toMatchObject({ tool: { toolId: 'mail' }, status: 'UNAVAILABLE' });
    expect(ben.unread).toEqual([]);
    gateway.rights.allow('ben', {});
    expect(await ben.next()).toMatchObject({ tool: { toolId: 'mail' }, status: 'UNAVAILABLE', previousStatus: null });
    expect(gateway.rights.probers()).toEqual(['service-token']);
  },
);

test('a tool that a person may no longer see in an agent is silent, and comes back with a first event', async () => {
  const gateway = await startPeople({ accessMs: ACCESS_MS });
  seedAgent(gateway, 'desk', 'mail');
  const [ada, ben] = [await gateway.watch('ada', AGENT), await gateway.watch('ben', AGENT)];
  await Promise.all([ada.byTool(2), ben.byTool(2)]);
  gateway.rights.allow('ben', { hides: ['mail'] });
  await gateway.rights.arrived('ben', 'plain', 3);
  gateway.sandbox.inkeep.setMcp('mail', { mode: 'reset' });
  await ada.next();
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  expect(await ben.next()).toMatchObject({ tool: { toolId: 'desk' }, status: 'NEEDS_AUTH' });
  expect(ben.unread).toEqual([]);
  gateway.rights.allow('ben', {});
  expect(await ben.next()).toMatchObject({ tool: { toolId: 'mail' }, status: 'UNAVAILABLE', previousStatus: null });
});

test('the reads of people who came at the same time spread over the interval', async () => {
  const gateway = await startPeople({ accessMs: 2_000 });
  seedAgent(gateway, 'desk');
  const people = Array.from({ length: 40 }, (_, n) => `person-${n}`);
  const streams = await Promise.all(people.map((token) => gateway.watch(token, AGENT)));
  for (const stream of streams) await stream.next();
  gateway.rights.requests.length = 0;
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const times = gateway.rights.requests.filter(({ token }) => token.startsWith('person')).map(({ at }) => at);
  const slices = Array.from(
    { length: 8 },
    (_, n) => times.filter((at) => Math.floor((at - (times[0] ?? 0)) / 500) === n).length,
  );
  // 40 people, a read in 2 s each: ten in half a second.
  expect(Math.max(...slices)).toBeLessThan(25);
  expect(times.length).toBeGreaterThan(70);
  expect(times.length).toBeLessThan(100);
});

test('a person whose rights cannot be read for two intervals receives nothing but STALE until they can', async () => {
  const gateway = await startPeople({ accessMs: ACCESS_MS });
  seedAgent(gateway, 'desk');
  const [ada, ben] = [await gateway.watch('ada', AGENT), await gateway.watch('ben', AGENT)];
  await Promise.all([ada.next(), ben.next()]);
  gateway.rights.allow('ben', { status: 500 });
  expect(await ben.next()).toMatchObject({ tool: { toolId: 'desk' }, status: 'HEALTHY', freshness: 'STALE' });
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
  expect(await ada.next()).toMatchObject({ status: 'UNAVAILABLE' });
  expect(ben.unread).toEqual([]);
  gateway.rights.allow('ben', {});
  expect(await ben.next()).toMatchObject({ status: 'UNAVAILABLE', freshness: 'LIVE', previousStatus: 'HEALTHY' });
});

test('single tools are stale and unknown while it is not known whether the person may see them', async () => {
  const gateway = await startPeople({ accessMs: ACCESS_MS });
  seedAgent(gateway, 'desk');
  gateway.rights.allow('ben', { status: 503 });
  const ben = await gateway.watch('ben', { tools: labTools('desk') });
  expect(await ben.next()).toMatchObject({ status: 'UNKNOWN', freshness: 'STALE' });
  gateway.rights.allow('ben', {});
  expect(await ben.next()).toMatchObject({ status: 'HEALTHY', freshness: 'LIVE' });
});
