import { describe, expect, test } from 'vitest';
import { startGateway } from '../../../support/gateway.js';
import { connect } from '../../../support/sockets.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');
const TOOL = id('Tool:default/support-desk/zendesk');

const UPDATE = `first: updateTool(input: { id: "${TOOL}", name: "Changed" }) { __typename }`;
const DETACH = 'second: detachToolFromSubAgent(input: { id: $i }) { __typename }';

const INVALID: readonly (readonly [string, string, object])[] = [
  ['null for a variable in a @oneOf input', `mutation ($i: ID) { ${UPDATE} ${DETACH} }`, { i: null }],
  ['a missing variable in a @oneOf input', `mutation ($i: ID) { ${UPDATE} ${DETACH} }`, {}],
  [
    'such a field in a fragment',
    `mutation ($i: ID) { ${UPDATE} ...F } fragment F on Mutation { ${DETACH} }`,
    { i: null },
  ],
  ['null by a default', `mutation ($i: ID = null) { ${UPDATE} ... on Mutation { ${DETACH} } }`, {}],
];

describe('a mutation with an invalid argument does not execute the fields before it', () => {
  test.each(INVALID)('%s', async (_, query, variables) => {
    const gateway = await startGateway();
    const { data, errors } = await gateway.query(query, variables);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([
      {
        message: 'The value of this argument is not valid with the value given for "$i".',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    expect(gateway.sandbox.inkeep.requests).toEqual([]);
  });

  test('over WebSocket', async () => {
    const gateway = await startGateway();
    const client = await connect(gateway.url, { params: {} });
    const [, query, variables] = INVALID[0] ?? [];
    client.send({ type: 'subscribe', id: '1', payload: { query, variables } });
    expect(await client.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(gateway.sandbox.inkeep.requests).toEqual([]);
  });
});

test('ignores an invalid argument of a skipped field', async () => {
  const gateway = await startGateway();
  const query = `mutation ($i: ID, $skip: Boolean!) { ${UPDATE} ${DETACH.replace(') {', ') @skip(if: $skip) {')} }`;
  const { data, errors } = await gateway.query(query, { i: null, skip: true });
  expect(errors).toBeUndefined();
  expect(data).toEqual({ first: { __typename: 'UpdateToolPayload' } });
});

test('a mutation whose fields are all skipped does nothing', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(`mutation { ${UPDATE.replace(') {', ') @skip(if: true) {')} }`);
  expect(data).toEqual({});
  expect(gateway.sandbox.inkeep.requests).toEqual([]);
});

test('a query with an invalid argument returns its other fields', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(
    'query ($i: Int!) { __typename project(projectId: "support-desk") { agents(first: $i) { totalCount } name } }',
    { i: -1 },
  );
  expect(data).toEqual({ __typename: 'Query', project: { agents: null, name: 'Support desk' } });
  expect(errors).toHaveLength(1);
});
