import { expect, test } from 'vitest';
import { SERVICE, seedAgent, startPeople } from '../../support/people.js';
import { idOf, labTools } from '../../support/status.js';

const AGENT = { agent: idOf('Agent', 'lab', 'support') };
const PROJECT = { project: idOf('Project', 'lab') };

test.each([
  ['an agent', AGENT],
  ['a project', PROJECT],
  ['single tools', { tools: labTools('desk', 'mail') }],
])('people with different tokens share the probes of %s, which only the service credential makes', async (_, watch) => {
  const gateway = await startPeople();
  seedAgent(gateway, 'desk', 'mail');
  const people = Array.from({ length: 10 }, (_, n) => `person-${n}`);
  const streams = await Promise.all(people.map((token) => gateway.watch(token, watch)));
  for (const stream of streams) {
    const events = await stream.byTool(2);
    expect(events).toMatchObject({ desk: { status: 'HEALTHY', previousStatus: null }, mail: { status: 'HEALTHY' } });
  }
  gateway.sandbox.inkeep.setMcp('mail', { mode: 'needs_auth' });
  for (const stream of streams) {
    expect(await stream.next()).toMatchObject({
      tool: { toolId: 'mail' },
      status: 'NEEDS_AUTH',
      previousStatus: 'HEALTHY',
      lastError: expect.stringContaining('Authentication required'),
    });
  }
  expect(gateway.rights.probers()).toEqual([SERVICE]);
  const reads = gateway.rights.requests.filter(({ token }) => token !== SERVICE);
  expect(reads.map(({ operation }) => operation)).toEqual(people.map(() => 'plain'));
  expect(await gateway.metric('gateway_status_watches')).toBe(1);
});

test('one read serves all subscriptions and sockets of a person', async () => {
  const gateway = await startPeople();
  seedAgent(gateway, 'desk');
  const streams = await Promise.all(Array.from({ length: 5 }, () => gateway.watch('ada', AGENT)));
  for (const stream of streams) await stream.next();
  expect(gateway.rights.requests.filter(({ token }) => token === 'ada')).toHaveLength(1);
});

test('watches under different refs are apart', async () => {
  const gateway = await startPeople();
  seedAgent(gateway, 'desk');
  await (await gateway.watch('ada', AGENT)).next();
  await (await gateway.watch('ada', AGENT, undefined, 'main')).next();
  expect(await gateway.metric('gateway_status_watches')).toBe(2);
});

test('a mutation of one person is seen by all at once', async () => {
  const gateway = await startPeople({ intervalMs: 3_600_000 });
  seedAgent(gateway, 'desk');
  const streams = [await gateway.watch('ada', AGENT), await gateway.watch('ben', PROJECT)];
  for (const stream of streams) await stream.next();
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  await gateway.query('ada', 'mutation ($id: ID!) { updateTool(input: { id: $id, name: "x" }) { __typename } }', {
    id: labTools('desk')[0],
  });
  for (const stream of streams) expect(await stream.next()).toMatchObject({ status: 'NEEDS_AUTH' });
});

test('a person without access causes no probe', async () => {
  const gateway = await startPeople();
  seedAgent(gateway, 'desk');
  for (const [status, code] of [
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
  ] as const) {
    gateway.rights.allow('eve', { status });
    for (const watch of [AGENT, PROJECT, { tools: labTools('desk') }]) {
      const stream = await gateway.watch('eve', watch);
      expect(await stream.errors()).toMatchObject([{ extensions: { code } }]);
      await stream.completed();
    }
  }
  expect(gateway.rights.probers()).toEqual([]);
  expect(await gateway.metric('gateway_status_watches')).toBe(0);
});

test('a tool that is new is seen by those who may see it', async () => {
  const gateway = await startPeople({ accessMs: 1_000 });
  seedAgent(gateway, 'desk');
  gateway.rights.allow('ben', { hides: ['mail'] });
  const [ada, ben] = [await gateway.watch('ada', PROJECT), await gateway.watch('ben', PROJECT)];
  await Promise.all([ada.next(), ben.next()]);
  gateway.sandbox.inkeep.addTool({ id: 'mail' });
  expect(await ada.next()).toMatchObject({ tool: { toolId: 'mail' }, previousStatus: null });
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
  expect(await ben.next()).toMatchObject({ tool: { toolId: 'desk' }, status: 'UNAVAILABLE' });
});

test.each([
  ['an agent', AGENT],
  ['a project', PROJECT],
  ['single tools', { tools: labTools('desk', 'mail') }],
])('a deleted tool is removed for everyone who watches %s', async (_, watch) => {
  const gateway = await startPeople();
  seedAgent(gateway, 'desk', 'mail');
  const streams = [await gateway.watch('ada', watch, 'toolId name'), await gateway.watch('ben', watch, 'toolId name')];
  for (const stream of streams) await stream.byTool(2);
  gateway.sandbox.inkeep.removeTool({ id: 'mail' });
  for (const stream of streams) {
    expect(await stream.next()).toMatchObject({ tool: { toolId: 'mail', name: 'mail' }, removed: true });
  }
});

test.each([
  ['an agent', { agent: idOf('Agent', 'lab', 'ghost') }],
  ['a project', { project: idOf('Project', 'ghost') }],
])('the watch of %s that does not exist completes', async (_, watch) => {
  const gateway = await startPeople();
  await (await gateway.watch('ada', watch)).completed();
  expect(gateway.rights.probers()).toEqual([]);
});

test('the watch of an agent completes when it is deleted', async () => {
  const gateway = await startPeople();
  seedAgent(gateway, 'desk');
  const streams = [await gateway.watch('ada', AGENT), await gateway.watch('ben', AGENT)];
  for (const stream of streams) await stream.next();
  gateway.sandbox.inkeep.removeAgent({ id: 'support' });
  for (const stream of streams) await stream.completed();
  expect(gateway.rights.probers()).toEqual([SERVICE]);
});

test('a tool that never existed is reported as removed', async () => {
  const gateway = await startPeople();
  const stream = await gateway.watch('ada', { tools: labTools('ghost') });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'ghost' }, status: 'UNKNOWN', removed: true });
  await stream.completed();
});
