import { describe, expect, test } from 'vitest';
import { AttachToolDocument } from '../../../../schema/generated/graphql.js';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

const FRONT = id('SubAgent:default/shop/helper/front');
const SEARCH = id('Tool:default/shop/search');

const ATTACH = `mutation ($input: AttachToolToSubAgentInput!) {
  attachToolToSubAgent(input: $input) {
    __typename
    ... on AttachToolToSubAgentPayload {
      outcome
      relation { relationId selectedTools headers toolPolicies { toolName needsApproval } subAgentId toolId }
    }
    ... on UserError { code message path }
  }
}`;

/** A shop with one agent, whose two sub-agents have no tools yet. */
async function startShop(): Promise<TestGateway> {
  const gateway = await startGateway({ story: false });
  const { inkeep } = gateway.sandbox;
  inkeep.addProject({ id: 'shop' });
  inkeep.addAgent({ id: 'helper' });
  inkeep.addSubAgent({ id: 'front' });
  inkeep.addSubAgent({ id: 'back' });
  inkeep.addTool({ id: 'search' });
  inkeep.addTool({ id: 'orders' });
  return gateway;
}

async function attach(gateway: TestGateway, fields: object = {}) {
  const input = { subAgent: FRONT, tool: SEARCH, ...fields };
  const { data, errors } = await gateway.query(ATTACH, { input });
  expect(errors).toBeUndefined();
  return data.attachToolToSubAgent;
}

/** The rows of the front sub-agent, as the upstream has them. */
async function rows(gateway: TestGateway, subAgentId = 'front'): Promise<Record<string, unknown>[]> {
  const { inkeep } = gateway.sandbox;
  const path = '/tenants/default/projects/shop/agents/helper/sub-agent-tool-relations';
  const answer = await fetch(`${inkeep.url}${path}?limit=100&subAgentId=${subAgentId}`, {
    headers: { authorization: 'Bearer test' },
  });
  return ((await answer.json()) as { data: Record<string, unknown>[] }).data;
}

function writes(gateway: TestGateway) {
  return gateway.sandbox.inkeep.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, operation, body }) => ({ method, operation, body }));
}

