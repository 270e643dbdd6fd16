import { describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

const relationId = (row: { id: string }): string => id(`SubAgentToolRelation:default/shop/helper/${row.id}`);
const subAgent = (name: string): string => id(`SubAgent:default/shop/helper/${name}`);
const tool = (name: string): string => id(`Tool:default/shop/${name}`);

const UPDATE = `mutation ($input: UpdateSubAgentToolRelationInput!) {
  updateSubAgentToolRelation(input: $input) {
    __typename
    ... on UpdateSubAgentToolRelationPayload {
      relation { relationId subAgentId toolId selectedTools headers toolPolicies { toolName needsApproval } }
    }
    ... on UserError { code message path }
  }
}`;

const DETACH = `mutation ($input: DetachToolFromSubAgentInput!) {
  detachToolFromSubAgent(input: $input) {
    __typename
    ... on DetachToolFromSubAgentPayload { deletedId subAgent { id name toolRelations { totalCount } } tool { id name } }
    ... on UserError { code message path }
  }
}`;

/** A shop with one agent: its sub-agent `front` has the tool `search`, and `back` has none. */
async function startShop() {
  const gateway = await startGateway({ story: false });
  const { inkeep } = gateway.sandbox;
  inkeep.addProject({ id: 'shop' });
  inkeep.addAgent({ id: 'helper' });
  inkeep.addSubAgent({ id: 'front', name: 'Front' });
  inkeep.addSubAgent({ id: 'back' });
  inkeep.addTool({ id: 'search', name: 'Search' });
  inkeep.addTool({ id: 'orders' });
  const row = inkeep.addRelation({
    subAgentId: 'front',
    toolId: 'search',
    selectedTools: ['find'],
    headers: { 'X-Shop': 'north' },
    toolPolicies: { find: { needsApproval: true } },
  });
  return { gateway, inkeep, row };
}

async function update(gateway: TestGateway, input: object) {
  const { data, errors } = await gateway.query(UPDATE, { input });
  expect(errors).toBeUndefined();
  return data.updateSubAgentToolRelation;
}

async function detach(gateway: TestGateway, input: object) {
  const { data, errors } = await gateway.query(DETACH, { input });
  expect(errors).toBeUndefined();
  return data.detachToolFromSubAgent;
}

const bodies = (gateway: TestGateway): unknown[] =>
  gateway.sandbox.inkeep.requests.filter(({ method }) => method !== 'GET').map(({ body }) => body);

describe('updating a relation', () => {
  test('changes only the given fields', async () => {
    const { gateway, row } = await startShop();
    expect(await update(gateway, { id: relationId(row), selectedTools: ['find', 'buy'] })).toEqual({
      __typename: 'UpdateSubAgentToolRelationPayload',
      relation: {
        relationId: row.id,
        subAgentId: 'front',
        toolId: 'search',
        selectedTools: ['find', 'buy'],
        headers: { 'X-Shop': 'north' },
        toolPolicies: [{ toolName: 'find', needsApproval: true }],
      },
    });
    expect(bodies(gateway)).toEqual([{ selectedTools: ['find', 'buy'] }]);
    expect(gateway.sandbox.inkeep.requests.at(-1)?.method).toBe('PUT');
  });

  test('clears fields that are null', async () => {
    const { gateway, row } = await startShop();
    const updated = await update(gateway, {
      id: relationId(row),
      selectedTools: null,
      headers: null,
      toolPolicies: null,
    });
    expect(updated.relation).toMatchObject({ selectedTools: null, headers: null, toolPolicies: null });
  });

  test('sends nothing if nothing changes', async () => {
    const { gateway, row } = await startShop();
    const updated = await update(gateway, { id: relationId(row), selectedTools: ['find'], tool: tool('search') });
    expect(updated.relation).toMatchObject({ relationId: row.id, selectedTools: ['find'] });
    expect(bodies(gateway)).toEqual([]);
  });

  test('moves it to another sub-agent and another tool', async () => {
    const { gateway, row } = await startShop();
    const updated = await update(gateway, { id: relationId(row), subAgent: subAgent('back'), tool: tool('orders') });
    expect(updated.relation).toMatchObject({ subAgentId: 'back', toolId: 'orders' });
    expect(bodies(gateway)).toEqual([{ id: updated.relation.relationId, subAgentId: 'back', toolId: 'orders' }]);
  });

  test.each([
    ['another tool', { tool: tool('orders') }, ['tool']],
    ['another sub-agent', { subAgent: subAgent('back') }, ['subAgent']],
    ['both', { subAgent: subAgent('back'), tool: tool('orders') }, null],
  ])('returns a conflict if %s leads to an existing pair, and sends nothing', async (_what, target, path) => {
    const { gateway, inkeep, row } = await startShop();
    inkeep.addRelation({ subAgentId: 'front', toolId: 'orders' });
    inkeep.addRelation({ subAgentId: 'back', toolId: 'search' });
    inkeep.addRelation({ subAgentId: 'back', toolId: 'orders' });
    expect(await update(gateway, { id: relationId(row), ...target })).toMatchObject({
      __typename: 'ConflictError',
      code: 'CONFLICT',
      path,
    });
    expect(bodies(gateway)).toEqual([]);
  });

  test.each([
    ['tool', { tool: tool('nothing') }, ['tool']],
    ['sub-agent', { subAgent: subAgent('nobody') }, ['subAgent']],
  ])('names the field of an unknown %s, and sends nothing', async (_what, target, path) => {
    const { gateway, row } = await startShop();
    expect(await update(gateway, { id: relationId(row), ...target })).toMatchObject({
      __typename: 'NotFoundError',
      path,
    });
    expect(bodies(gateway)).toEqual([]);
  });

  test('names the id of an unknown relation', async () => {
    const { gateway } = await startShop();
    expect(await update(gateway, { id: relationId({ id: 'nothing' }), selectedTools: [] })).toMatchObject({
      __typename: 'NotFoundError',
      path: ['id'],
    });
  });

  test('names the id if the relation is deleted in the meantime', async () => {
    const { gateway, inkeep, row } = await startShop();
    inkeep.fault({ kind: 'status', status: 404, operation: 'update-subagent-tool-relation' });
    expect(await update(gateway, { id: relationId(row), selectedTools: [] })).toMatchObject({
      __typename: 'NotFoundError',
      path: ['id'],
    });
  });
});

describe('detaching', () => {
  test('by relation returns the tool, and the sub-agent without it', async () => {
    const { gateway, row } = await startShop();
    expect(await detach(gateway, { id: relationId(row) })).toEqual({
      __typename: 'DetachToolFromSubAgentPayload',
      deletedId: relationId(row),
      subAgent: { id: subAgent('front'), name: 'Front', toolRelations: { totalCount: 0 } },
      tool: { id: tool('search'), name: 'Search' },
    });
  });

  test('by pair does the same', async () => {
    const { gateway, row } = await startShop();
    const detached = await detach(gateway, { pair: { subAgent: subAgent('front'), tool: tool('search') } });
    expect(detached).toMatchObject({ deletedId: relationId(row), subAgent: { toolRelations: { totalCount: 0 } } });
  });

  test('by pair deletes both of two rows', async () => {
    const { gateway, inkeep, row } = await startShop();
    inkeep.addRelation({ id: 'second', subAgentId: 'front', toolId: 'search' });
    const detached = await detach(gateway, { pair: { subAgent: subAgent('front'), tool: tool('search') } });
    expect(detached).toMatchObject({ deletedId: relationId(row), subAgent: { toolRelations: { totalCount: 0 } } });
    expect(gateway.calls()['delete-subagent-tool-relation']).toBe(2);
  });

  test('by pair deletes the second of two rows if another caller deletes the first', async () => {
    const { gateway, inkeep } = await startShop();
    inkeep.addRelation({ id: 'second', subAgentId: 'front', toolId: 'search' });
    inkeep.fault({ kind: 'status', status: 404, operation: 'delete-subagent-tool-relation' });
    expect(await detach(gateway, { pair: { subAgent: subAgent('front'), tool: tool('search') } })).toMatchObject({
      deletedId: relationId({ id: 'second' }),
    });
  });

  test.each([
    ['an unknown relation', { id: relationId({ id: 'nothing' }) }, ['id']],
    ['a pair that has none', { pair: { subAgent: subAgent('back'), tool: tool('search') } }, ['pair']],
    ['an unknown sub-agent', { pair: { subAgent: subAgent('nobody'), tool: tool('search') } }, ['pair']],
  ])('of %s names the field, and sends nothing', async (_what, input, path) => {
    const { gateway } = await startShop();
    expect(await detach(gateway, input)).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND', path });
    expect(bodies(gateway)).toEqual([]);
  });

  test('by both relation and pair is rejected by the schema', async () => {
    const { gateway, row } = await startShop();
    const pair = { subAgent: subAgent('front'), tool: tool('search') };
    const { errors } = await gateway.query(DETACH, { input: { id: relationId(row), pair } });
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    expect(gateway.calls()).toEqual({});
  });
});
