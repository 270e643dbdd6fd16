import { expect, test } from 'vitest';
import { startGateway } from '../../../support/gateway.js';

test('a document that is sent many times is prefetched with the variables of each request', async () => {
  const gateway = await startGateway();
  const query = `query ($first: Int!) {
    agent(projectId: "support-desk", agentId: "triage") { subAgents(first: $first) { nodes { subAgentId } } }
  }`;
  for (const first of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const { errors, extensions } = await gateway.query(query, { first });
    expect(errors).toBeUndefined();
    expect(extensions.upstream.calls).toBe(2);
  }
});
