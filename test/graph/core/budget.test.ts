import { expect, test } from 'vitest';
import { startGateway } from '../../support/gateway.js';

test('an operation at its limit of calls fails only the fields that need more', async () => {
  const gateway = await startGateway({}, { MAX_UPSTREAM_CALLS: '3' });
  const { data, errors } = await gateway.query(`{
    project(projectId: "support-desk") { name agents(first: 1) { totalCount } }
    voiceAgents(first: 4) { nodes { name agentTools { toolName } } }
  }`);
  expect(data.project).toEqual({ name: 'Support desk', agents: { totalCount: 3 } });
  expect(data.voiceAgents.nodes).toEqual([
    { name: 'Front desk', agentTools: null },
    { name: 'Refills', agentTools: null },
    { name: 'After hours', agentTools: null },
    { name: 'Billing questions', agentTools: null },
  ]);
  expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions])).toEqual(
    [0, 1, 2, 3].map((n) => [`voiceAgents.nodes.${n}.agentTools`, { code: 'UPSTREAM_BUDGET_EXCEEDED' }]),
  );
  expect(gateway.sandbox.inkeep.count() + gateway.sandbox.kataven.count()).toBe(3);
});

test('the error has the number of calls that are allowed', async () => {
  const gateway = await startGateway({}, { MAX_UPSTREAM_CALLS: '1' });
  const { errors } = await gateway.query('{ projects { totalCount } voiceAgents { totalCount } }');
  expect(errors?.map(({ message }) => message)).toEqual([
    'This operation needs more than 1 upstream calls. Request less in one operation.',
  ]);
});

test('an operation that needs exactly the allowed number of calls has no error', async () => {
  const gateway = await startGateway({}, { MAX_UPSTREAM_CALLS: '5' });
  const { data, errors } = await gateway.query('{ voiceAgents(first: 4) { nodes { agentTools { toolName } } } }');
  expect(errors).toBeUndefined();
  expect(data.voiceAgents.nodes.every((node: { agentTools: unknown[] }) => node.agentTools.length > 0)).toBe(true);
  expect(gateway.sandbox.kataven.count()).toBe(5);
});

test('a hundred aliases of one field make one call', async () => {
  const gateway = await startGateway({}, { MAX_UPSTREAM_CALLS: '1' });
  const aliases = Array.from({ length: 100 }, (_, n) => `a${n}: project(projectId: "support-desk") { name }`);
  const { errors } = await gateway.query(`{ ${aliases.join(' ')} }`);
  expect(errors).toBeUndefined();
  expect(gateway.sandbox.inkeep.count()).toBe(1);
});

test('each operation has its own limit of calls', async () => {
  const gateway = await startGateway({}, { MAX_UPSTREAM_CALLS: '1' });
  for (let n = 0; n < 3; n++) {
    const { errors } = await gateway.query('{ projects { totalCount } }');
    expect(errors).toBeUndefined();
  }
});
