import { expect, test } from 'vitest';
import { idOf, labTools, type StatusGateway, startStatus } from '../support/status.js';

/** So long that every event after the first is owed to the mutation. */
const NEVER = { STATUS_INTERVAL_MS: '3600000' };

test('watchers of a deleted tool receive an event at once', async () => {
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

test('all watches of a tool poll at once when it is changed, also those of other callers', async () => {
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

/** Every mutation that makes watches poll, on the tool `desk` and the sub-agent `triage`. */
const WRITES: readonly (readonly [string, string])[] = [
  ['updateTool', `updateTool(input: { id: "${labTools('desk')[0]}", name: "Help desk" })`],
  ['deleteTool', `deleteTool(input: { id: "${labTools('desk')[0]}" })`],
  [
    'createTool',
    `createTool(input: { project: "${idOf('Project', 'lab')}", name: "Wiki", config: { url: "https://mcp.example.com" } })`,
  ],
  [
    'attachToolToSubAgent',
    `attachToolToSubAgent(input: { subAgent: "${subAgentId()}", tool: "${labTools('wiki')[0]}" })`,
  ],
  [
    'detachToolFromSubAgent',
    `detachToolFromSubAgent(input: { pair: { subAgent: "${subAgentId()}", tool: "${labTools('mail')[0]}" } })`,
  ],
];

async function watchAll(gateway: StatusGateway): Promise<void> {
  seedAgent(gateway);
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const watches = [
    { tools: labTools('desk', 'mail') },
    { agent: idOf('Agent', 'lab', 'support') },
    { project: idOf('Project', 'lab') },
  ];
  for (const watch of watches) await (await gateway.subscribe(watch)).next();
  await expect.poll(() => gateway.sandbox.inkeep.requests.every(({ status }) => status !== undefined)).toBe(true);
  gateway.forget();
}

/** Polls by the watchers, who have no credential of their own in the sandbox. A poll would begin within the tick of the answer. */
const polls = ({ sandbox }: StatusGateway): readonly string[] =>
  sandbox.inkeep.requests
    .filter(({ method, headers }) => method === 'GET' && !/forbidden|expired/.test(String(headers.authorization)))
    .map(({ operation }) => operation);

test.each(WRITES)('%s makes no watch poll if the upstream refuses the credential', async (_, field) => {
  const gateway = await startStatus({}, NEVER);
  await watchAll(gateway);
  for (const authorization of ['Bearer forbidden', 'Bearer expired', 'Basic x', 'Bearer forbidden']) {
    await gateway.query(`mutation { ${field} { __typename } }`, {}, { authorization });
  }
  await gateway.query('{ project(projectId: "lab") { name } }', {}, { authorization: 'Bearer forbidden' });
  expect(polls(gateway)).toEqual([]);
});

test.each([
  ['a tool that does not exist', `deleteTool(input: { id: "${labTools('nothing')[0]}" })`],
  ['an input that the gateway refuses', `updateTool(input: { id: "${labTools('desk')[0]}", name: "" })`],
  [
    'a relation that is as it should be',
    `attachToolToSubAgent(input: { subAgent: "${subAgentId()}", tool: "${labTools('mail')[0]}" })`,
  ],
])('a mutation of %s makes no watch poll', async (_, field) => {
  const gateway = await startStatus({}, NEVER);
  await watchAll(gateway);
  await gateway.query(`mutation { ${field} { __typename } }`, {}, { authorization: 'Bearer other' });
  const own = gateway.sandbox.inkeep.requests.filter(({ headers }) => headers.authorization !== 'Bearer other');
  expect(own).toEqual([]);
});

test('watches poll after a write whose outcome is unknown', async () => {
  const gateway = await startStatus({}, NEVER);
  await watchAll(gateway);
  gateway.sandbox.inkeep.fault({ kind: 'reset', operation: 'update-tool' });
  const polled = gateway.asked('get-tool', 1);
  const { errors } = await gateway.query(`mutation { ${WRITES[0]?.[1]} { __typename } }`);
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  await polled;
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

test('a tool that is changed while its first poll waits for a slot is polled after the change', async () => {
  const gateway = await startStatus({}, { ...NEVER, INKEEP_MAX_PROBES: '4' });
  const { inkeep } = gateway.sandbox;
  // Two places for watches: the poll of all has one and the single poll of `slow` the other; `desk` is the last that waits.
  inkeep.addTool({ id: 'desk' });
  inkeep.addTool({ id: 'wiki' });
  inkeep.addTool({ id: 'mail' });
  inkeep.addTool({ id: 'slow', mcp: { mode: 'healthy', delayMs: 1_000 } });
  const isSlowPolled = gateway.asked('get-tool', 1);
  const stream = await gateway.subscribe({ project: idOf('Project', 'lab') });
  await isSlowPolled;
  await gateway.query('mutation ($id: ID!) { updateTool(input: { id: $id, name: "Help desk" }) { __typename } }', {
    id: labTools('desk')[0],
  });
  await stream.byTool(4);
  await expect
    .poll(() => inkeep.requests.some(({ method, path }) => method === 'GET' && path.endsWith('/desk')))
    .toBe(true);
});

test('the answer of a poll that began before a tool was deleted does not bring it back', async () => {
  const gateway = await startStatus({}, { STATUS_INTERVAL_MS: '1000' });
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'wiki', mcp: { mode: 'healthy', delayMs: 500 } });
  inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe({ project: idOf('Project', 'lab') });
  await stream.byTool(2);
  await gateway.asked('list-tools', 1);
  const input = { id: labTools('desk')[0] };
  const remove = 'mutation ($input: DeleteToolInput!) { deleteTool(input: $input) { __typename } }';
  expect(await gateway.query(remove, { input })).toMatchObject({ data: { deleteTool: {} } });
  expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, removed: true });
  await gateway.asked('list-tools', 2);
  expect(stream.unread).toEqual([]);
});
