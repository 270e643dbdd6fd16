import { expect, test } from 'vitest';
import { SERVICE, seedAgent, startPeople } from '../../support/people.js';
import { idOf, labTools } from '../../support/status.js';

const WATCHES: readonly (readonly [string, object])[] = [
  ['an agent', { agent: idOf('Agent', 'lab', 'support') }],
  ['a project', { project: idOf('Project', 'lab') }],
  ['single tools', { tools: labTools('desk') }],
];
const REFUSALS = [{ status: 401 }, { status: 403 }, { status: 404 }, { probeStatus: 401 }, { probeStatus: 403 }];

test.each(
  WATCHES.flatMap(([name, watch]) => REFUSALS.map((rule) => [name, JSON.stringify(rule), watch, rule] as const)),
)(
  'the watch of %s continues with the credential of the person while the service credential gets %s',
  async (_, _rule, watch, rule) => {
    const gateway = await startPeople({ accessMs: 1_000 });
    seedAgent(gateway, 'desk');
    const ada = await gateway.watch('ada', watch);
    await ada.next();
    gateway.rights.allow(SERVICE, rule);
    await gateway.rights.arrived('ada', 'probe', 2);
    gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
    expect(await ada.next()).toMatchObject({ status: 'UNAVAILABLE', previousStatus: 'HEALTHY', freshness: 'LIVE' });
    expect(await gateway.metric('gateway_status_service_refused')).toBe(1);
    expect(await gateway.ready()).toEqual({ status: 'ready', statusToken: 'refused' });
    expect(gateway.log()).toContain('INKEEP_STATUS_TOKEN is refused');

    gateway.rights.allow(SERVICE, {});
    await expect.poll(() => gateway.ready(), { timeout: 5_000 }).toEqual({ status: 'ready', statusToken: 'ok' });
    expect(gateway.log()).toContain('INKEEP_STATUS_TOKEN is used for probes again');
    const before = gateway.rights.requests.length;
    await gateway.rights.arrived(SERVICE, 'probe', 3);
    const after = gateway.rights.requests.slice(before).filter(({ operation }) => operation === 'probe');
    expect(after.slice(1).map(({ token }) => token)).toEqual(after.slice(1).map(() => SERVICE));
    gateway.sandbox.inkeep.setMcp('desk', { mode: 'healthy' });
    expect(await ada.next()).toMatchObject({ status: 'HEALTHY', previousStatus: 'UNAVAILABLE' });
    expect(ada.unread).toEqual([]);
  },
);

test('a service credential that is refused from the start makes people probe for themselves', async () => {
  const gateway = await startPeople();
  seedAgent(gateway, 'desk');
  gateway.rights.allow(SERVICE, { status: 401 });
  for (const [, watch] of WATCHES) {
    const ada = await gateway.watch('ada', watch, 'toolId name');
    expect(await ada.next()).toMatchObject({ status: 'HEALTHY', tool: { name: 'desk' } });
  }
  expect(gateway.rights.probers()).toEqual(['ada']);
});

test('queries and mutations never use the service credential', async () => {
  const gateway = await startPeople();
  seedAgent(gateway, 'desk');
  await gateway.query('ada', '{ project(projectId: "lab") { tools { nodes { name status } } } }');
  await gateway.query('ada', 'mutation ($id: ID!) { updateTool(input: { id: $id, name: "x" }) { __typename } }', {
    id: labTools('desk')[0],
  });
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ project(projectId: "lab") { name } }' }),
  });
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  expect(gateway.rights.requests.filter(({ token }) => token === SERVICE)).toEqual([]);
});

test('people’s own probes go on when the service credential fails for another reason', async () => {
  const gateway = await startPeople({ accessMs: 1_000 });
  seedAgent(gateway, 'desk');
  const ada = await gateway.watch('ada', { agent: idOf('Agent', 'lab', 'support') });
  await ada.next();
  gateway.rights.allow(SERVICE, { status: 500 });
  expect(await ada.next()).toMatchObject({ status: 'HEALTHY', freshness: 'STALE' });
  gateway.rights.allow(SERVICE, {});
  expect(await ada.next()).toMatchObject({ status: 'HEALTHY', freshness: 'LIVE' });
  expect(gateway.rights.probers()).toEqual([SERVICE]);
});
