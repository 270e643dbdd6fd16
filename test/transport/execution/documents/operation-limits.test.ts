import { describe, expect, test } from 'vitest';
import { TRANSPORTS } from '../../../support/ask.js';
import { startGateway } from '../../../support/gateway.js';
import { connect } from '../../../support/sockets.js';

const LISTS = `query ($first: Int) {
  projects(first: $first) { nodes { agents(first: $first) { nodes { subAgents(first: $first) { nodes { name } } } } } }
}`;

const exceeds = (actual: number) => ({
  code: 'LIMIT_EXCEEDED',
  limit: 'rows',
  allowed: 200_000,
  actual,
});

describe.each(TRANSPORTS)('over %s', (_transport, ask) => {
  test.each([
    ['variables', LISTS, { first: 100 }, exceeds(1_010_100)],
    ['the default of a variable', LISTS.replace('Int', 'Int = 100'), {}, exceeds(1_010_100)],
    ['literals', LISTS.replace('($first: Int)', '').replaceAll('$first', '60'), {}, exceeds(219_660)],
    ['`last`', LISTS.replaceAll('first: $first', 'last: $first'), { first: 60 }, exceeds(219_660)],
    [
      'default sizes',
      '{ projects { nodes { agents { nodes { subAgents { nodes { tools { nodes { name } } } } } } } } }',
      {},
      exceeds(6_377_550),
    ],
    [
      'edges',
      `{ projects(first: 60) { edges { node { agents(first: 60) { edges { node {
        subAgents(first: 60) { edges { cursor } }
      } } } } } } }`,
      {},
      exceeds(219_660),
    ],
    [
      'a variable with the name of a member of every object',
      LISTS.replaceAll('$first', '$constructor').replaceAll('nodes { name }', 'nodes { tools { nodes { name } } }'),
      {},
      exceeds(6_377_550),
    ],
    [
      'fragments',
      `query { projects(first: 100) { nodes { ...P } } }
       fragment P on Project { agents(first: 100) { nodes { ...A } } }
       fragment A on Agent { subAgents(first: 100) { nodes { name } } }`,
      {},
      exceeds(1_010_100),
    ],
    [
      'ids',
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { tools(first: 500) { nodes { name } } } } }',
      { ids: Array(500).fill('x') },
      exceeds(250_500),
    ],
  ])(
    'lists in each other that are too long by %s are refused before execution',
    async (_what, query, variables, extensions) => {
      const gateway = await startGateway();
      const { result } = await ask(gateway.url, { query, variables });
      expect(result?.errors).toMatchObject([{ message: expect.stringContaining('Set a smaller `first`'), extensions }]);
      expect(gateway.sandbox.inkeep.count()).toBe(0);
    },
  );

  test('many aliases in long lists are refused before execution', async () => {
    const gateway = await startGateway();
    const aliases = Array.from({ length: 30 }, (_, n) => `a${n}: name`).join(' ');
    const query = `query ($n: Int) { project(projectId: "support-desk") { tools(first: $n) { nodes { project { id tools(first: $n) { nodes { ${aliases} } } } } } } }`;
    expect((await ask(gateway.url, { query, variables: { n: 10 } })).result).not.toHaveProperty('errors');
    gateway.forget();
    const { result } = await ask(gateway.url, { query, variables: { n: 300 } });
    const extensions = { code: 'LIMIT_EXCEEDED', limit: 'values', allowed: 2_500_000, actual: 2_701_200 };
    expect(result?.errors).toMatchObject([{ extensions }]);
    expect(gateway.sandbox.inkeep.count()).toBe(0);
  });

  test('each request for a document counts with its own variables, also when code is generated for it', async () => {
    const { url } = await startGateway();
    for (let n = 0; n < 6; n++) {
      expect((await ask(url, { query: LISTS, variables: { first: 3 } })).result).not.toHaveProperty('errors');
      const { result } = await ask(url, { query: LISTS, variables: { first: 100 } });
      expect(result?.errors).toMatchObject([{ extensions: exceeds(1_010_100) }]);
    }
  });

  test('the rows are those of the operation that operationName selects', async () => {
    const { url } = await startGateway();
    const query = `query Small { projects(first: 1) { totalCount } } ${LISTS.replace('query', 'query Large')}`;
    const variables = { first: 100 };
    expect((await ask(url, { query, variables, operationName: 'Small' })).result).not.toHaveProperty('errors');
    const { result } = await ask(url, { query, variables, operationName: 'Large' });
    expect(result?.errors).toMatchObject([{ extensions: exceeds(1_010_100) }]);
  });

  test('an operation that may cost more than MAX_OPERATION_COST is refused before execution', async () => {
    const gateway = await startGateway({}, { MAX_OPERATION_COST: '10' });
    const query =
      'query ($first: Int) { project(projectId: "support-desk") { tools(first: $first) { nodes { status } } } }';
    expect((await ask(gateway.url, { query, variables: { first: 3 } })).result).not.toHaveProperty('errors');
    gateway.forget();
    const { result } = await ask(gateway.url, { query, variables: { first: 10 } });
    expect(result?.errors).toMatchObject([
      { extensions: { code: 'LIMIT_EXCEEDED', limit: 'cost', allowed: 10, actual: 14 } },
    ]);
    expect(gateway.sandbox.inkeep.count()).toBe(0);
  });
});

const COSTS = { total: 14, calls: { expected: 2, atMost: 3 }, rows: { atMost: 10 }, probes: { atMost: 11 } };
const QUERY = '{ project(projectId: "support-desk") { name tools(first: 10) { nodes { status } } } }';

describe('the cost', () => {
  test('is in the result if the header x-gateway-cost asks for it', async () => {
    const gateway = await startGateway();
    const { data, extensions } = await gateway.query(QUERY, {}, { 'x-gateway-cost': '1' });
    expect(data.project.tools.nodes).toHaveLength(10);
    expect(extensions).toMatchObject({ cost: COSTS, upstream: { calls: 2 } });
    expect((await gateway.query(QUERY)).extensions).not.toHaveProperty('cost');
  });

  test('is told without executing the operation', async () => {
    const gateway = await startGateway();
    const headers = { 'x-gateway-cost': 'only' };
    expect(await gateway.query(QUERY, {}, headers)).toEqual({ data: null, extensions: { cost: COSTS } });
    const mutation =
      'mutation { deleteTool(input: { id: "VG9vbDpkZWZhdWx0L3N1cHBvcnQtZGVzay96ZW5kZXNr" }) { __typename } }';
    expect(await gateway.query(mutation, {}, headers)).toMatchObject({
      data: null,
      extensions: { cost: { total: 1 } },
    });
    expect(gateway.sandbox.inkeep.count()).toBe(0);
  });

  test('is told over an event stream and over a WebSocket, also of a subscription', async () => {
    const gateway = await startGateway();
    const query = 'subscription { toolStatus(watch: { tools: ["x"] }) { tool { name } } }';
    const stream = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', 'x-gateway-cost': 'only' },
      body: JSON.stringify({ query }),
    });
    const client = await connect(gateway.url, { params: { 'x-gateway-cost': 'only' } });
    client.send({ type: 'subscribe', id: '1', payload: { query } });
    const cost = { total: 5, calls: { expected: 0, atMost: 5 }, rows: { atMost: 0 }, probes: { atMost: 0 } };
    expect(await stream.text()).toContain(JSON.stringify({ data: null, extensions: { cost } }));
    expect(await client.next()).toMatchObject({ type: 'next', payload: { data: null, extensions: { cost } } });
    expect(await client.next()).toEqual({ type: 'complete', id: '1' });
  });
});
