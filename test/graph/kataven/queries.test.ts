import { expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';

const FRONT_DESK = 'agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6A';
const REFILLS = 'agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6B';
const AFTER_HOURS = 'agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6C';

function operations(gateway: TestGateway): string[] {
  return gateway.sandbox.kataven.requests.map(({ operation }) => operation);
}

/** 230 tools, `tool_000` to `tool_229`, every third of category `billing` and every second of type `http`. */
async function startCatalogue(): Promise<TestGateway> {
  const gateway = await startGateway({ story: false });
  for (let n = 0; n < 230; n++) {
    gateway.sandbox.kataven.addTool({
      name: `tool_${String(n).padStart(3, '0')}`,
      category: n % 3 === 0 ? 'billing' : 'custom',
      implementation_type: n % 2 === 0 ? 'http' : 'python',
    });
  }
  return gateway;
}

const ROWS = [
  { agent_id: FRONT_DESK, tool_name: 'end_call', config: { beep: true }, enabled: true },
  { agent_id: FRONT_DESK, tool_name: 'send_sms', config: {}, enabled: false },
];

test.each([
  ['bare', ROWS],
  ['inside `tools`', { tools: ROWS }],
])('reads tool rows that are %s', async (_how, body) => {
  const gateway = await startGateway();
  gateway.sandbox.kataven.fault({ kind: 'status', status: 200, operation: 'list-agent-tools', body });
  const { data, errors } = await gateway.query(
    `{ voiceAgent(agentId: "${FRONT_DESK}") { agentTools { toolName enabled config } } }`,
  );
  expect(errors).toBeUndefined();
  expect(data.voiceAgent.agentTools).toEqual([
    { toolName: 'end_call', enabled: true, config: { beep: true } },
    { toolName: 'send_sms', enabled: false, config: {} },
  ]);
});

test('a row with only a name is enabled and has no settings', async () => {
  const gateway = await startGateway();
  const body = [{ tool_name: 'end_call' }];
  gateway.sandbox.kataven.fault({ kind: 'status', status: 200, operation: 'list-agent-tools', body });
  const { data } = await gateway.query(
    `{ voiceAgent(agentId: "${FRONT_DESK}") { agentTools { toolName enabled config } } }`,
  );
  expect(data.voiceAgent.agentTools).toEqual([{ toolName: 'end_call', enabled: true, config: {} }]);
});

test('reads any window of voice agents with one call', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(`{
    all: voiceAgents { totalCount nodes { name } }
    last: voiceAgents(last: 2) { nodes { name } pageInfo { hasNextPage hasPreviousPage } }
  }`);
  const names = ['Front desk', 'Refills', 'After hours', 'Billing questions', 'Referrals', 'Recepción'];
  expect(data).toEqual({
    all: { totalCount: 6, nodes: names.map((name) => ({ name })) },
    last: {
      nodes: [{ name: 'Referrals' }, { name: 'Recepción' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    },
  });
  expect(operations(gateway)).toEqual(['list-agents']);
});

test('reads one voice agent with one call', async () => {
  const gateway = await startGateway();
  await gateway.query(`{ voiceAgent(agentId: "${FRONT_DESK}") { name status } }`);
  expect(operations(gateway)).toEqual(['get-agent']);
});

test('reads three voice agents by id with one call', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(`{
    a: voiceAgent(agentId: "${AFTER_HOURS}") { name }
    b: voiceAgent(agentId: "${FRONT_DESK}") { name }
    c: voiceAgent(agentId: "${REFILLS}") { name }
  }`);
  expect(data).toEqual({ a: { name: 'After hours' }, b: { name: 'Front desk' }, c: { name: 'Refills' } });
  expect(operations(gateway)).toEqual(['list-agents']);
});

test('a voice agent that is not on the list is null only after its own call', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(
    `{ a: voiceAgent(agentId: "${FRONT_DESK}") { name } b: voiceAgent(agentId: "gone") { name } }`,
  );
  expect({ data, errors }).toEqual({ data: { a: { name: 'Front desk' }, b: null }, errors: undefined });
  expect(operations(gateway)).toEqual(['list-agents', 'get-agent']);
});

test('the agent of its tool rows needs no further call', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(`{ voiceAgent(agentId: "${REFILLS}") { agentTools { agent { id name } } } }`);
  expect(data.voiceAgent.agentTools).toHaveLength(5);
  expect(data.voiceAgent.agentTools[0].agent.name).toBe('Refills');
  expect(operations(gateway).sort()).toEqual(['get-agent', 'list-agent-tools']);
});

