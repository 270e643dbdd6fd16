import { expect, test } from 'vitest';
import { AgentId } from '../../../../src/graph/inkeep/agent.js';
import { ToolId } from '../../../../src/graph/inkeep/tool/ref.js';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const NOT_FOR_ANY_PATH: [string, string][] = [
  ['empty', ''],
  ['one dot', '.'],
  ['two dots', '..'],
  ['too long', 'x'.repeat(300)],
  ['a control character', 'a\u0000b'],
  ['a line break', 'a\nb'],
  ['half a surrogate pair', 'a\ud800'],
];

const NOT_FOR_INKEEP: [string, string][] = [
  ...NOT_FOR_ANY_PATH,
  ['escaped dots', '%2e%2e'],
  ['a path', '../../tenants/other'],
  ['an escaped slash', 'a%2fb'],
  ['a query', 'a?limit=1'],
  ['a fragment', 'a#b'],
  ['a back-slash', 'a\\b'],
  ['a blank', 'a b'],
  ['a letter beyond ASCII', 'é'],
];

/** All path segments that the upstream received, decoded. */
function segmentsSeen(gateway: TestGateway, service: 'inkeep' | 'kataven'): Set<string> {
  return new Set(gateway.sandbox[service].requests.flatMap(({ path }) => path.split('/').map(decodeURIComponent)));
}

const DOCUMENTS = {
  tenantId: 'query ($id: String!) { it: project(tenantId: $id, projectId: "support-desk") { name } }',
  projectId: 'query ($id: String!) { it: project(projectId: $id) { name tools { totalCount } agents { totalCount } } }',
  agentId: 'query ($id: String!) { it: agent(projectId: "support-desk", agentId: $id) { name tools { totalCount } } }',
  subAgentId:
    'query ($id: String!) { it: subAgent(projectId: "support-desk", agentId: "triage", subAgentId: $id) { name } }',
  toolId: 'query ($id: String!) { it: tool(projectId: "support-desk", toolId: $id) { name relations { totalCount } } }',
  'toolId of a live tool': 'query ($id: String!) { it: tool(projectId: "support-desk", toolId: $id) { status } }',
  relationId:
    'query ($id: String!) { it: subAgentToolRelation(projectId: "support-desk", agentId: "triage", relationId: $id) { toolId } }',
};

test.each(Object.keys(DOCUMENTS) as (keyof typeof DOCUMENTS)[])(
  'a bad %s is BAD_USER_INPUT and never part of an Inkeep path',
  async (name) => {
    const gateway = await startGateway();
    for (const [what, id] of NOT_FOR_INKEEP) {
      gateway.forget();
      const { data, errors } = await gateway.query(DOCUMENTS[name], { id });
      expect(data, what).toEqual({ it: null });
      expect(errors, what).toMatchObject([{ path: ['it'], extensions: { code: 'BAD_USER_INPUT' } }]);
      const bad = id === '' ? [] : [...segmentsSeen(gateway, 'inkeep')].filter((segment) => segment === id);
      expect(bad, what).toEqual([]);
      expect(gateway.calls(), what).not.toHaveProperty('unknown');
    }
  },
);

test.each([
  ['agentId', 'query ($id: String!) { it: voiceAgent(agentId: $id) { name } }'],
  ['idOrName', 'query ($id: String!) { it: voiceTool(idOrName: $id) { name } }'],
])('a bad %s is BAD_USER_INPUT, without a call to Kataven', async (_name, document) => {
  const gateway = await startGateway();
  for (const [what, id] of NOT_FOR_ANY_PATH) {
    const { data, errors } = await gateway.query(document, { id });
    expect(data, what).toEqual({ it: null });
    expect(errors, what).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  }
  expect(gateway.sandbox.kataven.count()).toBe(0);
});

test('an id with a slash or an escape reaches Kataven unchanged, as one path segment', async () => {
  const gateway = await startGateway();
  gateway.sandbox.kataven.addAgent({ id: 'a/b%2f?c', name: 'Odd' });
  const { data } = await gateway.query('{ voiceAgent(agentId: "a/b%2f?c") { name agentTools { toolName } } }');
  expect(data.voiceAgent).toEqual({ name: 'Odd', agentTools: [] });
  expect(gateway.sandbox.kataven.requests.map(({ path }) => path)).toEqual([
    '/v1/agents/a%2Fb%252f%3Fc',
    '/v1/agents/a%2Fb%252f%3Fc/tools',
  ]);
});

test('a global id with a bad part is BAD_USER_INPUT at its position only', async () => {
  const gateway = await startGateway();
  const desk = { tenantId: 'default', projectId: 'support-desk' };
  const ids = [
    AgentId.encode({ ...desk, agentId: '..' }),
    AgentId.encode({ ...desk, agentId: 'triage' }),
    ToolId.encode({ ...desk, tenantId: '../default', toolId: 'zendesk' }),
  ];
  const { data, errors } = await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Agent { name } } }', {
    ids,
  });
  expect(data.nodes).toEqual([null, { name: 'Ticket triage' }, null]);
  expect(errors?.map(({ path, extensions }) => [path, extensions?.code])).toEqual([
    [['nodes', 0], 'BAD_USER_INPUT'],
    [['nodes', 2], 'BAD_USER_INPUT'],
  ]);
  expect([...segmentsSeen(gateway, 'inkeep')]).not.toContain('..');
});

test('a bad id does not affect the valid ids of the same list', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(`{
    bad: tool(projectId: "support-desk", toolId: "..") { name }
    zendesk: tool(projectId: "support-desk", toolId: "zendesk") { name }
    slack: tool(projectId: "support-desk", toolId: "slack") { name }
  }`);
  expect(data).toEqual({ bad: null, zendesk: { name: 'Zendesk' }, slack: { name: 'Slack' } });
  expect(errors).toMatchObject([{ path: ['bad'], extensions: { code: 'BAD_USER_INPUT' } }]);
});
