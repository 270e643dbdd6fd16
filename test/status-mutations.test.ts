import { expect, test } from 'vitest';
import { idOf, labTools, type StatusGateway, startStatus } from './support/status.js';

/** So long that every event after the first is owed to the mutation. */
const NEVER = { STATUS_INTERVAL_MS: '3600000' };

test('deleting a tool tells its watchers at once', async () => {
  const gateway = await startStatus({}, NEVER);
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe({ tools: labTools('desk') });
  await stream.next();
  await gateway.query('mutation ($id: ID!) { deleteTool(input: { id: $id }) { __typename } }', {
    id: labTools('desk')[0],
  });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, removed: true });
  await stream.completed();
});

test('changing a tool makes its watchers look at once, those of other callers too', async () => {
  const gateway = await startStatus({}, NEVER);
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const streams = await Promise.all(
    ['Bearer ada', 'Bearer ben'].map((authorization) =>
      gateway.subscribe({ tools: labTools('desk') }, { headers: { authorization } }),
    ),
  );
  await Promise.all(streams.map((stream) => stream.next()));
  gateway.sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  await gateway.query(
    'mutation ($id: ID!) { updateTool(input: { id: $id, name: "Help desk" }) { __typename } }',
    { id: labTools('desk')[0] },
    { authorization: 'Bearer ada' },
  );
  for (const stream of streams) expect(await stream.next()).toMatchObject({ status: 'NEEDS_AUTH' });
});

test('a new tool joins the watch of its project at once', async () => {
  const gateway = await startStatus({}, NEVER);
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe({ project: idOf('Project', 'lab') });
  await stream.next();
  await gateway.query(
    `mutation ($project: ID!) {
      createTool(input: { project: $project, toolId: "wiki", name: "Wiki", config: { url: "https://mcp.example.com/wiki" } }) {
        __typename
      }
    }`,
    { project: idOf('Project', 'lab') },
  );
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'wiki' }, previousStatus: null });
});

test('an attached tool joins the watch of its agent at once', async () => {
  const gateway = await startStatus({}, NEVER);
  seedAgent(gateway);
  const stream = await gateway.subscribe({ agent: idOf('Agent', 'lab', 'support') });
  await stream.next();
  await gateway.query(
    'mutation ($subAgent: ID!, $tool: ID!) { attachToolToSubAgent(input: { subAgent: $subAgent, tool: $tool }) { __typename } }',
    { subAgent: subAgentId(), tool: labTools('wiki')[0] },
  );
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'wiki' }, previousStatus: null });
});

function subAgentId(): string {
  return Buffer.from('SubAgent:default/lab/support/triage').toString('base64url');
}

/** The agent `support` with the tool `mail`; `wiki` is there and not attached. */
function seedAgent({ sandbox: { inkeep } }: StatusGateway): void {
  inkeep.addTool({ id: 'mail' });
  inkeep.addTool({ id: 'wiki' });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'mail' });
}
