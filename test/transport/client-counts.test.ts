import { request } from 'node:http';
import { createSchema } from 'graphql-yoga';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../support/gateway.js';
import { connect, type RawClient, refusedUpgrade, Ticker } from '../support/sockets.js';
import { startTransport } from '../support/transport.js';

type Headers = Record<string, string>;

function start(bounds: { maxWebSocketsPerClient?: number; maxSubscriptionsPerClient?: number }) {
  const schema = createSchema({
    typeDefs: 'type Query { hello: String } type Subscription { ticks: Int, broken: Int }',
    resolvers: {
      Query: { hello: () => 'world' },
      Subscription: {
        ticks: {
          subscribe() {
            const ticker = new Ticker();
            ticker.emit(1);
            return ticker;
          },
        },
        broken: {
          subscribe() {
            throw new Error('hidden');
          },
        },
      },
    },
  });
  return startTransport(schema, {
    ...bounds,
    trustProxy: true,
    identify: (header) => [header('authorization')].filter((token) => token !== undefined),
  });
}

/** A subscription that has sent its first result, or the error for it. */
interface Watch {
  readonly error?: unknown;
  readonly status?: number;
  end(): Promise<unknown>;
}

type Open = (url: string, headers: Headers, query?: string) => Promise<Watch>;

const openStream: Open = async (url, headers, query = 'subscription { ticks }') => {
  const connection = new AbortController();
  onTestFinished(() => connection.abort());
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query }),
    signal: connection.signal,
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream() as never).getReader();
  let text = '';
  while (!/^data: .+\n/m.test(text)) text += (await reader?.read())?.value;
  const { errors } = JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? '');
  return { error: errors?.[0], status: answer.status, end: async () => connection.abort() };
};

const openOnSocket: Open = async (url, headers, query = 'subscription { ticks }') => {
  const client = await connect(url, { headers, params: {} });
  client.send({ type: 'subscribe', id: '1', payload: { query } });
  const { type, payload } = await client.next();
  return {
    error: type === 'error' ? (payload as unknown[])[0] : undefined,
    end: () => {
      client.socket.close();
      return client.closed;
    },
  };
};

const from = (address: string): Headers => ({ 'x-forwarded-for': address });
/** A caller whose proxy does not say where it is. */
const as = (token: string): Headers => ({ authorization: token, 'x-forwarded-for': 'unknown' });

function tooMany(what: string, by: string, allowed: number) {
  return {
    message: `This ${by.toLowerCase()} has ${allowed} ${what === 'webSockets' ? 'WebSockets' : what} already. Close some first.`,
    extensions: { code: 'LIMIT_EXCEEDED', limit: `${what}Per${by}`, allowed, actual: allowed + 1 },
  };
}