describe('attaching', () => {
  test('creates a relation, and returns the id from the answer', async () => {
    const gateway = await startShop();
    const attached = await attach(gateway, {
      selectedTools: ['find'],
      headers: { 'X-Shop': 'north' },
      toolPolicies: [{ toolName: 'find', needsApproval: true }],
    });
    const [row] = await rows(gateway);
    expect(attached).toEqual({
      __typename: 'AttachToolToSubAgentPayload',
      outcome: 'CREATED',
      relation: {
        relationId: row?.id,
        selectedTools: ['find'],
        headers: { 'X-Shop': 'north' },
        toolPolicies: [{ toolName: 'find', needsApproval: true }],
        subAgentId: 'front',
        toolId: 'search',
      },
    });
    expect(writes(gateway)[0]?.body).not.toMatchObject({ id: row?.id });
  });

  test('writes nothing if the tool is attached with the same settings', async () => {
    const gateway = await startShop();
    const fields = { headers: { A: 'aa', B: 'bb' }, toolPolicies: [{ toolName: 'find', needsApproval: false }] };
    const first = await attach(gateway, fields);
    gateway.forget();
    const second = await attach(gateway, { ...fields, headers: { B: 'bb', A: 'aa' } });
    expect(second).toEqual({
      ...first,
      outcome: 'UNCHANGED',
      relation: expect.objectContaining({ relationId: first.relation.relationId }),
    });
    expect(writes(gateway)).toEqual([]);
  });

  test('sends only the fields that differ if the tool is attached with other settings', async () => {
    const gateway = await startShop();
    await attach(gateway, { selectedTools: ['find'], headers: { 'X-Shop': 'north' } });
    gateway.forget();
    const attached = await attach(gateway, { selectedTools: ['find'], headers: { 'X-Shop': 'south' } });
    expect(attached).toMatchObject({ outcome: 'UPDATED', relation: { headers: { 'X-Shop': 'south' } } });
    expect(writes(gateway)).toEqual([
      { method: 'PUT', operation: 'update-subagent-tool-relation', body: { headers: { 'X-Shop': 'south' } } },
    ]);
  });

  test('does not change fields that are left out', async () => {
    const gateway = await startShop();
    await attach(gateway, { selectedTools: ['find'], headers: { 'X-Shop': 'north' } });
    const attached = await attach(gateway, { toolPolicies: [{ toolName: 'find', needsApproval: true }] });
    expect(attached).toMatchObject({
      outcome: 'UPDATED',
      relation: { selectedTools: ['find'], headers: { 'X-Shop': 'north' } },
    });
  });

  test('clears fields that are null, and distinguishes no functions from all', async () => {
    const gateway = await startShop();
    await attach(gateway, {
      selectedTools: ['find'],
      headers: { 'X-Shop': 'north' },
      toolPolicies: [{ toolName: 'find', needsApproval: true }],
    });
    const attached = await attach(gateway, { selectedTools: [], headers: null, toolPolicies: null });
    expect(attached).toMatchObject({
      outcome: 'UPDATED',
      relation: { selectedTools: [], headers: null, toolPolicies: null },
    });
    expect(await attach(gateway, { selectedTools: null })).toMatchObject({
      outcome: 'UPDATED',
      relation: { selectedTools: null },
    });
  });

  test('six times in parallel creates one row, and returns CREATED once', async () => {
    const gateway = await startShop();
    gateway.sandbox.inkeep.latency({ ms: 20, jitterMs: 30 });
    const attached = await Promise.all(Array.from({ length: 6 }, () => attach(gateway, { selectedTools: ['find'] })));
    expect(attached.map(({ outcome }) => outcome).sort()).toEqual(['CREATED', ...Array(5).fill('UNCHANGED')]);
    expect(new Set(attached.map(({ relation }) => relation.relationId)).size).toBe(1);
    expect(await rows(gateway)).toHaveLength(1);
  });

  test('six times in parallel with different settings creates one row with the settings of one of them', async () => {
    const gateway = await startShop();
    gateway.sandbox.inkeep.latency({ ms: 20, jitterMs: 30 });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const attached = await Promise.all(names.map((name) => attach(gateway, { selectedTools: [name] })));
    expect(attached.map(({ outcome }) => outcome).sort()).toEqual(['CREATED', ...Array(5).fill('UPDATED')]);
    expect(attached.map(({ relation }) => relation.selectedTools)).toEqual(names.map((name) => [name]));
    expect(await rows(gateway)).toHaveLength(1);
  });

  test('returns the existing relation if the upstream returns 500 for the duplicate', async () => {
    const gateway = await startGateway({ story: false });
    const { inkeep } = gateway.sandbox;
    inkeep.seedGrid({
      tenantId: 'default',
      projectId: 'grid',
      tools: 120,
      agents: 1,
      subAgentsPerAgent: 2,
      relationsPerAgent: 120,
    });
    const relations = '/tenants/default/projects/grid/agents/agent-0/sub-agent-tool-relations';
    const headers = { authorization: 'Bearer test' };
    const oldest = (await (await fetch(`${inkeep.url}${relations}?limit=100&page=2`, { headers })).json()) as {
      data: { id: string; subAgentId: string; toolId: string }[];
    };
    const old = oldest.data.at(-1);
    // The read before the write is too early to return the row, as if another caller were faster.
    inkeep.fault({
      kind: 'status',
      status: 200,
      body: { data: [], pagination: { page: 1, limit: 100, total: 0, pages: 0 } },
      headers: { 'content-type': 'application/json' },
      operation: 'list-subagent-tool-relations',
    });
    const { data } = await gateway.query(ATTACH, {
      input: {
        subAgent: id(`SubAgent:default/grid/agent-0/${old?.subAgentId}`),
        tool: id(`Tool:default/grid/${old?.toolId}`),
      },
    });
    expect(inkeep.requests.find(({ method }) => method === 'POST')?.status).toBe(500);
    expect(data.attachToolToSubAgent).toMatchObject({ outcome: 'UNCHANGED', relation: { relationId: old?.id } });
  });

  test('finds the pair on the second page of the relations of a sub-agent', async () => {
    const gateway = await startShop();
    const { inkeep } = gateway.sandbox;
    inkeep.addRelation({ subAgentId: 'front', toolId: 'search' });
    for (let n = 0; n < 100; n++) {
      inkeep.addTool({ id: `tool-${n}` });
      inkeep.addRelation({ subAgentId: 'front', toolId: `tool-${n}` });
    }
    expect(await attach(gateway)).toMatchObject({ outcome: 'UNCHANGED' });
    expect(writes(gateway)).toEqual([]);
  });

  test('merges two rows of a pair into the older one', async () => {
    const gateway = await startShop();
    const { inkeep } = gateway.sandbox;
    const older = inkeep.addRelation({ subAgentId: 'front', toolId: 'search', selectedTools: ['find'] });
    inkeep.addRelation({ id: 'second', subAgentId: 'front', toolId: 'search', selectedTools: ['buy'] });
    expect(await attach(gateway)).toMatchObject({
      outcome: 'UPDATED',
      relation: { relationId: older.id, selectedTools: ['find'] },
    });
    expect(await rows(gateway)).toHaveLength(1);
  });

  test('creates the relation again if it is detached between the read and the write', async () => {
    const gateway = await startShop();
    const { inkeep } = gateway.sandbox;
    inkeep.addRelation({ id: 'gone', subAgentId: 'front', toolId: 'search' });
    inkeep.latency({ ms: 100, match: 'sub-agent-tool-relations/gone' });
    const attaching = attach(gateway, { selectedTools: ['find'] });
    await inkeep.arrived('update-subagent-tool-relation');
    inkeep.removeRelation({ id: 'gone' });
    expect(await attaching).toMatchObject({ outcome: 'CREATED', relation: { selectedTools: ['find'] } });
    expect(await rows(gateway)).toHaveLength(1);
  });

  test.each([
    ['tool', { tool: id('Tool:default/shop/nothing') }, ['tool']],
    ['sub-agent', { subAgent: id('SubAgent:default/shop/helper/nobody') }, ['subAgent']],
    ['agent', { subAgent: id('SubAgent:default/shop/nobody/front') }, ['subAgent']],
    [
      'project',
      { subAgent: id('SubAgent:default/none/helper/front'), tool: id('Tool:default/none/search') },
      ['subAgent'],
    ],
  ])('names the field of an unknown %s', async (_what, fields, path) => {
    const gateway = await startShop();
    expect(await attach(gateway, fields)).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND', path });
    expect(await rows(gateway)).toEqual([]);
  });

  test('returns what the example operation expects', async () => {
    const gateway = await startGateway();
    const first = await gateway.query(AttachToolDocument);
    const second = await gateway.query(AttachToolDocument);
    expect(first.data?.attachToolToSubAgent).toMatchObject({
      outcome: 'CREATED',
      relation: { selectedTools: ['post_message'], subAgent: { name: 'Router' }, tool: { name: 'Slack' } },
    });
    expect(second.data?.attachToolToSubAgent).toMatchObject({ outcome: 'UNCHANGED' });
  });
});
