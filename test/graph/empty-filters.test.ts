import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.js';

const AGENT = (field: string) => `agent(projectId: "support-desk", agentId: "triage") { ${field} }`;
const TOOL = (field: string) => `tool(projectId: "support-desk", toolId: "zendesk") { ${field} }`;

test.each([
  ['toolId', AGENT('toolRelations(toolId: "") { totalCount }')],
  ['subAgentId', AGENT('toolRelations(subAgentId: "") { totalCount }')],
  ['subAgentId', AGENT('toolRelations(subAgentId: "", toolId: "zendesk") { totalCount }')],
  ['agentId', TOOL('relations(agentId: "") { totalCount }')],
  ['agentId', TOOL('subAgents(agentId: "") { totalCount }')],
  ['category', 'voiceTools(category: "") { totalCount }'],
  ['implementationType', 'voiceTools(implementationType: "") { totalCount }'],
])('rejects an empty %s, which upstreams treat as no filter: %s', async (name, selection) => {
  const gateway = await startGateway();
  const { errors } = await gateway.query(`{ ${selection} }`);
  expect(errors).toMatchObject([
    {
      message: `The value of "${name}" is empty. Leave the argument out to get everything.`,
      extensions: { code: 'BAD_USER_INPUT' },
    },
  ]);
  expect(gateway.calls()).not.toHaveProperty('list-subagent-tool-relations');
});

test.each([
  AGENT('toolRelations(toolId: null) { totalCount }'),
  AGENT('toolRelations(subAgentId: null) { totalCount }'),
])('treats null as no filter: %s', async (selection) => {
  const { query } = await startGateway();
  const all = await query(`{ ${AGENT('toolRelations { totalCount }')} }`);
  expect((await query(`{ ${selection} }`)).data).toEqual(all.data);
});

test.each([
  'agent(projectId: "support-desk", agentId: "") { name }',
  'agent(projectId: "", agentId: "triage") { name }',
  'agent(tenantId: "", projectId: "support-desk", agentId: "triage") { name }',
  'subAgent(projectId: "support-desk", agentId: "triage", subAgentId: "") { name }',
  'tool(projectId: "support-desk", toolId: "") { name }',
  'subAgentToolRelation(projectId: "support-desk", agentId: "triage", relationId: "") { id }',
  'voiceAgent(agentId: "") { name }',
  'voiceTool(idOrName: "") { name }',
  'node(id: "") { id }',
])('rejects an empty id: %s', async (selection) => {
  const { query } = await startGateway();
  const { errors } = await query(`{ ${selection} }`);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});
