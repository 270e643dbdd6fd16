import { readdirSync, readFileSync } from 'node:fs';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { TRANSPORT_LIMITS } from '../../../../src/transport/limits.js';
import { TRANSPORTS } from '../../../support/ask.js';
import { startGateway } from '../../../support/gateway.js';
import { startTransport } from '../../../support/transport.js';

const schema = buildSchema(`
  type Query { text: String next: Query list(of: [Int]): String }
  type Mutation { text: String }
`);
const { shape } = TRANSPORT_LIMITS;

const times = (count: number, part: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ');
const nested = (levels: number): string => `${'{ next '.repeat(levels - 1)}{ text }${' }'.repeat(levels - 1)}`;

interface Exceeding {
  readonly limit: keyof typeof shape;
  readonly query: string;
  readonly actual: unknown;
  readonly operationName?: string;
}

/** Fragments of which each spreads the next one twice, so that the last one counts 2^40 times. */
const doubling = (selected: string): string =>
  `${times(40, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F40 on Query { ${selected} }`;

const EXCEEDING: Record<string, Exceeding> = {
  'a token too many': { limit: 'tokens', query: `{ ${'text '.repeat(9_999)}}`, actual: 10_001 },
  'a level too many': { limit: 'depth', query: nested(51), actual: 51 },
  // How many levels the parser can read depends on the stack: it is deeper in some transports.
  'levels that the parser may not be able to read': {
    limit: 'depth',
    query: nested(3_000),
    actual: expect.toSatisfy((levels: unknown) => levels === 51 || levels === 3_000),
  },
  'levels of fragments': {
    limit: 'depth',
    query: `{ ...F0 } ${times(60, (n) => `fragment F${n} on Query { ...F${n + 1} }`)} fragment F60 on Query { text }`,
    actual: 51,
  },
  // The depth of F must not be that from the first spread.
  'a fragment that is spread at a shallow and at a deep place': {
    limit: 'depth',
    query: `{ ...F ${'next { '.repeat(45)} ...F ${'} '.repeat(45)} } fragment F on Query ${nested(10)}`,
    actual: 56,
  },
  'fields in a fragment that is spread often': {
    limit: 'fields',
    query: `{ ${'...F '.repeat(100)} } fragment F on Query { ${'text '.repeat(51)} }`,
    actual: 5_100,
  },
  'an alias too many': { limit: 'aliases', query: `{ next { ${times(501, (n) => `a${n}: text`)} } }`, actual: 501 },
  'aliases in a fragment that is spread often': {
    limit: 'aliases',
    query: `{ next { ${times(100, () => '...F')} } } fragment F on Query { ${times(6, (n) => `a${n}: text`)} }`,
    actual: 600,
  },
  'a root field too many': { limit: 'rootFields', query: `{ ${times(201, (n) => `a${n}: text`)} }`, actual: 201 },
  'root fields in a fragment': {
    limit: 'rootFields',
    query: `{ ...F ...F } fragment F on Query { ${times(101, (n) => `a${n}: text`)} }`,
    actual: 202,
  },
  'a directive too many': { limit: 'directives', query: `{ text ${'@include(if: true) '.repeat(501)} }`, actual: 501 },
  'fragments that are spread 2^40 times': {
    limit: 'fragmentSpreads',
    query: `{ ...F0 } ${doubling('text')}`,
    actual: 2 ** 41 - 1,
  },
  'more spreads than a double can count': {
    limit: 'fragmentSpreads',
    query: `{ ...F0 } ${times(35, (n) => `fragment F${n} on Query { ${`...F${n + 1} `.repeat(100)} }`)} fragment F35 on Query { text }`,
    actual: Number.MAX_SAFE_INTEGER,
  },
  'aliases in introspection': {
    limit: 'introspectionAliases',
    query: '{ __schema { types { a: name } } }',
    actual: 1,
  },
  'thousands of aliases in introspection': {
    limit: 'introspectionAliases',
    query: `{ __schema { types { fields { ${times(2_000, (n) => `a${n}: name`)} } } } }`,
    actual: 2_000,
  },
  'aliases in a fragment that introspection spreads': {
    limit: 'introspectionAliases',
    query: '{ __type(name: "Query") { ...F } } fragment F on __Type { a: name }',
    actual: 1,
  },
  'the schema many times': {
    limit: 'introspectionFields',
    query: `{ ${times(9, (n) => `a${n}: __schema { types { name } }`)} }`,
    actual: 9,
  },
  'levels of introspection': {
    limit: 'introspectionDepth',
    query: `{ __type(name: "Query") ${'{ ofType '.repeat(25)} { name } ${'} '.repeat(25)} }`,
    actual: 26,
  },
  'a fragment with the name of introspection': {
    limit: 'aliases',
    query: `{ next { ...__schema } } fragment __schema on Query { ${times(501, (n) => `a${n}: text`)} }`,
    actual: 501,
  },
  'an alias with the name of introspection': { limit: 'depth', query: `{ __schema: next ${nested(50)} }`, actual: 51 },
  'two operations that exceed it together': {
    limit: 'aliases',
    query: `query A { next { ${times(300, (n) => `a${n}: text`)} } } query B { next { ${times(300, (n) => `a${n}: text`)} } }`,
    operationName: 'A',
    actual: 600,
  },
  'an operation that is not executed': {
    limit: 'depth',
    query: `query A { text } mutation B { text } query C ${nested(51)}`,
    operationName: 'A',
    actual: 51,
  },
  'a fragment that no operation spreads': {
    limit: 'aliases',
    query: `{ text } fragment F on Query { ${times(501, (n) => `a${n}: text`)} }`,
    actual: 501,
  },
};

const BY_BODY = TRANSPORTS.filter(([name]) => name !== 'GET');

describe.each(BY_BODY)('over %s', (_transport, ask) => {
  test.each(Object.entries(EXCEEDING))('%s is LIMIT_EXCEEDED', async (_what, { limit, actual, ...members }) => {
    const { url } = await startTransport(schema);
    const { result } = await ask(url, members);
    const extensions = { code: 'LIMIT_EXCEEDED', limit, allowed: shape[limit], actual };
    expect(result?.errors).toEqual([
      { message: expect.stringMatching(/exceed the limit: \d+ of \d+\. \w.+\.$/), extensions },
    ]);
    expect((await ask(url, { query: '{ text }' })).result).toEqual({ data: { text: null } });
  });

  test('everything at its limit is answered', async () => {
    const { url } = await startTransport(schema);
    for (const query of [
      nested(50),
      `{ next { ${times(500, (n) => `a${n}: text`)} } }`,
      `{ ${times(200, (n) => `a${n}: text`)} }`,
      `{ next { ${times(500, (n) => `a${n}: text @include(if: true)`)} } }`,
      `{ next { ${'...F '.repeat(1_000)} } } fragment F on Query { next { text } }`,
      `{ list(of: [${'1 '.repeat(9_990)}]) }`,
    ]) {
      expect((await ask(url, { query })).result).not.toHaveProperty('errors');
    }
  });
});

test('a refused document is answered in milliseconds, again and again', async () => {
  const { query } = await startTransport(schema);
  await query({ query: '{ text }' });
  const startedAt = performance.now();
  for (let n = 0; n < 10; n++) {
    const { errors } = await query({ query: `{ ...F0 a${n}: text } ${doubling('text')}` });
    expect(errors).toMatchObject([{ extensions: { limit: 'fragmentSpreads' } }]);
  }
  expect((performance.now() - startedAt) / 10).toBeLessThan(50);
});

test('fragments that spread each other are refused by validation', async () => {
  const { query } = await startTransport(schema);
  const { errors } = await query({
    query: '{ ...A } fragment A on Query { ...B } fragment B on Query { next { ...A } }',
  });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('the limits apply to operations that plugins see, too', async () => {
  const { query } = await startTransport(schema, { plugins: [{}] });
  for (let n = 0; n < 2; n++) {
    expect((await query({ query: nested(51) })).errors).toMatchObject([{ extensions: { limit: 'depth' } }]);
    expect((await query({ query: `{ ${'text '.repeat(9_999)}}` })).errors).toMatchObject([
      { extensions: { limit: 'tokens' } },
    ]);
  }
});

/** `getIntrospectionQuery` is what GraphiQL, GraphQL Code Generator, Apollo and Relay send, each with its own options. */
function introspectionQueries(): string[] {
  const flags = [
    'descriptions',
    'specifiedByUrl',
    'directiveIsRepeatable',
    'schemaDescription',
    'inputValueDeprecation',
    'oneOf',
  ];
  return Array.from({ length: 2 ** flags.length }, (_, bits) =>
    getIntrospectionQuery(Object.fromEntries(flags.map((flag, n) => [flag, Boolean(bits & (1 << n))]))),
  );
}

/** What gql.tada asks before it sends its introspection query. */
const GQL_TADA = `query IntrospectSupportQuery {
  directive: __type(name: "__Directive") { fields { name args { name } } }
  field: __type(name: "__Field") { fields { name args { name } } }
  type: __type(name: "__Type") { fields { name } }
  inputValue: __type(name: "__InputValue") { fields { name } }
}`;

/** Every type down to the functions of a tool, with a fragment for each component and with cursors. */
const DEEP = `
  query Page { project(projectId: "support-desk") { ...ProjectView } }
  fragment ProjectView on Project { name agents { edges { cursor node { ...AgentView } } pageInfo { ...PageView } } }
  fragment AgentView on Agent { name subAgents { edges { node { ...SubAgentView } } } }
  fragment SubAgentView on SubAgent { name toolRelations { edges { node { ...RelationView } } } }
  fragment RelationView on SubAgentToolRelation { selectedTools tool { ...ToolView } }
  fragment ToolView on Tool { name headerNames status ...FunctionsView }
  fragment FunctionsView on Tool { availableTools { ...FunctionView } }
  fragment FunctionView on AvailableTool { name description inputSchema }
  fragment PageView on PageInfo { hasNextPage endCursor }`;

test('the introspection of every tool is answered', async () => {
  const gateway = await startGateway();
  for (const query of [...introspectionQueries(), GQL_TADA]) {
    const { data, errors } = await gateway.query(query);
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('"name"');
  }
});

test('every example and a query through every type pass, with half of each limit of documents to spare', async () => {
  const half = Object.fromEntries(Object.entries(shape).map(([name, allowed]) => [name, allowed / 2]));
  const gateway = await startGateway(
    {},
    {},
    { limits: { transport: { shape: { ...half, rows: shape.rows, values: shape.values } } } },
  );
  const folder = new URL('../../../../schema/operations/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.graphql') && !file.includes('live-status'),
  );
  const examples = files.map((file) => readFileSync(new URL(file, folder), 'utf8'));
  expect(examples.length).toBeGreaterThan(15);
  for (const query of [...examples, DEEP]) {
    const { errors = [] } = await gateway.query(query);
    // The operations of pages need variables, which are checked after the limits of the document.
    expect(errors.filter(({ message }) => !/^Variable .* is required and was not provided/.test(message))).toEqual([]);
  }
});
