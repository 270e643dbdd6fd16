import { describe, expect, test } from 'vitest';
import { UpdateToolDocument } from '../../../../schema/generated/graphql.js';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

const SHOP = id('Project:default/shop');
const SEARCH = id('Tool:default/shop/search');

const FIELDS = `toolId name description imageUrl headers credentialReferenceId credentialScope status
  config { url transport { type requestInit } activeTools prompt toolOverrides { toolName displayName schema } }`;
const USER_ERROR =
  '... on UserError { __typename code message path } ... on InvalidInputError { issues { path message } }';

const CREATE = `mutation ($input: CreateToolInput!) {
  createTool(input: $input) { ... on CreateToolPayload { tool { ${FIELDS} } } ${USER_ERROR} }
}`;
const UPDATE = `mutation ($input: UpdateToolInput!) {
  updateTool(input: $input) { ... on UpdateToolPayload { tool { ${FIELDS} } } ${USER_ERROR} }
}`;
const DELETE = `mutation ($input: DeleteToolInput!) {
  deleteTool(input: $input) {
    ... on DeleteToolPayload { deletedId project { id tools { totalCount } } } ${USER_ERROR}
  }
}`;

async function startShop(): Promise<TestGateway> {
  const gateway = await startGateway({ story: false });
  const { inkeep } = gateway.sandbox;
  inkeep.addProject({ id: 'shop' });
  inkeep.addTool({
    id: 'search',
    name: 'Search',
    description: 'Finds things',
    imageUrl: 'https://shop.example/search.png',
    headers: { 'X-Shop': 'north' },
  });
  return gateway;
}

async function run(gateway: TestGateway, document: string, input: object) {
  const { data, errors } = await gateway.query(document, { input });
  expect(errors).toBeUndefined();
  return Object.values(data)[0] as Record<string, unknown>;
}

const sent = (gateway: TestGateway, operation: string): unknown[] =>
  gateway.sandbox.inkeep.requests.filter((request) => request.operation === operation).map(({ body }) => body);

describe('creating a tool', () => {
  test('stores every field under its upstream name', async () => {
    const gateway = await startShop();
    const created = await run(gateway, CREATE, {
      project: SHOP,
      toolId: 'orders',
      name: ' Orders ',
      description: 'Knows orders',
      imageUrl: 'data:image/png;base64,iVBORw0KGgo=',
      config: {
        url: 'https://mcp.shop.example/orders',
        transport: { type: 'SSE', requestInit: { mode: 'cors' } },
        activeTools: ['find'],
        prompt: 'Be quick.',
        toolOverrides: [
          { toolName: 'find', displayName: 'Find' },
          { toolName: 'buy', schema: { type: 'object' } },
        ],
      },
      headers: { 'X-Shop': 'south' },
      credentialScope: 'user',
    });
    expect(created.tool).toEqual({
      toolId: 'orders',
      name: 'Orders',
      description: 'Knows orders',
      imageUrl: 'data:image/png;base64,iVBORw0KGgo=',
      headers: { 'X-Shop': 'south' },
      credentialReferenceId: null,
      credentialScope: 'user',
      status: 'HEALTHY',
      config: {
        url: 'https://mcp.shop.example/orders',
        transport: { type: 'SSE', requestInit: { mode: 'cors' } },
        activeTools: ['find'],
        prompt: 'Be quick.',
        toolOverrides: [
          { toolName: 'find', displayName: 'Find', schema: null },
          { toolName: 'buy', displayName: null, schema: { type: 'object' } },
        ],
      },
    });
    expect(sent(gateway, 'create-tool')).toEqual([
      {
        id: 'orders',
        name: 'Orders',
        description: 'Knows orders',
        imageUrl: 'data:image/png;base64,iVBORw0KGgo=',
        config: {
          type: 'mcp',
          mcp: {
            server: { url: 'https://mcp.shop.example/orders' },
            transport: { type: 'sse', requestInit: { mode: 'cors' } },
            activeTools: ['find'],
            prompt: 'Be quick.',
            toolOverrides: { find: { displayName: 'Find' }, buy: { schema: { type: 'object' } } },
          },
        },
        headers: { 'X-Shop': 'south' },
        credentialScope: 'user',
      },
    ]);
  });

  test('generates an id if none is given, without a read', async () => {
    const gateway = await startShop();
    const { tool } = await run(gateway, CREATE, {
      project: SHOP,
      name: 'Orders',
      config: { url: 'https://a.example' },
    });
    expect((tool as { toolId: string }).toolId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(gateway.calls()).toEqual({ 'create-tool': 1 });
  });

  test('does not send fields that are null', async () => {
    const gateway = await startShop();
    await run(gateway, CREATE, {
      project: SHOP,
      toolId: 'orders',
      name: 'Orders',
      config: { url: 'https://a.example', transport: null, activeTools: null, prompt: null, toolOverrides: null },
      description: null,
      imageUrl: null,
      headers: null,
      credentialReferenceId: null,
      credentialScope: null,
      capabilities: null,
    });
    expect(sent(gateway, 'create-tool')).toEqual([
      {
        id: 'orders',
        name: 'Orders',
        config: { type: 'mcp', mcp: { server: { url: 'https://a.example' } } },
        credentialScope: 'project',
      },
    ]);
  });

  test('says that it belongs to a workplace app only if that is given', async () => {
    const gateway = await startShop();
    const input = { project: SHOP, name: 'Orders', config: { url: 'https://a.example' } };
    await run(gateway, CREATE, { ...input, toolId: 'a' });
    await run(gateway, CREATE, { ...input, toolId: 'b', isWorkApp: null });
    await run(gateway, CREATE, { ...input, toolId: 'c', isWorkApp: true });
    await run(gateway, CREATE, { ...input, toolId: 'd', isWorkApp: false });
    const bodies = sent(gateway, 'create-tool') as { isWorkApp?: boolean }[];
    expect(bodies.map((body) => ('isWorkApp' in body ? body.isWorkApp : 'not sent'))).toEqual([
      'not sent',
      'not sent',
      true,
      false,
    ]);
    const { data } = await gateway.query('{ tool(projectId: "shop", toolId: "c") { isWorkApp } }');
    expect(data.tool).toEqual({ isWorkApp: true });
  });

  test('names the field of an answer in problem+json at its place in the input', async () => {
    const gateway = await startShop();
    gateway.sandbox.inkeep.fault({
      kind: 'status',
      status: 400,
      operation: 'create-tool',
      body: { status: 400, errors: [{ pointer: '/config/mcp/server/url', reason: 'Must be reachable', name: 'url' }] },
    });
    const input = { project: SHOP, toolId: 'orders', name: 'Orders', config: { url: 'https://a.example' } };
    expect(await run(gateway, CREATE, input)).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['config', 'url'], message: 'Must be reachable' }],
    });
  });

  test('returns a conflict of the id if the tool exists, and writes nothing', async () => {
    const gateway = await startShop();
    const refused = await run(gateway, CREATE, {
      project: SHOP,
      toolId: 'search',
      name: 'Search',
      config: { url: 'https://a.example' },
    });
    expect(refused).toMatchObject({ __typename: 'ConflictError', code: 'CONFLICT', path: ['toolId'] });
    expect(sent(gateway, 'create-tool')).toEqual([]);
  });

  test('names the project if it is unknown', async () => {
    const gateway = await startShop();
    const refused = await run(gateway, CREATE, {
      project: id('Project:default/none'),
      name: 'Orders',
      config: { url: 'https://a.example' },
    });
    expect(refused).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['project'] });
  });
});

