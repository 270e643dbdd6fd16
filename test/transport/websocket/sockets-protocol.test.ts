import { once } from 'node:events';
import { GraphQLError } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { connect, refusedUpgrade, Ticker } from '../../support/sockets.js';
import { openSocket, readToEnd, startTransport } from '../../support/transport.js';

const hello = createSchema({
  typeDefs: 'type Query { hello: String }',
  resolvers: { Query: { hello: () => 'world' } },
});

/** Every subscription gets the next of the tickers. */
function liveSchema(...tickers: Ticker[]) {
  let taken = 0;
  return createSchema({
    typeDefs: 'type Query { hello: String expired: String } type Subscription { ticks: Int refused: Int }',
    resolvers: {
      Query: {
        hello: () => 'world',
        expired: () => {
          throw new GraphQLError('Sign in.', { extensions: { code: 'UNAUTHENTICATED' } });
        },
      },
      Subscription: {
        ticks: { subscribe: () => tickers[taken++] },
        refused: {
          subscribe: () => {
            throw new GraphQLError('Sign in.', { extensions: { code: 'UNAUTHENTICATED' } });
          },
        },
      },
    },
  });
}

const TICKS = { query: 'subscription { ticks }' };

describe('an upgrade', () => {
  test('of another path is answered with 404', async () => {
    const { url } = await startTransport(hello);
    expect(await refusedUpgrade(url, '/metrics')).toEqual({
      status: 404,
      body: { errors: [{ message: 'WebSockets are served at /graphql.', extensions: { code: 'BAD_USER_INPUT' } }] },
    });
  });

  test.each(['https://evil.example', 'null', 'file://', 'http://127.0.0.1', 'https://app.example.com.evil.example'])(
    'asked for by a page of %s is answered with 403',
    async (origin) => {
      const { url } = await startTransport(hello, { corsOrigins: ['https://app.example.com'] });
      expect(await refusedUpgrade(url, '/graphql', { origin })).toEqual({
        status: 403,
        body: {
          errors: [
            {
              message:
                'Pages of this origin may not connect. Its Origin was compared with Host, PUBLIC_URL (not set), and CORS_ORIGINS.',
              extensions: { code: 'FORBIDDEN' },
            },
          ],
        },
      });
    },
  );

  test('asked for by a page of another origin is refused even if that page has a session', async () => {
    const { url } = await startTransport(hello);
    const headers = { origin: 'https://evil.example', cookie: 'better-auth.session=a' };
    expect((await refusedUpgrade(url, '/graphql', headers)).status).toBe(403);
  });

  test('is granted to pages of the listed origins', async () => {
    const { url } = await startTransport(hello, { corsOrigins: ['https://app.example.com'] });
    const client = await connect(url, { headers: { origin: 'https://app.example.com' } });
    expect(client.socket.protocol).toBe('graphql-transport-ws');
  });

  test('is granted to pages of one more label where the list has a wildcard, and of no more than one', async () => {
    const { url } = await startTransport(hello, { corsOrigins: ['https://*.example.com'] });
    const client = await connect(url, { headers: { origin: 'https://pr-7.example.com' } });
    expect(client.socket.protocol).toBe('graphql-transport-ws');
    for (const origin of ['https://example.com', 'https://a.b.example.com', 'https://pr-7.example.com.evil.example']) {
      expect((await refusedUpgrade(url, '/graphql', { origin })).status).toBe(403);
    }
  });

  test('is granted to pages of our own, also where TLS ends before us', async () => {
    const { url } = await startTransport(hello);
    for (const origin of [url, url.replace('http', 'https')]) {
      const client = await connect(url, { headers: { origin }, params: {} });
      client.send({ type: 'ping' });
      expect(await client.next()).toEqual({ type: 'pong' });
    }
  });

  test('that is malformed is answered with 400', async () => {
    const { url } = await startTransport(hello);
    const socket = await openSocket(url);
    socket.write('GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('to another protocol is ignored, and the request answered', async () => {
    const { url } = await startTransport(hello);
    const socket = await openSocket(url);
    const body = JSON.stringify({ query: '{ hello }' });
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAA\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const [first] = await once(socket, 'data');
    expect(String(first)).toMatch(/^HTTP\/1\.1 200 .*\{"data":\{"hello":"world"\}\}$/s);
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\nconnection: close, upgrade\r\nupgrade: h2c\r\n\r\n');
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 200 .*connection: close.*\{"status":"ok"\}$/is);
  });
});

