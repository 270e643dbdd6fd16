import { expect, test } from 'vitest';
import { startGateway } from '../../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');
test('a write whose answer arrives too slowly to be read is not reported as failed', async () => {
  const gateway = await startGateway({ story: false }, {}, { limits: { upstream: { plainDeadlineMs: 500 } } });
  const { inkeep } = gateway.sandbox;
  inkeep.addProject({ id: 'shop' });
  inkeep.addAgent({ id: 'helper' });
  inkeep.addSubAgent({ id: 'front' });
  inkeep.addTool({ id: 'search', name: 'Search', description: 'Finds things' });
  inkeep.fault({ kind: 'slow', bodyMs: 2_000, operation: 'create-subagent-tool-relation' });
  const { data, errors } = await gateway.query(
    `mutation { attachToolToSubAgent(input: { subAgent: "${id('SubAgent:default/shop/helper/front')}", tool: "${id('Tool:default/shop/search')}"}) { ... on AttachToolToSubAgentPayload { outcome relation { relationId } } } }`,
  );
  expect(errors).toBeUndefined();
  expect(data.attachToolToSubAgent).toEqual({ outcome: 'CREATED', relation: { relationId: expect.any(String) } });
});
