import { expect, test } from 'vitest';
import { limitsWith, startGateway } from '../../../support/gateway.js';

test('a list by status waits for a page with a hanging tool, and probes no server twice', async () => {
  const upstream = limitsWith({
    patienceMs: 200,
    wholePagePatienceMs: 5_000,
    probeDeadlineMs: 6_000,
    operationDeadlineMs: 6_500,
  });
  const gateway = await startGateway({ story: false, discoveryMs: 0, hangMs: 600 }, {}, { limits: { upstream } });
  const counts = { tools: 130, agents: 0, subAgentsPerAgent: 0, relationsPerAgent: 0 };
  gateway.sandbox.inkeep.seedGrid({ tenantId: 'default', projectId: 'grid', ...counts });
  gateway.sandbox.inkeep.setMcp('tool-120', { mode: 'hang' });
  gateway.sandbox.inkeep.setMcp('tool-007', { mode: 'reset' });
  const { data, errors } = await gateway.query(
    '{ project(projectId: "grid") { tools(status: [UNAVAILABLE], first: 50) { nodes { toolId } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.project.tools.nodes).toEqual([{ toolId: 'tool-120' }, { toolId: 'tool-007' }]);
  expect(gateway.calls()).toEqual({ 'get-project-by-id': 1, 'list-tools': 2 });
});