describe('updating a tool', () => {
  test('changes only the given fields', async () => {
    const gateway = await startShop();
    const { tool } = await run(gateway, UPDATE, { id: SEARCH, name: 'Finder' });
    expect(tool).toMatchObject({
      name: 'Finder',
      description: 'Finds things',
      imageUrl: 'https://shop.example/search.png',
      headers: { 'X-Shop': 'north' },
    });
    expect(gateway.calls()).toEqual({ 'update-tool': 1 });
    expect(gateway.sandbox.inkeep.requests[0]).toMatchObject({ method: 'PUT', body: { name: 'Finder' } });
  });

  test('clears every field that can be cleared, in the way that the upstream accepts', async () => {
    const gateway = await startShop();
    const { tool } = await run(gateway, UPDATE, {
      id: SEARCH,
      description: null,
      imageUrl: null,
      headers: null,
      credentialReferenceId: null,
      credentialScope: null,
      capabilities: null,
    });
    expect(tool).toMatchObject({
      name: 'Search',
      description: null,
      imageUrl: null,
      headers: null,
      credentialReferenceId: null,
      credentialScope: 'project',
    });
    expect(sent(gateway, 'update-tool')).toEqual([
      {
        description: null,
        imageUrl: '',
        headers: null,
        credentialReferenceId: null,
        credentialScope: 'project',
        capabilities: null,
      },
    ]);
  });

  test('replaces the config as a whole', async () => {
    const gateway = await startShop();
    await run(gateway, UPDATE, { id: SEARCH, config: { url: 'https://a.example', prompt: 'Be quick.' } });
    const { tool } = await run(gateway, UPDATE, { id: SEARCH, config: { url: 'https://b.example' } });
    expect(tool).toMatchObject({ config: { url: 'https://b.example', prompt: null, transport: null } });
  });

  test('names the id of an unknown tool', async () => {
    const gateway = await startShop();
    const refused = await run(gateway, UPDATE, { id: id('Tool:default/shop/nothing'), name: 'Finder' });
    expect(refused).toMatchObject({ __typename: 'NotFoundError', path: ['id'] });
  });

  test('returns what the example operation expects', async () => {
    const gateway = await startGateway();
    const { data } = await gateway.query(UpdateToolDocument);
    expect(data?.updateTool).toMatchObject({
      tool: { description: 'Runbooks and product specifications', imageUrl: null },
    });
  });
});

describe('deleting a tool', () => {
  test('returns the project without it', async () => {
    const gateway = await startShop();
    expect(await run(gateway, DELETE, { id: SEARCH })).toEqual({
      deletedId: SEARCH,
      project: { id: SHOP, tools: { totalCount: 0 } },
    });
    expect(sent(gateway, 'delete-tool')).toHaveLength(1);
  });

  test.each([
    ['tool', 'Tool:default/shop/nothing'],
    ['project', 'Tool:default/none/search'],
  ])('names the id of an unknown %s', async (_what, unknown) => {
    const gateway = await startShop();
    const refused = await run(gateway, DELETE, { id: id(unknown) });
    expect(refused).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['id'] });
  });

  test('a second time names the id', async () => {
    const gateway = await startShop();
    await run(gateway, DELETE, { id: SEARCH });
    expect(await run(gateway, DELETE, { id: SEARCH })).toMatchObject({ __typename: 'NotFoundError', path: ['id'] });
  });
});