describe('a socket is closed', () => {
  test.each([
    ['that is no JSON', '{"type":'],
    ['of no known type', { type: 'start', id: '1' }],
    ['that only servers send', { type: 'next', id: '1', payload: {} }],
    ['without an id', { type: 'subscribe', payload: { query: '{ hello }' } }],
    ['with an empty id', { type: 'subscribe', id: '', payload: { query: '{ hello }' } }],
    ['with a number as its id', { type: 'subscribe', id: 1, payload: { query: '{ hello }' } }],
    ['without a payload', { type: 'subscribe', id: '1' }],
    ['with a list as its payload', { type: 'subscribe', id: '1', payload: [] }],
    ['with a number as its payload', '{"type":"subscribe","id":"1","payload":1e400}'],
  ])('with 4400 after a message %s', async (_, message) => {
    const { url } = await startTransport(hello);
    const client = await connect(url, { params: {} });
    client.send(message);
    expect(await client.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  });

  test('with 4401 for an operation before connection_init', async () => {
    const { url } = await startTransport(hello);
    const client = await connect(url);
    client.send({ type: 'subscribe', id: '1', payload: { query: '{ hello }' } });
    expect(await client.closed).toEqual({ code: 4401, reason: 'Unauthorized' });
  });

  test('with 4406 where it names no protocol that we speak', async () => {
    const { url } = await startTransport(hello);
    const client = await connect(url, { protocol: [] });
    expect(await client.closed).toEqual({ code: 4406, reason: 'Subprotocol not acceptable' });
  });

  test('with 4408 where connection_init does not come', async () => {
    const { url } = await startTransport(hello, { limits: { live: { initMs: 20 } } });
    const client = await connect(url);
    expect(await client.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  test('with 4409 for an id that is in use, however long', async () => {
    const ticker = new Ticker();
    const { url } = await startTransport(liveSchema(ticker));
    const client = await connect(url, { params: {} });
    const id = 'x'.repeat(200);
    client.send({ type: 'subscribe', id, payload: TICKS });
    client.send({ type: 'subscribe', id, payload: TICKS });
    expect(await client.closed).toEqual({ code: 4409, reason: 'Subscriber already exists' });
  });

  test('with 4429 after a second connection_init', async () => {
    const { url } = await startTransport(hello);
    const client = await connect(url, { params: {} });
    client.send({ type: 'connection_init' });
    expect(await client.closed).toEqual({ code: 4429, reason: 'Too many initialisation requests' });
  });

  test('with 1009 after a frame of more than 128 KiB', async () => {
    const { url } = await startTransport(hello);
    const client = await connect(url, { params: {} });
    client.send({ type: 'ping', payload: { padding: 'x'.repeat(128 * 1024) } });
    expect((await client.closed).code).toBe(1009);
  });

  test('not after one of nearly 128 KiB', async () => {
    const { url } = await startTransport(hello);
    const client = await connect(url, { params: {} });
    const payload = { padding: 'x'.repeat(128 * 1024 - 100) };
    client.send({ type: 'ping', payload });
    expect(await client.next()).toEqual({ type: 'pong', payload });
  });
});

describe('a credential that is not accepted', () => {
  test('any longer ends its subscription with an error, then the socket with 4403', async () => {
    const ticker = new Ticker();
    const { url } = await startTransport(liveSchema(ticker));
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: TICKS });
    ticker.emit(1);
    expect(await client.next()).toMatchObject({ type: 'next' });
    ticker.fail(new GraphQLError('Sign in.', { extensions: { code: 'UNAUTHENTICATED' } }));
    expect(await client.next()).toMatchObject({
      type: 'error',
      id: '1',
      payload: [{ message: 'Sign in.', extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(await client.closed).toEqual({ code: 4403, reason: 'Forbidden' });
  });

  test('any longer ends the other subscriptions of the socket without a word, for their client to begin anew', async () => {
    const [expiring, other] = [new Ticker(), new Ticker()];
    const { url } = await startTransport(liveSchema(expiring, other));
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: TICKS });
    client.send({ type: 'subscribe', id: '2', payload: TICKS });
    other.emit(1);
    expect(await client.next()).toMatchObject({ id: '2', type: 'next' });
    const returned = once(other.events, 'returned');
    expiring.fail(new GraphQLError('Sign in.', { extensions: { code: 'UNAUTHENTICATED' } }));
    expect(await client.next()).toMatchObject({ id: '1', type: 'error' });
    await Promise.all([returned, client.closed]);
    expect(client.unread).toEqual([]);
  });

  test.each(['subscription { refused }', '{ expired }'])('from the start leaves the socket open: %s', async (query) => {
    const { url } = await startTransport(liveSchema());
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: { query } });
    expect(JSON.stringify(await client.next())).toContain('UNAUTHENTICATED');
    client.send({ type: 'subscribe', id: '2', payload: { query: '{ hello }' } });
    let message = await client.next();
    if (message.id === '1') message = await client.next();
    expect(message).toEqual({ type: 'next', id: '2', payload: { data: { hello: 'world' } } });
  });
});

describe('the operations of one socket', () => {
  test('are a hundred at most: one more is refused, and the others go on', async () => {
    const tickers = Array.from({ length: 101 }, () => new Ticker());
    const { url } = await startTransport(liveSchema(...tickers));
    const client = await connect(url, { params: {} });
    for (let id = 1; id <= 101; id += 1) client.send({ type: 'subscribe', id: String(id), payload: TICKS });
    expect(await client.next()).toEqual({
      type: 'error',
      id: '101',
      payload: [
        {
          message: 'This connection has 100 operations already. Complete some, or open another.',
          extensions: { code: 'LIMIT_EXCEEDED', limit: 'operationsPerConnection', allowed: 100, actual: 101 },
        },
      ],
    });
    tickers[99]?.emit(5);
    expect(await client.next()).toEqual({ type: 'next', id: '100', payload: { data: { ticks: 5 } } });
  });

  test('make room when they end', async () => {
    const ticker = new Ticker();
    const { url } = await startTransport(liveSchema(ticker), { limits: { live: { maxOperations: 1 } } });
    const client = await connect(url, { params: {} });
    const pulled = once(ticker.events, 'pulled');
    client.send({ type: 'subscribe', id: '1', payload: TICKS });
    await pulled;
    ticker.end();
    expect(await client.next()).toEqual({ type: 'complete', id: '1' });
    client.send({ type: 'subscribe', id: '2', payload: { query: '{ hello }' } });
    expect(await client.next()).toMatchObject({ type: 'next', id: '2' });
  });

  test('count until they are over, even if their client has taken them back', async () => {
    let release = (): void => undefined;
    const subscribing = new Promise<Ticker>((resolve) => {
      release = () => resolve(new Ticker());
    });
    const schema = createSchema({
      typeDefs: 'type Query { hello: String } type Subscription { ticks: Int }',
      resolvers: { Subscription: { ticks: { subscribe: () => subscribing } } },
    });
    const { url } = await startTransport(schema, { limits: { live: { maxOperations: 1 } } });
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: TICKS });
    client.send({ type: 'complete', id: '1' });
    client.send({ type: 'subscribe', id: '2', payload: TICKS });
    expect(JSON.stringify(await client.next())).toContain('LIMIT_EXCEEDED');
    release();
  });
});
