import { once } from 'node:events';
import { GraphQLError } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { ask, connect, createSocketClient, Ticker } from '../../support/sockets.js';
import { startTransport } from '../../support/transport.js';

function createTestSchema(ticker = new Ticker()) {
  return createSchema({
    typeDefs: `
      type Query { hello: String broken: String forbidden: String }
      type Mutation { rename(name: String!): String }
      type Subscription { ticks: Int refused: Int breaks: Int }
    `,
    resolvers: {
      Query: {
        hello: () => 'world',
        broken: () => {
          throw new Error('password hunter2');
        },
        forbidden: () => {
          throw new GraphQLError('Not yours.', { extensions: { code: 'FORBIDDEN' } });
        },
      },
      Mutation: { rename: (_: unknown, { name }: { name: string }) => `Renamed to ${name}` },
      Subscription: {
        ticks: { subscribe: () => ticker },
        refused: {
          subscribe: () => {
            throw new GraphQLError('No.', { extensions: { code: 'FORBIDDEN' } });
          },
        },
        breaks: {
          subscribe: async function* () {
            yield { breaks: 1 };
            throw new Error('password hunter2');
          },
        },
      },
    },
  });
}

describe('over a socket', () => {
  test('a query is answered', async () => {
    const { url } = await startTransport(createTestSchema());
    expect(await ask(createSocketClient(url), '{ hello }')).toEqual({ data: { hello: 'world' } });
  });

  test('a mutation is answered', async () => {
    const { url } = await startTransport(createTestSchema());
    const answer = await ask(createSocketClient(url), 'mutation ($name: String!) { rename(name: $name) }', {
      name: 'Ann',
    });
    expect(answer).toEqual({ data: { rename: 'Renamed to Ann' } });
  });

  test('a subscription brings each event, then its end', async () => {
    const ticker = new Ticker();
    const { url } = await startTransport(createTestSchema(ticker));
    ticker.emit(1, 2);
    ticker.end();
    const results = [];
    for await (const result of createSocketClient(url).iterate({ query: 'subscription { ticks }' })) {
      results.push(result);
    }
    expect(results).toEqual([{ data: { ticks: 1 } }, { data: { ticks: 2 } }]);
  });

  test('several operations run side by side on one connection', async () => {
    const ticker = new Ticker();
    const { url } = await startTransport(createTestSchema(ticker));
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: 'live', payload: { query: 'subscription { ticks }' } });
    client.send({ type: 'subscribe', id: 'once', payload: { query: '{ hello }' } });
    expect(await client.next()).toEqual({ type: 'next', id: 'once', payload: { data: { hello: 'world' } } });
    expect(await client.next()).toEqual({ type: 'complete', id: 'once' });
    ticker.emit(7);
    expect(await client.next()).toEqual({ type: 'next', id: 'live', payload: { data: { ticks: 7 } } });
  });

  test('a ping is answered with what it brought', async () => {
    const { url } = await startTransport(createTestSchema());
    const client = await connect(url);
    client.send({ type: 'ping', payload: { at: 1 } });
    expect(await client.next()).toEqual({ type: 'pong', payload: { at: 1 } });
  });
});

