import { describe, expect, test } from 'vitest';
import type { FaultInput } from '../../../../src/sandbox/traffic/faults.js';
import { startGateway } from '../../../support/gateway.js';

/** Fields of both upstreams, and a sibling of each that needs another call. */
const INKEEP = `{
  project(projectId: "support-desk") { projectId agents(first: 1) { totalCount } tools(first: 1) { totalCount } }
  voiceAgent(agentId: "agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6A") { name }
}`;
const KATAVEN = `{
  voiceAgent(agentId: "agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6A") { name agentTools { toolName } }
  voiceTool(idOrName: "take_message") { name }
  project(projectId: "support-desk") { name }
}`;

interface Failure {
  readonly cause: string;
  readonly fault: Omit<FaultInput, 'operation'>;
  readonly code: string;
  readonly status?: number;
  readonly retryAfter?: number;
}

/** Neither `headers` nor the body of a fault, which has a secret and an address, may reach the client. */
function answered(status: number, headers: Record<string, string> = {}): FaultInput {
  const body = { detail: 'SECRET at http://10.0.0.7:50051/internal', error: { code: 'internal_server_error' } };
  return { kind: 'status', status, headers, body, count: 9 };
}

const FAILURES: Failure[] = [
  { cause: '400', fault: answered(400), code: 'BAD_USER_INPUT', status: 400 },
  { cause: '401', fault: answered(401), code: 'UNAUTHENTICATED', status: 401 },
  { cause: '403', fault: answered(403), code: 'FORBIDDEN', status: 403 },
  { cause: '409', fault: answered(409), code: 'BAD_USER_INPUT', status: 409 },
  { cause: '422', fault: answered(422), code: 'BAD_USER_INPUT', status: 422 },
  {
    cause: '429 with a time',
    fault: answered(429, { 'retry-after': '7' }),
    code: 'RATE_LIMITED',
    status: 429,
    retryAfter: 7,
  },
  { cause: '429 without a time', fault: answered(429), code: 'RATE_LIMITED', status: 429 },
  { cause: '500', fault: answered(500), code: 'UPSTREAM_UNAVAILABLE', status: 500 },
  {
    cause: '503 with a time',
    fault: answered(503, { 'retry-after': '9' }),
    code: 'UPSTREAM_UNAVAILABLE',
    status: 503,
    retryAfter: 9,
  },
  { cause: 'a page of a proxy', fault: { kind: 'html', count: 9 }, code: 'UPSTREAM_UNAVAILABLE', status: 502 },
  { cause: 'a reset connection', fault: { kind: 'reset', count: 9 }, code: 'UPSTREAM_UNAVAILABLE' },
  { cause: 'an answer cut short', fault: { kind: 'truncate', count: 9 }, code: 'UPSTREAM_UNAVAILABLE', status: 200 },
  { cause: 'malformed JSON', fault: { kind: 'badjson', count: 9 }, code: 'UPSTREAM_BAD_RESPONSE', status: 200 },
  {
    cause: 'an answer too big',
    fault: { kind: 'huge', megabytes: 6, count: 9 },
    code: 'UPSTREAM_BAD_RESPONSE',
    status: 200,
  },
  {
    cause: 'a redirect',
    fault: answered(302, { location: 'http://elsewhere.example/' }),
    code: 'UPSTREAM_BAD_RESPONSE',
    status: 302,
  },
  {
    cause: 'another shape',
    fault: { kind: 'status', status: 200, body: { data: 'SECRET' }, count: 9 },
    code: 'UPSTREAM_BAD_RESPONSE',
    status: 200,
  },
  {
    cause: 'HTML with status 200',
    fault: { kind: 'status', status: 200, body: '<b>SECRET</b>', headers: { 'content-type': 'text/html' }, count: 9 },
    code: 'UPSTREAM_BAD_RESPONSE',
    status: 200,
  },
];

/** Texts that no response may have: bodies, hosts, ports and paths of the upstream. */
const SECRETS = /SECRET|10\.0\.0\.7|elsewhere|127\.0\.0\.1|localhost|https?:|\/manage|\/tenants|\/v1|Bearer|sk_live/;