test('reads the tools of all voice agents from one list of the account', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(
    '{ voiceAgents { nodes { name agentTools { toolName tool { name displayName } } } } }',
  );
  expect(errors).toBeUndefined();
  const rows = data.voiceAgents.nodes.flatMap(
    (agent: { agentTools: { toolName: string; tool: { name: string } }[] }) => agent.agentTools,
  );
  expect(rows).toHaveLength(27);
  for (const row of rows) expect(row.tool.name).toBe(row.toolName);
  const counts = gateway.sandbox.kataven;
  expect([counts.count('list-agents'), counts.count('list-agent-tools'), counts.count('list-tools')]).toEqual([
    1, 6, 1,
  ]);
  expect(counts.count('get-tool')).toBe(0);
});

test('a row that names an unknown tool has a null tool', async () => {
  const gateway = await startGateway();
  gateway.sandbox.kataven.addAgent({ id: 'agent_new' });
  gateway.sandbox.kataven.addRow({ agent_id: 'agent_new', tool_name: 'long_gone' });
  const { data, errors } = await gateway.query(
    '{ voiceAgent(agentId: "agent_new") { agentTools { toolName tool { name } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.voiceAgent.agentTools).toEqual([{ toolName: 'long_gone', tool: null }]);
});

test('finds a voice tool by its id and by its name, with the same global id', async () => {
  const gateway = await startGateway();
  const { data: byName } = await gateway.query('{ voiceTool(idOrName: "take_message") { id toolId name } }');
  const { data: byId } = await gateway.query('query ($id: String!) { voiceTool(idOrName: $id) { id toolId name } }', {
    id: byName.voiceTool.toolId,
  });
  expect(byId).toEqual(byName);
  expect(operations(gateway)).toEqual(['get-tool', 'get-tool']);
});

test('reads voice tools by ids and names from one list of the account', async () => {
  const gateway = await startGateway();
  const { data: found } = await gateway.query('{ voiceTool(idOrName: "take_message") { toolId } }');
  gateway.sandbox.kataven.reset();
  const { data } = await gateway.query(
    'query ($id: String!) { a: voiceTool(idOrName: $id) { name } b: voiceTool(idOrName: "end_call") { name } }',
    { id: found.voiceTool.toolId },
  );
  expect(data).toEqual({ a: { name: 'take_message' }, b: { name: 'end_call' } });
  expect(operations(gateway)).toEqual(['list-tools']);
});

test('a global id made from the name of a tool finds nothing', async () => {
  const gateway = await startGateway();
  const id = Buffer.from('VoiceTool:take_message').toString('base64url');
  const { data, errors } = await gateway.query('query ($id: ID!) { node(id: $id) { id } }', { id });
  expect({ data, errors }).toEqual({ data: { node: null }, errors: undefined });
});

test('pages of 70 have every voice tool once', async () => {
  const gateway = await startCatalogue();
  const names: string[] = [];
  for (let after = ''; ; ) {
    const { data } = await gateway.query(
      `{ voiceTools(first: 70${after}) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }`,
    );
    expect(data.voiceTools.totalCount).toBe(230);
    names.push(...data.voiceTools.nodes.map(({ name }: { name: string }) => name));
    if (!data.voiceTools.pageInfo.hasNextPage) break;
    after = `, after: "${data.voiceTools.pageInfo.endCursor}"`;
  }
  expect(names).toEqual(Array.from({ length: 230 }, (_, n) => `tool_${String(n).padStart(3, '0')}`));
  expect(gateway.sandbox.kataven.requests.map(({ query }) => [query.offset, query.limit])).toEqual([
    ['0', '70'],
    ['70', '70'],
    ['140', '70'],
    ['210', '70'],
  ]);
});

test('returns the last voice tools in the order of the upstream', async () => {
  const gateway = await startCatalogue();
  const { data } = await gateway.query('{ voiceTools(last: 3) { nodes { name } pageInfo { hasPreviousPage } } }');
  expect(data.voiceTools).toEqual({
    nodes: [{ name: 'tool_227' }, { name: 'tool_228' }, { name: 'tool_229' }],
    pageInfo: { hasPreviousPage: true },
  });
});

test('passes filters of voice tools to the upstream, and counts the matches', async () => {
  const gateway = await startCatalogue();
  const { data } = await gateway.query(
    '{ voiceTools(category: "billing", implementationType: "http", search: "tool_00", first: 5) { totalCount nodes { name } } }',
  );
  expect(data.voiceTools).toEqual({ totalCount: 2, nodes: [{ name: 'tool_000' }, { name: 'tool_006' }] });
  expect(gateway.sandbox.kataven.requests.map(({ query }) => query)).toEqual([
    { category: 'billing', type: 'http', search: 'tool_00', limit: '5', offset: '0' },
  ]);
});

test('does not send filters that are null or left out', async () => {
  const gateway = await startCatalogue();
  await gateway.query('{ voiceTools(category: null, first: 5) { totalCount } }');
  expect(gateway.sandbox.kataven.requests.map(({ query }) => query)).toEqual([{ limit: '5', offset: '0' }]);
});

test('the rate limit of an account is an error only on the fields beyond it', async () => {
  const gateway = await startGateway({ katavenPerMinute: 3 });
  const { data, errors } = await gateway.query('{ voiceAgents(first: 4) { nodes { name agentTools { toolName } } } }');
  expect(data.voiceAgents.nodes.filter((agent: { agentTools: unknown }) => agent.agentTools)).toHaveLength(2);
  expect(errors).toHaveLength(2);
  for (const error of errors ?? []) {
    expect(error.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
  }
});

/** An account of 5,000 tools, `tool_0000` to `tool_4999`, with the quota that the service gives. */
async function startLargeAccount(): Promise<TestGateway> {
  const gateway = await startGateway({ story: false, katavenPerMinute: 60 });
  for (let n = 0; n < 5_000; n++) gateway.sandbox.kataven.addTool({ name: `tool_${String(n).padStart(4, '0')}` });
  return gateway;
}

test('reads two of 5,000 voice tools with three calls', async () => {
  const gateway = await startLargeAccount();
  const { data, errors } = await gateway.query(
    '{ a: voiceTool(idOrName: "tool_2500") { name } b: voiceTool(idOrName: "tool_4999") { name } }',
  );
  expect(errors).toBeUndefined();
  expect(data).toEqual({ a: { name: 'tool_2500' }, b: { name: 'tool_4999' } });
  expect(operations(gateway).sort()).toEqual(['get-tool', 'get-tool', 'list-tools']);
});

test('reads 40 of 5,000 tools for twelve voice agents within the rate limit of a minute', async () => {
  const gateway = await startLargeAccount();
  const { kataven } = gateway.sandbox;
  for (let agent = 0; agent < 12; agent++) kataven.addAgent({ id: `agent_${agent}` });
  for (let n = 0; n < 40; n++) {
    kataven.addRow({ agent_id: `agent_${n % 12}`, tool_name: `tool_${String(n * 120).padStart(4, '0')}` });
  }
  const { data, errors } = await gateway.query('{ voiceAgents { nodes { agentTools { toolName tool { name } } } } }');
  expect(errors).toBeUndefined();
  const rows: { toolName: string; tool: { name: string } }[] = data.voiceAgents.nodes.flatMap(
    (agent: { agentTools: object[] }) => agent.agentTools,
  );
  expect(rows).toHaveLength(40);
  for (const { toolName, tool } of rows) expect(tool.name).toBe(toolName);
  expect(kataven.count()).toBeLessThan(60);
});

test('reads further pages of voice tools while they can save as many calls as they cost', async () => {
  const gateway = await startCatalogue();
  const { data, errors } = await gateway.query(`{
    a: voiceTool(idOrName: "tool_001") { name }
    b: voiceTool(idOrName: "tool_101") { name }
    c: voiceTool(idOrName: "tool_201") { name }
  }`);
  expect(errors).toBeUndefined();
  expect(data).toEqual({ a: { name: 'tool_001' }, b: { name: 'tool_101' }, c: { name: 'tool_201' } });
  expect(operations(gateway)).toEqual(['list-tools', 'list-tools', 'list-tools']);
});

test('a failing page of voice tools does not affect other pages, and its tools are not requested one by one', async () => {
  const gateway = await startCatalogue();
  gateway.sandbox.kataven.fault({ kind: 'status', status: 429, match: 'offset=100', count: 9 });
  const { data, errors } = await gateway.query(`{
    a: voiceTool(idOrName: "tool_001") { name }
    b: voiceTool(idOrName: "tool_101") { name }
    c: voiceTool(idOrName: "tool_102") { name }
    d: voiceTool(idOrName: "tool_201") { name }
  }`);
  expect(data).toEqual({ a: { name: 'tool_001' }, b: null, c: null, d: { name: 'tool_201' } });
  expect(errors?.map(({ path, extensions }) => [path?.[0], extensions.code])).toEqual([
    ['b', 'RATE_LIMITED'],
    ['c', 'RATE_LIMITED'],
  ]);
  expect(operations(gateway)).not.toContain('get-tool');
});

test('counts voice tools from a list as one key each', async () => {
  const gateway = await startCatalogue();
  const { extensions } = await gateway.query(
    '{ a: voiceTool(idOrName: "tool_001") { name } b: voiceTool(idOrName: "tool_002") { name } c: voiceTool(idOrName: "none") { name } }',
  );
  expect(extensions.upstream.details.map(({ operation, keys }) => [operation, keys])).toEqual([
    ['list-tools', 2],
    ['get-tool', 1],
  ]);
});
