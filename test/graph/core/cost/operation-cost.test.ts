import { readdirSync, readFileSync } from 'node:fs';
import { type GraphQLObjectType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import type { OperationCost } from '../../../../src/graph/core/cost/operation-cost.js';
import { schema } from '../../../../src/graph/index.js';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const FOLDER = new URL('../../../../schema/operations/', import.meta.url);
const EXAMPLES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => [file, readFileSync(new URL(file, FOLDER), 'utf8')] as const);

/** Of the operations of pages, which have no defaults. */
const VARIABLES = {
  projectId: 'support-desk',
  agentId: 'triage',
  toolId: 'zendesk',
  id: Buffer.from('Tool:default/support-desk/zendesk').toString('base64url'),
};

interface Seen {
  readonly cost: OperationCost;
  readonly calls: number;
  readonly probes: number;
}

/** The cost that the gateway tells, and what both upstreams received. */
async function see(gateway: TestGateway, query: string, variables = {}): Promise<Seen> {
  const { inkeep, kataven } = gateway.sandbox;
  inkeep.reset();
  kataven.reset();
  const answer = await gateway.query(query, variables, { 'x-gateway-cost': '1' });
  const { cost } = answer.extensions as unknown as { cost: OperationCost };
  return { cost, calls: inkeep.count() + kataven.count(), probes: inkeep.probes };
}

function expectWithin({ cost, calls, probes }: Seen, what: string): void {
  expect(calls, `calls of ${what}: ${JSON.stringify(cost)}`).toBeGreaterThanOrEqual(cost.calls.expected);
  expect(calls, `calls of ${what}`).toBeLessThanOrEqual(cost.calls.atMost);
  expect(probes, `probes of ${what}`).toBeLessThanOrEqual(cost.probes.atMost);
}

test.each(EXAMPLES.filter(([file]) => !/live-status|typed-error/.test(file)))(
  '%s makes the calls and probes that its cost tells',
  async (file, query) => {
    const gateway = await startGateway();
    const variables = file.startsWith('pages') ? VARIABLES : {};
    expectWithin(await see(gateway, query, variables), file);
    // With what the gateway has learnt of the lengths of lists.
    expectWithin(await see(gateway, query, variables), file);
  },
);

test('an input that is refused makes no call, and less than its cost', async () => {
  const gateway = await startGateway();
  const [, query = ''] = EXAMPLES.find(([file]) => file.includes('typed-error')) ?? [];
  expect(await see(gateway, query)).toMatchObject({ calls: 0, cost: { calls: { expected: 1 } } });
});

const AGENT = 'agent(projectId: "grid", agentId: "agent-0")';

test.each<[string, number]>([
  ['{ project(projectId: "grid") { name tools(first: 100) { nodes { name } } } }', 2],
  ['{ project(projectId: "grid") { id tools(first: 100) { nodes { name } } } }', 2],
  ['{ project(projectId: "grid") { tools(first: 500) { nodes { name status } } } }', 7],
  ['{ project(projectId: "grid") { tools(last: 120) { nodes { name } } } }', 5],
  ['{ project(projectId: "grid") { tools(first: 10, status: [UNHEALTHY]) { nodes { name } } } }', 7],
  [`{ ${AGENT} { name subAgents { nodes { name toolRelations { nodes { tool { name config { url } } } } } } } }`, 62],
  [`{ ${AGENT} { name subAgents { nodes { name toolRelations { nodes { tool { toolId } } } } } } }`, 57],
  [`{ ${AGENT} { tools(first: 500) { nodes { name status } } } }`, 68],
  [`{ ${AGENT} { tools(first: 30) { nodes { status version } } } }`, 43],
  [`{ ${AGENT} { toolRelations(first: 30) { nodes { subAgent { name } } } } }`, 33],
  ['{ tool(projectId: "grid", toolId: "tool-007") { name status } }', 7],
  ['{ tool(projectId: "grid", toolId: "none") { name } }', 6],
  ['{ tool(projectId: "grid", toolId: "tool-007") { name relations { nodes { subAgent { name } } } } }', 182],
  ['{ project(projectId: "grid") { tools(first: 20) { nodes { relations { totalCount } } } } }', 2503],
  ['{ projects { nodes { agents { nodes { tools { totalCount } } } } } }', 12551],
  [
    `{ ${Array.from({ length: 20 }, (_, n) => `t${n}: tool(projectId: "grid", toolId: "tool-0${10 + n}") { name }`).join(' ')} }`,
    25,
  ],
  [
    '{ project(projectId: "grid") { tools(first: 5) { nodes { userCredential { name } credentialReference { name } } } } }',
    17,
  ],
])('%s makes no more calls than its cost tells', async (query, atMost) => {
  const gateway = await startGateway({ story: false, discoveryMs: 0 }, { MAX_UPSTREAM_CALLS: '10000' });
  const counts = { tools: 250, agents: 2, subAgentsPerAgent: 50, relationsPerAgent: 250 };
  gateway.sandbox.inkeep.seedGrid({ tenantId: 'default', projectId: 'grid', ...counts });
  const seen = await see(gateway, query);
  expectWithin(seen, query);
  expect(seen.cost.calls.atMost).toBe(atMost);
  expectWithin(await see(gateway, query), query);
});

test('every root field, and every field with page arguments, says what it reads', () => {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  const silent = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) =>
      Object.values((type as GraphQLObjectType).getFields())
        .filter(({ args }) => roots.includes(type as GraphQLObjectType) || args.some(({ name }) => name === 'first'))
        .filter(({ extensions }) => extensions.reads === undefined)
        .map(({ name }) => `${type.name}.${name}`),
    );
  expect(silent).toEqual([]);
});
