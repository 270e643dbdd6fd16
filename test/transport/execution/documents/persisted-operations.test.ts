import { createHash } from 'node:crypto';
import { GraphQLScalarType, type GraphQLSchema } from 'graphql';
import { createSchema, type Plugin } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import type { TransportOptions } from '../../../../src/transport/server.js';
import { connect } from '../../../support/sockets.js';
import { startTransport } from '../../../support/transport.js';

type Members = Readonly<Record<string, unknown>>;
type Result = { data?: unknown; errors?: { message: string; extensions: { code: string } }[] };
type Ask = (url: string, members: Members) => Promise<Result>;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const HELLO = 'query Hello($name: String) { hello(name: $name) }';
const COUNT = 'subscription Count { count }';
const ADD = 'mutation Add { add }';
const DOCUMENTS = new Map([
  [sha256(HELLO), HELLO],
  ['count', COUNT],
  ['add', ADD],
  ['both', 'query A { hello } query B { hello(name: "B") }'],
]);

/** `executed` is called by each resolver. */
function createTestSchema(executed: () => void = () => {}) {
  return createSchema({
    typeDefs: `
      type Query { hello(name: String): String, now: Int, broken: String }
      type Mutation { add: Int }
      type Subscription { count: Int }`,
    resolvers: {
      Query: {
        hello(_, { name }) {
          executed();
          return `Hello ${name ?? 'world'}`;
        },
        now: () => Date.now(),
        broken: () => {
          throw new Error('hidden');
        },
      },
      Mutation: {
        add() {
          executed();
          return 1;
        },
      },
      Subscription: {
        count: {
          async *subscribe() {
            yield { count: 1 };
          },
        },
      },
    },
  });
}

const start = (options: Partial<TransportOptions<object>> = {}, schema: GraphQLSchema = createTestSchema()) =>
  startTransport(schema, { persisted: { documents: DOCUMENTS, only: false }, ...options });

const read = async (answer: Response): Promise<Result> => {
  const text = await answer.text();
  return JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text);
};

const post =
  (accept: string): Ask =>
  async (url, members) =>
    read(
      await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify(members),
      }),
    );

const getUrl = (url: string, members: Members) => {
  const texts = Object.entries(members).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return `${url}/graphql?${new URLSearchParams(Object.fromEntries(texts))}`;
};

const get: Ask = async (url, members) => read(await fetch(getUrl(url, members)));

const overSocket: Ask = async (url, members) => {
  const client = await connect(url, { params: {} });
  client.send({ type: 'subscribe', id: '1', payload: members });
  const { type, payload } = await client.next();
  return type === 'error' ? { errors: payload as never } : (payload as Result);
};

const TRANSPORTS: readonly (readonly [string, Ask])[] = [
  ['POST', post('application/json')],
  ['an event stream', post('text/event-stream')],
  ['GET', get],
  ['WebSocket', overSocket],
];

describe.each(TRANSPORTS)('over %s', (_transport, ask) => {
  test.each<[string, Members]>([
    ['the hash of Apollo', { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(HELLO) } } }],
    ['an empty query beside the hash', { query: '', extensions: { persistedQuery: { sha256Hash: sha256(HELLO) } } }],
    ['the id of the graphql-ws recipe', { extensions: { persistedQuery: sha256(HELLO) } }],
    ['documentId', { documentId: sha256(HELLO) }],
    ['documentId as GraphQL over HTTP writes it', { documentId: `sha256:${sha256(HELLO)}` }],
    ['doc_id, as Relay sends it', { doc_id: sha256(HELLO) }],
    ['id', { id: sha256(HELLO) }],
  ])('executes an operation by %s', async (_, members) => {
    const { url } = await start();
    const result = await ask(url, { ...members, operationName: 'Hello', variables: { name: 'Ada' } });
    expect(result).toEqual({ data: { hello: 'Hello Ada' } });
  });

  test('executes the operation of a document that operationName selects', async () => {
    const { url } = await start();
    expect(await ask(url, { documentId: 'both', operationName: 'B' })).toEqual({ data: { hello: 'Hello B' } });
  });

  test('checks the variables of a persisted operation', async () => {
    const { url } = await start();
    const { errors } = await ask(url, { documentId: sha256(HELLO), variables: { name: 3 } });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('answers an unknown id in the words of APQ', async () => {
    const { url } = await start();
    expect(await ask(url, { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } })).toEqual({
      errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
  });

  test('executes a query that comes with its hash, and does not store it', async () => {
    const { url } = await start();
    const query = '{ hello(name: "Bob") }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };
    expect(await ask(url, { query, extensions })).toEqual({ data: { hello: 'Hello Bob' } });
    const { errors } = await ask(url, { extensions });
    expect(errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }]);
  });

  test('with `only`, executes operations by their id and nothing else', async () => {
    let executions = 0;
    const schema = createTestSchema(() => {
      executions += 1;
    });
    const { url } = await start({ persisted: { documents: DOCUMENTS, only: true } }, schema);
    const refused = { errors: [expect.objectContaining({ extensions: { code: 'PERSISTED_QUERY_ONLY' } })] };
    const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(HELLO) } };
    expect(await ask(url, { query: HELLO })).toEqual(refused);
    expect(await ask(url, { query: '{ __typename }', extensions })).toEqual(refused);
    expect(await ask(url, { query: HELLO, extensions })).toEqual(refused);
    expect(await ask(url, { query: '{ not graphql' })).toEqual(refused);
    expect(executions).toBe(0);
    expect(await ask(url, { extensions })).toEqual({ data: { hello: 'Hello world' } });
  });

  test('with plugins, their hooks see the document of an operation by id', async () => {
    const seen: string[] = [];
    const plugin: Plugin = {
      onParse: ({ params }) => void seen.push(`parse ${params.source.toString().slice(0, 11)}`),
      onValidate: () => void seen.push('validate'),
      onExecute: ({ args }) => void seen.push(`execute ${args.document.definitions.length}`),
    };
    const { url } = await start({ plugins: [plugin] });
    seen.length = 0;
    expect(await ask(url, { documentId: sha256(HELLO) })).toEqual({ data: { hello: 'Hello world' } });
    expect(seen).toEqual(['parse query Hello', 'validate', 'execute 1']);
  });
});

