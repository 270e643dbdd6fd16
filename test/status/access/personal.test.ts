import { expect, test } from 'vitest';
import { type PeopleGateway, SERVICE, startPeople } from '../../support/people.js';
import { idOf, labTools } from '../../support/status.js';

const AGENT = { agent: idOf('Agent', 'lab', 'support') };
const PROJECT = { project: idOf('Project', 'lab') };
const WATCHES: readonly (readonly [string, object])[] = [
  ['an agent', AGENT],
  ['a project', PROJECT],
  ['single tools', { tools: labTools('desk', 'mine') }],
];

/** The agent `support` with `desk` and `mine`, whose status depends on the caller. */
function seed({ sandbox: { inkeep } }: PeopleGateway): void {
  inkeep.addTool({ id: 'desk' });
  inkeep.addTool({ id: 'mine', credentialScope: 'user' });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  for (const toolId of ['desk', 'mine']) inkeep.addRelation({ subAgentId: 'triage', toolId });
}

const probesBy = ({ rights }: PeopleGateway, token: string) =>
  rights.requests.filter((one) => one.token === token && one.operation === 'probe').map(({ path }) => path);

test.each(WATCHES)(
  'in %s, only tools with credentialScope user are probed with the credential of the person',
  async (_, watch) => {
    const gateway = await startPeople();
    seed(gateway);
    const [ada, ben] = [await gateway.watch('ada', watch), await gateway.watch('ben', watch)];
    expect(await ada.byTool(2)).toMatchObject({ desk: { status: 'HEALTHY' }, mine: { status: 'HEALTHY' } });
    await ben.byTool(2);
    await gateway.rights.arrived('ada', 'probe', 2);
    for (const token of ['ada', 'ben']) {
      const paths = probesBy(gateway, token);
      expect(paths.length).toBeGreaterThan(0);
      expect(paths.every((path) => path.endsWith('/tools/mine'))).toBe(true);
    }
  },
);

test.each(WATCHES)(
  'in %s, what the service credential finds for a tool of each person is not shown',
  async (_, watch) => {
    const gateway = await startPeople();
    seed(gateway);
    gateway.rights.allow('ada', { probeStatus: 500 });
    const ada = await gateway.watch('ada', watch);
    expect(await ada.byTool(2)).toMatchObject({
      desk: { status: 'HEALTHY', freshness: 'LIVE' },
      mine: { status: 'UNKNOWN', freshness: 'STALE' },
    });
  },
);

test('a tool whose scope becomes user through the gateway is probed by each person from then on', async () => {
  const gateway = await startPeople();
  seed(gateway);
  const ada = await gateway.watch('ada', PROJECT);
  await ada.byTool(2);
  await gateway.query(
    'ada',
    'mutation ($id: ID!) { updateTool(input: { id: $id, credentialScope: "user" }) { __typename } }',
    {
      id: labTools('desk')[0],
    },
  );
  await expect.poll(() => probesBy(gateway, 'ada').some((path) => path.endsWith('/tools/desk'))).toBe(true);
});

test.each(WATCHES)(
  'in %s, tools that the service credential may not see are probed with the credential of the person',
  async (_, watch) => {
    const gateway = await startPeople({ accessMs: 1_000 });
    seed(gateway);
    gateway.rights.allow(SERVICE, { hides: ['mine', 'desk'] });
    const ada = await gateway.watch('ada', watch);
    expect(await ada.byTool(2)).toMatchObject({ desk: { status: 'HEALTHY' }, mine: { status: 'HEALTHY' } });
    gateway.rights.allow(SERVICE, {});
    await expect
      .poll(
        async () => {
          const before = gateway.rights.requests.length;
          await gateway.rights.arrived('ada', 'probe', 2);
          return gateway.rights.requests
            .slice(before)
            .filter(({ token, path }) => token === 'ada' && path.endsWith('/desk')).length;
        },
        { timeout: 10_000 },
      )
      .toBe(0);
    gateway.sandbox.inkeep.setMcp('desk', { mode: 'reset' });
    expect(await ada.next()).toMatchObject({
      tool: { toolId: 'desk' },
      status: 'UNAVAILABLE',
      previousStatus: 'HEALTHY',
    });
  },
);