function upstreamOf(error: { extensions?: Record<string, unknown> } | undefined) {
  const { requestId: _, ...upstream } = (error?.extensions?.upstream ?? {}) as Record<string, unknown>;
  return upstream;
}

describe.each(FAILURES)('$cause', ({ fault, code, status, retryAfter }) => {
  const seen = status === undefined ? {} : { status };

  test(`is ${code} on the Inkeep field that needs it, and on no other field`, async () => {
    const gateway = await startGateway();
    gateway.sandbox.inkeep.fault({ ...fault, operation: 'list-agents' });
    const { data, errors } = await gateway.query(INKEEP);
    expect(data).toEqual({
      project: { projectId: 'support-desk', agents: null, tools: { totalCount: 26 } },
      voiceAgent: { name: 'Front desk' },
    });
    expect(errors).toMatchObject([{ path: ['project', 'agents'], extensions: { code } }]);
    expect(upstreamOf(errors?.[0])).toEqual({ service: 'inkeep', operation: 'list-agents', ...seen });
    expect(errors?.[0]?.extensions?.retryAfter).toBe(retryAfter);
    expect(JSON.stringify(errors)).not.toMatch(SECRETS);
  });

  test(`is ${code} on the Kataven field that needs it, and on no other field`, async () => {
    const gateway = await startGateway();
    gateway.sandbox.kataven.fault({ ...fault, operation: 'list-agent-tools' });
    const { data, errors } = await gateway.query(KATAVEN);
    expect(data).toEqual({
      voiceAgent: { name: 'Front desk', agentTools: null },
      voiceTool: { name: 'take_message' },
      project: { name: 'Support desk' },
    });
    expect(errors).toMatchObject([{ path: ['voiceAgent', 'agentTools'], extensions: { code } }]);
    expect(upstreamOf(errors?.[0])).toEqual({ service: 'kataven', operation: 'list-agent-tools', ...seen });
    expect(errors?.[0]?.extensions?.retryAfter).toBe(retryAfter);
    expect(JSON.stringify(errors)).not.toMatch(SECRETS);
  });
});

test.each([
  ['inkeep', { project: { name: 'Support desk', agents: null }, voiceAgents: { totalCount: 6 } }],
  ['kataven', { project: { name: 'Support desk', agents: { totalCount: 3 } }, voiceAgents: null }],
] as const)('a timeout of %s is UPSTREAM_TIMEOUT, and other fields are returned', async (service, rest) => {
  const gateway = await startGateway({}, {}, { limits: { upstream: { plainDeadlineMs: 500 } } });
  gateway.sandbox[service].fault({ kind: 'hang', count: 9, operation: 'list-agents' });
  const { data, errors } = await gateway.query(
    '{ project(projectId: "support-desk") { name agents { totalCount } } voiceAgents { totalCount } }',
  );
  expect(data).toEqual(rest);
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TIMEOUT', upstream: { service } } }]);
});

test('the error has the request id of the upstream', async () => {
  const gateway = await startGateway();
  const headers = { 'x-request-id': 'req-42' };
  gateway.sandbox.kataven.fault({ kind: 'status', status: 403, operation: 'get-agent', headers });
  const { errors } = await gateway.query('{ voiceAgent(agentId: "any") { name } }');
  expect(errors?.[0]?.extensions).toEqual({
    code: 'FORBIDDEN',
    upstream: { service: 'kataven', operation: 'get-agent', status: 403, requestId: 'req-42' },
  });
});