describe.each(TRANSPORTS.filter(([name]) => /stream|WebSocket/.test(name)))('over %s', (_transport, ask) => {
  test('a subscription is started by its id', async () => {
    const { url } = await start();
    expect(await ask(url, { documentId: 'count' })).toEqual({ data: { count: 1 } });
  });
});

test('a mutation by its id is executed by POST, and not by GET', async () => {
  let executions = 0;
  const schema = createTestSchema(() => {
    executions += 1;
  });
  const { url } = await start({}, schema);
  expect((await fetch(getUrl(url, { documentId: 'add' }))).status).toBe(405);
  expect(executions).toBe(0);
  expect(await post('application/json')(url, { documentId: 'add' })).toEqual({ data: { add: 1 } });
});

test('are ready before the first request, and stay ready when clients send any number of other documents', async () => {
  let checks = 0;
  const Name = new GraphQLScalarType({
    name: 'Name',
    parseValue: String,
    parseLiteral(node) {
      checks += 1;
      return (node as { value: string }).value;
    },
  });
  const schema = createSchema({
    typeDefs: 'scalar Name type Query { hello(name: Name): String }',
    resolvers: { Name, Query: { hello: (_, { name }) => name } },
  });
  const documents = new Map([['ada', '{ hello(name: "Ada") }']]);
  const documentsLimits = { maxCacheBytes: 20_000, maxCompiledBytes: 7_000, runsBeforeCompiling: 0 };
  const { url } = await start(
    { persisted: { documents, only: false }, limits: { documents: documentsLimits } },
    schema,
  );
  const checksAtStart = checks;
  const ask = post('application/json');
  const other = async (name: string) => {
    const query = `{ a: __typename ${name}: hello }`;
    expect(await ask(url, { query })).toMatchObject({ data: { [name]: null } });
  };
  expect(await ask(url, { documentId: 'ada' })).toEqual({ data: { hello: 'Ada' } });
  for (let count = 0; count < 50; count++) await other(`n${count}`);
  expect(await ask(url, { documentId: 'ada' })).toEqual({ data: { hello: 'Ada' } });
  expect(checks).toBe(checksAtStart);
  expect(checksAtStart).toBeGreaterThan(0);
});

describe('an answer to GET', () => {
  const headersOf = ({ status, headers }: Response) => ({
    status,
    control: headers.get('cache-control'),
    etag: headers.get('etag'),
  });

  test('by id is kept by the client, and sent again only if it has changed', async () => {
    let value = 'a';
    const schema = createSchema({
      typeDefs: 'type Query { hello: String }',
      resolvers: { Query: { hello: () => value } },
    });
    const { url } = await start({ persisted: { documents: new Map([['x', '{ hello }']]), only: false } }, schema);
    const first = await fetch(getUrl(url, { documentId: 'x' }));
    expect(headersOf(first)).toEqual({
      status: 200,
      control: 'private, no-cache',
      etag: expect.stringMatching(/^".{43}"$/),
    });
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(getUrl(url, { documentId: 'x' }), { headers: { 'if-none-match': etag } });
    expect(headersOf(again)).toEqual({ status: 304, control: 'private, no-cache', etag });
    expect(await again.text()).toBe('');
    value = 'b';
    const changed = await fetch(getUrl(url, { documentId: 'x' }), { headers: { 'if-none-match': etag } });
    expect(changed.status).toBe(200);
    expect(await changed.json()).toEqual({ data: { hello: 'b' } });
    expect(changed.headers.get('etag')).not.toBe(etag);
  });

  test.each<[string, Members]>([
    ['by text', { query: '{ hello }' }],
    ['with errors', { documentId: 'broken' }],
    ['with an unknown id', { documentId: 'unknown' }],
  ])('%s is not kept', async (_, members) => {
    const { url } = await start({ persisted: { documents: new Map([['broken', '{ broken }']]), only: false } });
    expect(headersOf(await fetch(getUrl(url, members)))).toEqual({ status: 200, control: 'no-store', etag: null });
  });

  test('by POST is not kept', async () => {
    const { post } = await start();
    expect(headersOf(await post({ documentId: sha256(HELLO) }))).toEqual({
      status: 200,
      control: 'no-store',
      etag: null,
    });
  });
});

test('a document of a manifest that does not fit the schema stops the start, and is named', async () => {
  const documents = new Map([
    ...DOCUMENTS,
    ['old', 'query Old {\n  removed\n}'],
    ['typo', 'query Typo { hello('],
    ['anonymous', '{ hello(nme: "x") }'],
  ]);
  await expect(start({ persisted: { documents, only: false } })).rejects.toThrow(
    [
      '3 operations are not valid with the schema of this version:',
      '  query Old (id old): Cannot query field "removed" on type "Query". (line 2, column 3)',
      '  query Typo (id typo): Syntax Error: Expected Name, found <EOF>. (line 1, column 20)',
      '  id anonymous: Unknown argument "nme" on field "Query.hello". Did you mean "name"? (line 1, column 9)',
    ].join('\n'),
  );
});