describe('errors over a socket', () => {
  test.each([
    ['a document that is none', { query: '{ hello' }],
    ['an unknown field', { query: '{ nothing }' }],
    [
      'a variable of the wrong type',
      { query: 'mutation ($name: String!) { rename(name: $name) }', variables: { name: 1 } },
    ],
    ['an operation that is not there', { query: 'query A { hello }', operationName: 'B' }],
    ['a subscription that may not start', { query: 'subscription { refused }' }],
  ])('are those of HTTP for %s', async (_, payload) => {
    const { url, query } = await startTransport(createTestSchema());
    const overHttp = await query(payload, { accept: 'application/json, text/event-stream' });
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload });
    expect(await client.next()).toEqual({ type: 'error', id: '1', payload: overHttp.errors });
  });

  test('of fields come with the rest of the data', async () => {
    const { url } = await startTransport(createTestSchema());
    const answer = await ask(createSocketClient(url), '{ hello forbidden }');
    expect(answer).toEqual({
      data: { hello: 'world', forbidden: null },
      errors: [
        {
          message: 'Not yours.',
          path: ['forbidden'],
          locations: [{ line: 1, column: 9 }],
          extensions: { code: 'FORBIDDEN' },
        },
      ],
    });
  });

  test('of our own are masked, with the request id that the log has', async () => {
    const { url, logged } = await startTransport(createTestSchema());
    const client = createSocketClient(url, { headers: { 'x-request-id': 'page-7' } });
    const { errors } = await ask(client, '{ broken }');
    expect(errors).toMatchObject([
      { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'page-7:1' } },
    ]);
    expect(await logged('operation failed')).toMatchObject({ requestId: 'page-7:1' });
  });

  test('that break a subscription are its last message', async () => {
    const { url } = await startTransport(createTestSchema());
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { breaks }' } });
    expect(await client.next()).toMatchObject({ type: 'next' });
    expect(await client.next()).toMatchObject({
      type: 'error',
      payload: [{ message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
  });
});

describe('what a caller presents over a socket', () => {
  async function headersSeen(params: Record<string, unknown>, headers: Record<string, string>, names: string[]) {
    const seen: (string | undefined)[] = [];
    const { url } = await startTransport(createTestSchema(), {
      createContext: (request) => {
        seen.push(...names.map((name) => request.headers(name)));
        return {};
      },
      corsOrigins: ['https://app.example.com'],
    });
    await ask(createSocketClient(url, { params, headers }), '{ hello }');
    return seen;
  }

  test('is read from connectionParams, whatever the case of their names', async () => {
    const params = { Authorization: 'Bearer a', 'X-KATAVEN-authorization': 'Bearer b' };
    expect(await headersSeen(params, {}, ['authorization', 'x-kataven-authorization', 'x-account-id'])).toEqual([
      'Bearer a',
      'Bearer b',
      undefined,
    ]);
  });

  test('is the first of two connectionParams of one name', async () => {
    const params = { Authorization: 'Bearer a', authorization: 'Bearer b' };
    expect(await headersSeen(params, {}, ['authorization'])).toEqual(['Bearer a']);
  });

  test('is read from the headers of the upgrade, which clients that are no browsers set', async () => {
    const headers = { authorization: 'Bearer a', 'x-inkeep-ref': 'main' };
    expect(await headersSeen({}, headers, ['authorization', 'x-inkeep-ref'])).toEqual(['Bearer a', 'main']);
  });

  test('is read from headers in connectionParams', async () => {
    const params = { headers: { Authorization: 'Bearer a', 'X-Account-ID': 'acc' } };
    expect(await headersSeen(params, {}, ['authorization', 'x-account-id'])).toEqual(['Bearer a', 'acc']);
  });

  test.each([[[]], ['Bearer a'], [null], [7]])('is not in headers of connectionParams that are %j', async (headers) => {
    expect(await headersSeen({ headers }, {}, ['authorization', '0'])).toEqual([undefined, undefined]);
  });

  test('is what connectionParams say, then their headers, then the upgrade', async () => {
    const upgrade = { authorization: 'Bearer c', 'x-account-id': 'c', 'x-inkeep-ref': 'c' };
    const params = { authorization: 'Bearer a', headers: { authorization: 'Bearer b', 'x-account-id': 'b' } };
    expect(await headersSeen(params, upgrade, ['authorization', 'x-account-id', 'x-inkeep-ref'])).toEqual([
      'Bearer a',
      'b',
      'c',
    ]);
  });

  test('has no cookie from headers in connectionParams', async () => {
    const params = { headers: { cookie: 'better-auth.session=forged', origin: 'https://evil.example' } };
    expect(await headersSeen(params, {}, ['cookie', 'origin'])).toEqual([undefined, undefined]);
  });

  test.each([[1], [null], [['Bearer a']], [{ token: 'a' }]])('is not the connectionParam %j', async (value) => {
    expect(await headersSeen({ authorization: value }, {}, ['authorization'])).toEqual([undefined]);
  });

  test('is never a property that every object has', async () => {
    expect(await headersSeen({}, {}, ['constructor', '__proto__'])).toEqual([undefined, undefined]);
  });

  test('has cookies and Origin of the upgrade, which connectionParams do not replace', async () => {
    const seen = await headersSeen(
      { cookie: 'better-auth.session=forged', Origin: 'https://evil.example' },
      { cookie: 'better-auth.session=real', origin: 'https://app.example.com' },
      ['cookie', 'origin'],
    );
    expect(seen).toEqual(['better-auth.session=real', 'https://app.example.com']);
  });

  test('has no cookie where the upgrade had none', async () => {
    expect(await headersSeen({ cookie: 'better-auth.session=forged' }, {}, ['cookie'])).toEqual([undefined]);
  });

  test('is read anew for every operation', async () => {
    let contexts = 0;
    const { url } = await startTransport(createTestSchema(), {
      createContext: () => {
        contexts += 1;
        return {};
      },
    });
    const client = await connect(url, { params: {} });
    for (const id of ['1', '2']) {
      client.send({ type: 'subscribe', id, payload: { query: '{ hello }' } });
      await client.next();
      await client.next();
    }
    expect(contexts).toBe(2);
  });
});

describe('the report over a socket', () => {
  test('comes with each result when connectionParams ask for it', async () => {
    const { url } = await startTransport(createTestSchema(), { report: () => ({ calls: 3 }) });
    const client = createSocketClient(url, { params: { 'X-Gateway-Report': '1' } });
    expect(await ask(client, '{ hello }')).toEqual({
      data: { hello: 'world' },
      extensions: { upstream: { calls: 3 } },
    });
  });

  test('stays away otherwise', async () => {
    const { url } = await startTransport(createTestSchema(), { report: () => ({ calls: 3 }) });
    const client = createSocketClient(url, { params: { 'x-gateway-report': 'true' } });
    expect(await ask(client, '{ hello }')).toEqual({ data: { hello: 'world' } });
  });
});

describe('the operator sees of sockets', () => {
  test('a log line per operation, without anything the client sent', async () => {
    const { url, logged, lines } = await startTransport(createTestSchema());
    const client = createSocketClient(url, { params: { authorization: 'Bearer hunter2' } });
    await ask(client, 'mutation Rename($name: String!) { rename(name: $name) }', { name: 'hunter3' });
    expect(await logged('operation')).toMatchObject({
      operation: 'Rename',
      type: 'mutation',
      transport: 'websocket',
      ms: expect.any(Number),
      requestId: expect.stringMatching(/^[\w-]+:1$/),
    });
    expect(JSON.stringify(lines)).not.toMatch(/hunter/);
  });

  test('how many are open and what runs on them', async () => {
    const registry = new Registry();
    const ticker = new Ticker();
    const { url, logged } = await startTransport(createTestSchema(ticker), { registry });
    const client = await connect(url, { params: {} });
    const pulled = once(ticker.events, 'pulled');
    client.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { ticks }' } });
    await pulled;
    const during = await registry.metrics();
    expect(during).toContain('gateway_websockets_open 1\n');
    expect(during).toContain('gateway_graphql_operations_active{type="subscription"} 1\n');
    client.send({ type: 'complete', id: '1' });
    await logged('operation');
    const after = await registry.metrics();
    expect(after).toContain('gateway_graphql_operations_active{type="subscription"} 0\n');
    expect(after).toContain('gateway_graphql_operations_total{type="subscription",outcome="ok"} 1\n');
  });
});
