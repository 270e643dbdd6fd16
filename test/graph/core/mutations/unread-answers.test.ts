import { describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

async function startShop(): Promise<TestGateway> {
  const gateway = await startGateway({ story: false });
  const { inkeep, kataven } = gateway.sandbox;
  inkeep.addProject({ id: 'shop' });
  inkeep.addAgent({ id: 'helper' });
  inkeep.addSubAgent({ id: 'front' });
  inkeep.addSubAgent({ id: 'back' });
  inkeep.addTool({ id: 'search', name: 'Search', description: 'Finds things' });
  inkeep.addRelation({ id: 'given', subAgentId: 'back', toolId: 'search', headers: { 'X-Shop': 'north' } });
  kataven.addAgent({ id: 'agent_1' });
  kataven.addTool({ id: 'tool_1', name: 'take_message' });
  return gateway;
}

const UNREADABLE = ['truncate', 'badjson', 'wrongid'] as const;

describe('a write whose answer cannot be read succeeds', () => {
  const CREATE = `mutation {
    createTool(input: {
      project: "${id('Project:default/shop')}", toolId: "orders", name: "Orders", config: { url: "https://a.example" }
    }) { ... on CreateToolPayload { tool { toolId name description config { url } createdAt } } }
  }`;

  test.each([...UNREADABLE, 'slow'] as const)('createTool (%s) returns the whole tool', async (kind) => {
    const gateway = await startShop();
    gateway.sandbox.inkeep.fault({ kind, operation: 'create-tool', bodyMs: 100 });
    const { data, errors } = await gateway.query(CREATE);
    expect(errors).toBeUndefined();
    expect(data.createTool.tool).toEqual({
      toolId: 'orders',
      name: 'Orders',
      description: null,
      config: { url: 'https://a.example' },
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(gateway.calls()['create-tool']).toBe(1);
  });

  test('createTool returns the values that were sent if the tool cannot be read back, and fails only other fields', async () => {
    const gateway = await startShop();
    const { inkeep } = gateway.sandbox;
    inkeep.fault({ kind: 'badjson', operation: 'create-tool' });
    inkeep.fault({ kind: 'status', status: 500, method: 'GET', skip: 2, count: 10 });
    const { data, errors } = await gateway.query(CREATE);
    expect(data.createTool.tool).toEqual({
      toolId: 'orders',
      name: 'Orders',
      description: null,
      config: { url: 'https://a.example' },
      createdAt: null,
    });
    expect(errors).toMatchObject([
      { path: ['createTool', 'tool', 'createdAt'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    ]);
  });

  const UPDATE = `mutation {
    updateTool(input: { id: "${id('Tool:default/shop/search')}", name: "Finder", imageUrl: null }) {
      ... on UpdateToolPayload { tool { toolId name imageUrl description } }
    }
  }`;

  test.each(UNREADABLE)('updateTool (%s) reads the tool back', async (kind) => {
    const gateway = await startShop();
    gateway.sandbox.inkeep.fault({ kind, operation: 'update-tool' });
    const { data, errors } = await gateway.query(UPDATE);
    expect(errors).toBeUndefined();
    expect(data.updateTool.tool).toEqual({
      toolId: 'search',
      name: 'Finder',
      imageUrl: null,
      description: 'Finds things',
    });
    expect(gateway.calls()['update-tool']).toBe(1);
  });

  test('updateTool returns the values that were sent if the tool cannot be read back, and fails only other fields', async () => {
    const gateway = await startShop();
    const { inkeep } = gateway.sandbox;
    inkeep.fault({ kind: 'badjson', operation: 'update-tool' });
    inkeep.fault({ kind: 'status', status: 500, method: 'GET', count: 10 });
    const { data, errors } = await gateway.query(UPDATE);
    expect(data.updateTool.tool).toEqual({ toolId: 'search', name: 'Finder', imageUrl: null, description: null });
    expect(errors?.map(({ path }) => path)).toEqual([['updateTool', 'tool', 'description']]);
  });

  const attach = (fields: string): string => `mutation {
    attachToolToSubAgent(input: {
      subAgent: "${id('SubAgent:default/shop/helper/front')}",
      tool: "${id('Tool:default/shop/search')}",
      selectedTools: ["find"]
    }) { ... on AttachToolToSubAgentPayload { outcome relation { ${fields} } } }
  }`;

  test.each(['truncate', 'badjson'] as const)('attachToolToSubAgent (%s) reads the relation back', async (kind) => {
    const gateway = await startShop();
    gateway.sandbox.inkeep.fault({ kind, operation: 'create-subagent-tool-relation' });
    const { data, errors } = await gateway.query(attach('relationId selectedTools'));
    expect(errors).toBeUndefined();
    expect(data.attachToolToSubAgent).toEqual({
      outcome: 'CREATED',
      relation: { relationId: expect.stringMatching(/^[0-9a-f]{32}$/), selectedTools: ['find'] },
    });
    expect(gateway.calls()['create-subagent-tool-relation']).toBe(1);
  });

  test('attachToolToSubAgent finds the relation by its tool if the list of relations fails', async () => {
    const gateway = await startShop();
    const { inkeep } = gateway.sandbox;
    inkeep.fault({ kind: 'badjson', operation: 'create-subagent-tool-relation' });
    inkeep.fault({ kind: 'status', operation: 'list-subagent-tool-relations', skip: 1, count: 10 });
    const { data, errors } = await gateway.query(attach('relationId selectedTools'));
    expect(errors).toBeUndefined();
    expect(data.attachToolToSubAgent.relation).toMatchObject({
      relationId: expect.any(String),
      selectedTools: ['find'],
    });
  });

  test.each(['status', 'badjson', 'truncate', 'html'] as const)(
    'attachToolToSubAgent returns the values that were sent if reading back fails (%s)',
    async (kind) => {
      const gateway = await startShop();
      const { inkeep } = gateway.sandbox;
      inkeep.fault({ kind: 'badjson', operation: 'create-subagent-tool-relation' });
      inkeep.fault({ kind, operation: 'list-subagent-tool-relations', skip: 1, count: 10 });
      inkeep.fault({ kind, operation: 'get-subagents-for-tool', count: 10 });
      const { data, errors } = await gateway.query(
        attach('subAgentId toolId selectedTools headers toolPolicies { toolName } tool { name }'),
      );
      expect(errors).toBeUndefined();
      expect(data.attachToolToSubAgent).toEqual({
        outcome: 'CREATED',
        relation: {
          subAgentId: 'front',
          toolId: 'search',
          selectedTools: ['find'],
          headers: null,
          toolPolicies: null,
          tool: { name: 'Search' },
        },
      });
    },
  );

  test('the error of a missing relation id says that the tool is attached', async () => {
    const gateway = await startShop();
    const { inkeep } = gateway.sandbox;
    inkeep.fault({ kind: 'badjson', operation: 'create-subagent-tool-relation' });
    inkeep.fault({ kind: 'status', operation: 'list-subagent-tool-relations', skip: 1, count: 10 });
    inkeep.fault({ kind: 'status', operation: 'get-subagents-for-tool', count: 10 });
    const { errors } = await gateway.query(attach('id'));
    expect(errors).toMatchObject([
      { path: ['attachToolToSubAgent', 'relation', 'id'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    ]);
    expect(errors?.[0]?.message).toMatch(/^The sub-agent has the tool/);
  });

  test('attachToolToSubAgent returns the sub-agent and the tool if the relation cannot be read back', async () => {
    const gateway = await startShop();
    const { inkeep } = gateway.sandbox;
    inkeep.fault({ kind: 'badjson', operation: 'create-subagent-tool-relation' });
    inkeep.fault({ kind: 'status', operation: 'list-subagent-tool-relations', skip: 1, count: 10 });
    inkeep.fault({ kind: 'status', operation: 'get-subagents-for-tool', count: 10 });
    const { data, errors } = await gateway.query(
      attach('subAgent { subAgentId name } tool { toolId name } agent { agentId name }'),
    );
    expect(errors).toBeUndefined();
    expect(data.attachToolToSubAgent.relation).toEqual({
      subAgent: { subAgentId: 'front', name: expect.any(String) },
      tool: { toolId: 'search', name: 'Search' },
      agent: { agentId: 'helper', name: expect.any(String) },
    });
  });

  test.each(UNREADABLE)(
    'updateSubAgentToolRelation (%s) merges the values that were sent into the old relation',
    async (kind) => {
      const gateway = await startShop();
      gateway.sandbox.inkeep.fault({ kind, operation: 'update-subagent-tool-relation' });
      const { data, errors } = await gateway.query(`mutation {
      updateSubAgentToolRelation(input: {
        id: "${id('SubAgentToolRelation:default/shop/helper/given')}", selectedTools: []
      }) { ... on UpdateSubAgentToolRelationPayload { relation { relationId selectedTools headers } } }
    }`);
      expect(errors).toBeUndefined();
      expect(data.updateSubAgentToolRelation.relation).toEqual({
        relationId: 'given',
        selectedTools: [],
        headers: { 'X-Shop': 'north' },
      });
      expect(gateway.calls()['update-subagent-tool-relation']).toBe(1);
    },
  );

  test.each([
    [
      'createVoiceTool',
      'create-tool',
      '{ name: "look_up", category: "custom" }',
      'CreateVoiceToolPayload { voiceTool { name } }',
    ],
    [
      'updateVoiceTool',
      'update-tool',
      `{ id: "${id('VoiceTool:tool_1')}", tags: [] }`,
      'UpdateVoiceToolPayload { voiceTool { tags } }',
    ],
  ])('%s reads the tool back', async (field, operation, input, payload) => {
    const gateway = await startShop();
    const { kataven } = gateway.sandbox;
    kataven.fault({ kind: 'badjson', operation });
    const { data, errors } = await gateway.query(`mutation { ${field}(input: ${input}) { ... on ${payload} } }`);
    expect(errors).toBeUndefined();
    expect(data[field].voiceTool).toEqual(field === 'createVoiceTool' ? { name: 'look_up' } : { tags: [] });
    expect(kataven.count(operation)).toBe(1);
  });
});
