import { once } from 'node:events';
import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { type Members, TRANSPORTS } from '../../support/ask.js';
import { connect } from '../../support/sockets.js';
import { openSocket, readToEnd, startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String broken: String }',
  resolvers: {
    Query: {
      hello: () => 'world',
      broken: () => {
        throw new Error('hidden');
      },
    },
  },
});

describe.each(TRANSPORTS)('over %s', (transport, ask) => {
  test.each<[string, Members]>([
    ['an empty operationName', { operationName: '' }],
    ['a null operationName', { operationName: null }],
    ['null variables', { variables: null }],
    ['null extensions', { extensions: null }],
    ['extensions that mean nothing here', { extensions: { a: 1 } }],
    ['an unknown member', { id: 'x' }],
  ])('%s changes nothing', async (_, members) => {
    const { url } = await startTransport(schema);
    expect(await ask(url, { query: '{ hello }', ...members })).toEqual({ result: { data: { hello: 'world' } } });
  });

  test.each<[string, unknown]>([
    ['extensions', []],
    ['extensions', 'x'],
    ['extensions', 3],
    ['extensions', true],
    ['variables', []],
    ['variables', 'x'],
    ['variables', 3],
    ['variables', false],
  ])('%s that are %j are refused, and nothing is executed', async (name, value) => {
    const { url } = await startTransport(schema);
    const { refused, result } = await ask(url, { query: '{ hello }', [name]: value });
    expect(refused).toBe(transport === 'WebSocket' ? undefined : 400);
    expect(result).toEqual({ errors: [error(`"${name}" must be a JSON object.`, 'BAD_USER_INPUT')] });
  });

  test('an operationName that no operation has is refused', async () => {
    const { url } = await startTransport(schema);
    const { result } = await ask(url, { query: 'query A { hello }', operationName: 'B' });
    expect(result?.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('the hash of a query without the query is refused in the words of APQ', async () => {
    const { url } = await startTransport(schema);
    const persistedQuery = { version: 1, sha256Hash: 'a'.repeat(64) };
    expect(await ask(url, { operationName: 'P', variables: {}, extensions: { persistedQuery } })).toEqual({
      result: { errors: [error('PersistedQueryNotSupported', 'PERSISTED_QUERY_NOT_SUPPORTED')] },
    });
  });

  test('a query that comes with its hash is executed', async () => {
    const { url } = await startTransport(schema);
    const persistedQuery = { version: 1, sha256Hash: 'a'.repeat(64) };
    const { result } = await ask(url, { query: '{ hello }', extensions: { persistedQuery } });
    expect(result).toEqual({ data: { hello: 'world' } });
  });

  test('an answer has errors, data and extensions in this order', async () => {
    const { url } = await startTransport(schema, { alwaysReport: true });
    const { result = {} } = await ask(url, { query: '{ hello broken }' });
    expect(Object.keys(result)).toEqual(['errors', 'data', 'extensions']);
  });
});

// In a URL these members are text.
describe.each(TRANSPORTS.filter(([name]) => name !== 'GET'))('over %s', (transport, ask) => {
  test.each<[string, Members, string]>([
    ['no query', {}, 'The request has no "query", or it is not a string.'],
    ['a query that is null', { query: null }, 'The request has no "query", or it is not a string.'],
    ['a query that is a number', { query: 3 }, 'The request has no "query", or it is not a string.'],
    ['a query that is an object', { query: {} }, 'The request has no "query", or it is not a string.'],
    ['a number as operationName', { query: '{ hello }', operationName: 1 }, '"operationName" must be a string.'],
    ['a list as operationName', { query: '{ hello }', operationName: [] }, '"operationName" must be a string.'],
  ])('%s is refused', async (_, members, message) => {
    const { url } = await startTransport(schema);
    const { refused, result } = await ask(url, members);
    expect(refused).toBe(transport === 'WebSocket' ? undefined : 400);
    expect(result).toEqual({ errors: [error(message, 'BAD_USER_INPUT')] });
  });
});

function error(message: string, code: string) {
  return { message, extensions: { code } };
}

test.each<[string, Members]>([
  ['APQ request', { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }],
  ['malformed request', { query: 1, variables: 'x' }],
])('a refused %s leaves its socket open', async (_, payload) => {
  const { url } = await startTransport(schema);
  const client = await connect(url, { params: {} });
  client.send({ type: 'subscribe', id: '1', payload });
  expect(await client.next()).toMatchObject({ type: 'error', id: '1' });
  client.send({ type: 'subscribe', id: '2', payload: { query: '{ hello }' } });
  expect(await client.next()).toEqual({ type: 'next', id: '2', payload: { data: { hello: 'world' } } });
});

describe('a request target in absolute form', () => {
  test.each(['http://gateway.example', 'http://127.0.0.1:1', 'HTTPS://GATEWAY.EXAMPLE:443'])(
    '%s is answered as in origin form',
    async (origin) => {
      const { url } = await startTransport(schema);
      const socket = await openSocket(url);
      socket.write(`GET ${origin}/graphql?query=%7Bhello%7D HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 200 .*\{"data":\{"hello":"world"\}\}$/s);
    },
  );
});

test.each(['http://gateway.example/graphql', '/graphql/'])(
  'a request for %s is upgraded to WebSocket',
  async (target) => {
    const { url } = await startTransport(schema);
    const socket = await openSocket(url);
    const key = Buffer.alloc(16).toString('base64');
    socket.write(
      `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
    );
    const [head] = await once(socket, 'data');
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 /);
  },
);

test.each([
  ['http://gateway.example:4000', 101],
  ['https://gateway.example:4000', 101],
  ['http://proxy.example', 403],
])('for a target in absolute form, the Origin %s is compared with its host: %d', async (origin, status) => {
  const { url } = await startTransport(schema);
  const socket = await openSocket(url);
  const key = Buffer.alloc(16).toString('base64');
  socket.write(
    `GET http://gateway.example:4000/graphql HTTP/1.1\r\nhost: proxy.example\r\norigin: ${origin}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
  );
  const [head] = await once(socket, 'data');
  expect(String(head)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

describe('an Accept header', () => {
  test.each([
    ['application/graphql-response+json;q=0, application/json', 'application/json'],
    ['application/json;q=0.1, application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json'],
    ['application/json, application/graphql-response+json', 'application/json'],
    ['text/html, */*;q=0.1', 'application/json'],
    ['APPLICATION/GRAPHQL-RESPONSE+JSON', 'application/graphql-response+json'],
  ])('%s is answered with %s', async (accept, type) => {
    const { post: send } = await startTransport(schema);
    const answer = await send({ query: '{ hello }' }, { accept });
    expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
  });

  test.each(['application/json;q=0', 'text/event-stream;q=0', '*/*;q=0'])('%s is answered with 406', async (accept) => {
    const { post: send } = await startTransport(schema);
    expect((await send({ query: '{ hello }' }, { accept })).status).toBe(406);
  });
});

describe('HEAD on /graphql', () => {
  test('has the head of the answer to GET, and no body', async () => {
    const { url } = await startTransport(schema);
    const target = `${url}/graphql?query=%7Bhello%7D`;
    const [got, head] = await Promise.all([fetch(target), fetch(target, { method: 'HEAD' })]);
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(got.headers.get('content-length'));
    expect(await head.text()).toBe('');
  });

  test('is refused for a mutation', async () => {
    const { url } = await startTransport(
      createSchema({ typeDefs: 'type Query { a: String } type Mutation { b: String }' }),
    );
    const answer = await fetch(`${url}/graphql?query=mutation%7Bb%7D`, { method: 'HEAD' });
    expect(answer.status).toBe(405);
  });
});

test.each(['application/json; charset=utf8', 'application/json;charset="utf8"'])(
  'a body of type %s is executed',
  async (type) => {
    const { post: send } = await startTransport(schema);
    expect((await send({ query: '{ hello }' }, { 'content-type': type })).status).toBe(200);
  },
);

test('a slash at the end of /graphql changes nothing', async () => {
  const { url } = await startTransport(schema);
  const answer = await fetch(`${url}/graphql/?query=%7Bhello%7D`);
  expect(await answer.json()).toEqual({ data: { hello: 'world' } });
});

describe('a request that cannot be read is answered with an error that has a code and a request id:', () => {
  test.each([
    [
      'a GET over 16 KiB',
      `GET /graphql?query=%7Bhello%7D&variables=${'a'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      431,
      { code: 'LIMIT_EXCEEDED', limit: 'headerBytes', allowed: 16_384 },
    ],
    ['something that is not HTTP', 'hello\r\n\r\n', 400, { code: 'BAD_USER_INPUT' }],
  ])('%s', async (_, text, status, extensions) => {
    const { url } = await startTransport(schema);
    const socket = await openSocket(url);
    socket.write(text);
    const answer = await readToEnd(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    const requestId = /x-request-id: (.+)/.exec(head)?.[1];
    expect(JSON.parse(body)).toEqual({
      errors: [{ message: expect.any(String), extensions: { ...extensions, requestId } }],
    });
  });
});
