import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { connect, refusedUpgrade } from '../../support/sockets.js';
import { openSocket, readToEnd, startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String } type Subscription { tick: Int }',
  resolvers: {
    Query: { hello: () => 'world' },
    Subscription: {
      tick: {
        async *subscribe() {
          yield { tick: 1 };
        },
      },
    },
  },
});

const start = () => startTransport(schema, { allowedHosts: ['api.example.com', '*.apps.example.com'] });

async function get(url: string, path: string, headers: Record<string, string>) {
  const [answer] = (await once(request(`${url}${path}`, { headers }).end(), 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of answer) body += chunk;
  return { status: answer.statusCode, body };
}

const HELLO = '/graphql?query=%7Bhello%7D';
const REFUSED = {
  errors: [
    {
      message:
        'The host of this request is not one of this gateway. If it should be, its operator must add it to ALLOWED_HOSTS.',
      extensions: { code: 'FORBIDDEN' },
    },
  ],
};

describe('a request for', () => {
  test.each([
    'localhost',
    'LOCALHOST:4000',
    'localhost.:4000',
    'gateway.localhost',
    '127.0.0.1',
    '127.1.2.3:80',
    '[::1]:4000',
    'api.example.com',
    'API.example.com:443',
    'pr-7.apps.example.com',
  ])('%s is answered', async (host) => {
    const { url } = await start();
    expect((await get(url, HELLO, { host })).body).toBe('{"data":{"hello":"world"}}');
    expect((await connect(url, { headers: { host }, params: {} })).unread).toEqual([]);
  });

  test.each([
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'api.example.com.evil.example',
    'evilapi.example.com',
    'apps.example.com',
    'a.b.apps.example.com',
    '10.0.0.1',
    '[::2]',
    '][ \\@:x',
  ])('%s is refused on every transport', async (host) => {
    const { url } = await start();
    const events = '/graphql?query=subscription%7Btick%7D';
    for (const [path, headers] of [
      [HELLO, {}],
      [events, { accept: 'text/event-stream' }],
      ['/schema.graphql', {}],
      ['/nowhere', {}],
    ] as const) {
      const { status, body } = await get(url, path, { ...headers, host });
      expect({ path, status, body: JSON.parse(body) }).toEqual({ path, status: 421, body: REFUSED });
    }
    expect(await refusedUpgrade(url, '/graphql', { host })).toEqual({ status: 421, body: REFUSED });
  });

  test('another host is refused even if its own page opens the socket, as DNS rebinding does', async () => {
    const { url } = await start();
    const page = { host: 'evil.example:4000', origin: 'http://evil.example:4000', 'x-forwarded-host': 'localhost' };
    expect((await refusedUpgrade(url, '/graphql', page)).status).toBe(421);
    expect((await get(url, HELLO, page)).status).toBe(421);
  });

  test('another host is refused after one for an allowed host', async () => {
    const { url } = await start();
    expect((await get(url, HELLO, { host: 'localhost' })).status).toBe(200);
    expect((await get(url, HELLO, { host: 'evil.example' })).status).toBe(421);
  });

  test.each(['/health', '/ready', '/metrics'])('%s is answered for any host', async (path) => {
    const { url } = await start();
    expect((await get(url, path, { host: '10.1.2.3:4000' })).status).toBe(200);
  });

  test('the host of a target in absolute form counts, not that of the header', async () => {
    const { url } = await start();
    for (const [target, status] of [
      ['http://localhost', 200],
      ['http://evil.example', 421],
    ] as const) {
      const socket = await openSocket(url);
      socket.write(`GET ${target}${HELLO} HTTP/1.1\r\nhost: proxy.example\r\nconnection: close\r\n\r\n`);
      expect(await readToEnd(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    }
  });

  test('no host, by HTTP/1.0, is answered: no browser sends it', async () => {
    const { url } = await start();
    const socket = await openSocket(url);
    socket.write(`GET ${HELLO} HTTP/1.0\r\n\r\n`);
    expect(await readToEnd(socket)).toContain('{"data":{"hello":"world"}}');
  });
});

test('any host is allowed if none is listed', async () => {
  const { url } = await startTransport(schema);
  expect((await get(url, HELLO, { host: 'any.example' })).status).toBe(200);
});

test('a refused host is logged once, with the setting to change', async () => {
  const { url, lines } = await start();
  for (let count = 0; count < 2; count++) await get(url, HELLO, { host: 'evil.example' });
  expect(lines.filter(({ level }) => level === 40)).toMatchObject([
    { host: 'evil.example', msg: 'requests for this host are refused: to allow them, add it to ALLOWED_HOSTS' },
  ]);
});