test.each([
  ['project', 'project(projectId: "gone") { name agents { totalCount } }'],
  ['agent', 'agent(projectId: "support-desk", agentId: "gone") { name tools { totalCount } }'],
  ['agent of no project', 'agent(projectId: "gone", agentId: "triage") { name subAgents { totalCount } }'],
  ['sub-agent', 'subAgent(projectId: "support-desk", agentId: "triage", subAgentId: "gone") { name }'],
  ['tool', 'tool(projectId: "support-desk", toolId: "gone") { name }'],
  ['live tool', 'tool(projectId: "support-desk", toolId: "gone") { name status }'],
  ['tool of no project', 'tool(projectId: "gone", toolId: "zendesk") { name }'],
  ['relation', 'subAgentToolRelation(projectId: "support-desk", agentId: "triage", relationId: "gone") { toolId }'],
  ['voice agent', 'voiceAgent(agentId: "gone") { name agentTools { toolName } }'],
  ['voice tool', 'voiceTool(idOrName: "gone") { name }'],
])('a %s that does not exist is null, without an error', async (_what, field) => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(`{ it: ${field} }`);
  expect({ data, errors }).toEqual({ data: { it: null }, errors: undefined });
});

test('a missing user credential of a tool is null, without an error', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(
    '{ tool(projectId: "support-desk", toolId: "zendesk") { name userCredential { name } } }',
  );
  expect({ data, errors }).toEqual({ data: { tool: { name: 'Zendesk', userCredential: null } }, errors: undefined });
});

test.each([
  ['get-project-by-id', 'project(projectId: "support-desk") { name }'],
  ['get-agent', 'agent(projectId: "support-desk", agentId: "triage") { name }'],
  ['get-subagent-by-id', 'subAgent(projectId: "support-desk", agentId: "triage", subAgentId: "router") { name }'],
  ['get-tool', 'tool(projectId: "support-desk", toolId: "zendesk") { toolId status }'],
])('an Inkeep %s that returns another id is UPSTREAM_BAD_RESPONSE', async (operation, field) => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.fault({ kind: 'wrongid', operation, count: 9 });
  const { errors } = await gateway.query(`{ ${field} }`);
  expect(errors).toMatchObject([
    { extensions: { code: 'UPSTREAM_BAD_RESPONSE', upstream: { service: 'inkeep', operation, status: 200 } } },
  ]);
});

test('a relation with another id is UPSTREAM_BAD_RESPONSE', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(
    '{ agent(projectId: "support-desk", agentId: "triage") { toolRelations(first: 1) { nodes { relationId } } } }',
  );
  gateway.sandbox.inkeep.fault({ kind: 'wrongid', operation: 'get-subagent-tool-relation' });
  const { errors } = await gateway.query(
    'query ($id: String!) { subAgentToolRelation(projectId: "support-desk", agentId: "triage", relationId: $id) { toolId } }',
    { id: data.agent.toolRelations.nodes[0].relationId },
  );
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }]);
});

test('a user credential of another tool is UPSTREAM_BAD_RESPONSE', async () => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.fault({
    kind: 'status',
    status: 200,
    operation: 'get-user-credential-for-tool',
    body: { data: { id: 'c-1', name: 'Somebody’s', type: 'memory', toolId: 'slack' } },
  });
  const { data, errors } = await gateway.query(
    '{ tool(projectId: "support-desk", toolId: "zendesk") { name userCredential { name } } }',
  );
  expect(data.tool).toEqual({ name: 'Zendesk', userCredential: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }]);
});

test('a voice agent with another id is UPSTREAM_BAD_RESPONSE', async () => {
  const gateway = await startGateway();
  gateway.sandbox.kataven.fault({ kind: 'wrongid', operation: 'get-agent' });
  const { errors } = await gateway.query('{ voiceAgent(agentId: "agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6A") { name } }');
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }]);
});

test('tool rows of another voice agent are UPSTREAM_BAD_RESPONSE', async () => {
  const gateway = await startGateway();
  gateway.sandbox.kataven.fault({
    kind: 'status',
    status: 200,
    operation: 'list-agent-tools',
    body: [{ agent_id: 'agent_of_somebody_else', tool_name: 'end_call', config: { key: 'SECRET' }, enabled: true }],
  });
  const { data, errors } = await gateway.query(
    '{ voiceAgent(agentId: "agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6A") { name agentTools { config } } }',
  );
  expect(data.voiceAgent).toEqual({ name: 'Front desk', agentTools: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }]);
});