/** Opens again and again until it succeeds: the gateway needs a moment to see that a client has left. */
async function opensAtLast(open: () => Promise<Watch>): Promise<void> {
  while ((await open()).error) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe.each<[string, Open]>([
  ['an event stream', openStream],
  ['WebSocket', openOnSocket],
])('subscriptions over %s', (transport, open) => {
  test.each<[string, Headers, Headers]>([
    ['Address', from('203.0.113.7'), from('203.0.113.8')],
    ['Credential', as('ada'), as('bob')],
  ])('are refused above the bound by %s, and those of others are not', async (by, one, other) => {
    const { url } = await start({ maxSubscriptionsPerClient: 2 });
    const first = await open(url, one);
    expect((await open(url, one)).error).toBeUndefined();
    const refused = await open(url, one);
    expect(refused.error).toEqual(tooMany('subscriptions', by, 2));
    if (transport === 'an event stream') expect(refused.status).toBe(429);
    expect((await open(url, other)).error).toBeUndefined();
    await first.end();
    await opensAtLast(() => open(url, one));
    expect((await open(url, one)).error).toEqual(tooMany('subscriptions', by, 2));
  });

  test('that could not start do not count', async () => {
    const { url } = await start({ maxSubscriptionsPerClient: 1 });
    for (let count = 0; count < 3; count++) {
      const { error } = await open(url, as('ada'), 'subscription { broken }');
      expect(error).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR' } });
    }
    expect((await open(url, as('ada'))).error).toBeUndefined();
  });
});

test('subscriptions of all transports count together, and queries do not', async () => {
  const { url, query } = await start({ maxSubscriptionsPerClient: 2 });
  await openStream(url, as('ada'));
  await openOnSocket(url, as('ada'));
  expect((await openStream(url, as('ada'))).error).toEqual(tooMany('subscriptions', 'Credential', 2));
  expect((await openOnSocket(url, as('ada'))).error).toEqual(tooMany('subscriptions', 'Credential', 2));
  expect(await query({ query: '{ hello }' }, as('ada'))).toEqual({ data: { hello: 'world' } });
});

describe('WebSockets', () => {
  const closed = async (client: RawClient) => {
    client.socket.close();
    await client.closed;
  };

  test('above the bound of an address are refused with 429', async () => {
    const { url, logged } = await start({ maxWebSocketsPerClient: 2 });
    const first = await connect(url, { headers: from('203.0.113.7') });
    await connect(url, { headers: from('203.0.113.7') });
    expect(await refusedUpgrade(url, '/graphql', from('203.0.113.7'))).toEqual({
      status: 429,
      body: { errors: [tooMany('webSockets', 'Address', 2)] },
    });
    expect(await logged('upgrade refused')).toMatchObject({ status: 429, limit: 'webSocketsPerAddress' });
    await connect(url, { headers: from('203.0.113.8') });
    await closed(first);
    await connect(url, { headers: from('203.0.113.7') });
  });

  test('above the bound of a credential are closed with 1013', async () => {
    const { url, logged } = await start({ maxWebSocketsPerClient: 2 });
    const open = async (token: string, address: string) => {
      const client = await connect(url, { headers: from(address) });
      client.send({ type: 'connection_init', payload: { authorization: token } });
      return client;
    };
    const first = await open('ada', '203.0.113.1');
    expect(await first.next()).toMatchObject({ type: 'connection_ack' });
    expect(await (await open('ada', '203.0.113.2')).next()).toMatchObject({ type: 'connection_ack' });
    const refused = await open('ada', '203.0.113.3');
    expect(await refused.closed).toEqual({ code: 1013, reason: 'Too many WebSockets of this credential' });
    expect(await logged('socket refused')).toMatchObject({ limit: 'webSocketsPerCredential' });
    expect(await (await open('bob', '203.0.113.4')).next()).toMatchObject({ type: 'connection_ack' });
    await closed(first);
    expect(await (await open('ada', '203.0.113.5')).next()).toMatchObject({ type: 'connection_ack' });
  });

  test('whose handshake fails do not count', async () => {
    const { url } = await start({ maxWebSocketsPerClient: 1 });
    for (let count = 0; count < 3; count++) {
      const headers = {
        ...from('203.0.113.7'),
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '1',
      };
      await new Promise<void>((resolve) => {
        const sent = request(`${url}/graphql`, { headers, agent: false }, (answer) =>
          answer.resume().once('close', resolve),
        );
        sent.once('error', () => resolve());
        sent.end();
      });
    }
    expect((await connect(url, { headers: from('203.0.113.7'), params: {} })).unread).toEqual([]);
  });
});

describe('the credential of a caller', () => {
  const WATCH = 'subscription { toolStatus(watch: { project: "UHJvamVjdDpkZWZhdWx0L3N1cHBvcnQtZGVzaw" }) { status } }';
  const env = { MAX_SUBSCRIPTIONS_PER_CLIENT: '1', TRUST_PROXY: 'true' };

  test('counts by upstream, whatever is sent for the other one and whatever the ref', async () => {
    const { url } = await startGateway({}, env);
    expect((await openStream(url, { ...as('Bearer ada'), ...from('203.0.113.1') }, WATCH)).error).toBeUndefined();
    for (const more of [
      {},
      { 'x-kataven-authorization': 'Bearer sk_live_1' },
      { 'x-inkeep-ref': 'main' },
    ] as Headers[]) {
      const { error } = await openStream(url, { ...as('Bearer ada'), ...from('203.0.113.2'), ...more }, WATCH);
      expect(error).toMatchObject({ extensions: { limit: 'subscriptionsPerCredential' } });
    }
    expect((await openStream(url, { ...as('Bearer bob'), ...from('203.0.113.2') }, WATCH)).error).toBeUndefined();
  });

  test('does not count if it is the operator’s, which callers share', async () => {
    const { url } = await startGateway({}, env);
    for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.3']) {
      expect((await openStream(url, from(address), WATCH)).error).toBeUndefined();
    }
  });
});
