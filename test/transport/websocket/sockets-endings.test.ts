import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import type { AbortLike } from '../../../src/light-abort.js';
import { connect, createSocketClient, type RawClient, Ticker } from '../../support/sockets.js';
import { openSocket, readToEnd, startTransport } from '../../support/transport.js';

const TICKS = { type: 'subscribe', id: '1', payload: { query: 'subscription { ticks }' } };
const COMPLETE = { type: 'complete', id: '1' };

function schemaOf(subscribe: () => Ticker | Promise<Ticker>) {
  return createSchema({
    typeDefs: 'type Query { hello: String big: String } type Subscription { ticks: String }',
    resolvers: {
      Query: { hello: () => 'world', big: () => 'x'.repeat(8_000_000) },
      Subscription: { ticks: { subscribe } },
    },
  });
}

/** A subscription that is running: its first event has been received. */
async function subscribe(url: string, ticker: Ticker): Promise<RawClient> {
  const client = await connect(url, { params: {} });
  client.send(TICKS);
  ticker.emit('first');
  await client.next();
  return client;
}

function netSocketOf({ socket }: RawClient): Socket {
  return (socket as unknown as { _socket: Socket })._socket;
}

describe('the source of a subscription is left', () => {
  test.each<[string, (client: RawClient) => void]>([
    ['its client takes it back', (client) => client.send(COMPLETE)],
    ['its socket is closed', ({ socket }) => socket.close()],
    ['its connection is reset', (client) => netSocketOf(client).resetAndDestroy()],
    ['its client breaks the protocol', (client) => client.send('nonsense')],
  ])('at once and only once when %s', async (_, end) => {
    const ticker = new Ticker();
    const signals: AbortLike[] = [];
    const { url, logged } = await startTransport(
      schemaOf(() => ticker),
      {
        createContext: ({ signal }) => {
          signals.push(signal);
          return {};
        },
      },
    );
    const client = await subscribe(url, ticker);
    const returned = once(ticker.events, 'returned');
    end(client);
    await returned;
    await logged('operation');
    expect(ticker.returned).toBe(1);
    expect(signals[0]?.aborted).toBe(true);
  });

  test('when its client is frozen, and answers no ping', async () => {
    const ticker = new Ticker();
    const { url } = await startTransport(
      schemaOf(() => ticker),
      { limits: { live: { pingMs: 20 } } },
    );
    const client = await subscribe(url, ticker);
    client.socket.pause();
    await once(ticker.events, 'returned');
    expect(ticker.returned).toBe(1);
  });

  test('when the gateway is shut down', async () => {
    const ticker = new Ticker();
    const { url, transport } = await startTransport(schemaOf(() => ticker));
    const client = await subscribe(url, ticker);
    await transport.close();
    expect(ticker.returned).toBe(1);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(client.unread).toEqual([]);
  });

  test('not when it has ended by itself', async () => {
    const ticker = new Ticker();
    const { url } = await startTransport(schemaOf(() => ticker));
    const client = await subscribe(url, ticker);
    ticker.end();
    expect(await client.next()).toEqual(COMPLETE);
    client.socket.close();
    await client.closed;
    expect(ticker.returned).toBe(0);
  });

  test('although it was still being opened when its client took it back', async () => {
    const { ticker, url, opening, open } = await startOpening();
    const client = await connect(url, { params: {} });
    client.send(TICKS);
    await opening;
    client.send(COMPLETE);
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
    const returned = once(ticker.events, 'returned');
    open();
    await returned;
    expect(ticker.pulled).toBe(0);
  });

  test('although it was still being opened when its socket closed', async () => {
    const { ticker, url, opening, open, connection } = await startOpening();
    const client = await connect(url, { params: {} });
    client.send(TICKS);
    await opening;
    const gone = once(await connection, 'close');
    client.socket.terminate();
    await gone;
    const returned = once(ticker.events, 'returned');
    open();
    await returned;
    expect(ticker.pulled).toBe(0);
  });

  test('and another under the same id is not mistaken for it', async () => {
    const [first, second] = [new Ticker(), new Ticker()];
    const events = new EventEmitter();
    const opened = once(events, 'open');
    const tickers = [opened.then(() => first), Promise.resolve(second)];
    const { url } = await startTransport(schemaOf(() => tickers.shift() as Promise<Ticker>));
    const client = await connect(url, { params: {} });
    client.send(TICKS);
    client.send(COMPLETE);
    client.send(TICKS);
    second.emit('a');
    expect(await client.next()).toMatchObject({ payload: { data: { ticks: 'a' } } });
    const returned = once(first.events, 'returned');
    events.emit('open');
    await returned;
    second.emit('b');
    expect(await client.next()).toMatchObject({ payload: { data: { ticks: 'b' } } });
    client.socket.close();
    await once(second.events, 'returned');
  });

  async function startOpening() {
    const ticker = new Ticker();
    const events = new EventEmitter();
    const opening = once(events, 'opening');
    const opened = once(events, 'open');
    const started = await startTransport(
      schemaOf(async () => {
        events.emit('opening');
        await opened;
        return ticker;
      }),
    );
    const connection = once(started.transport.server, 'connection').then(([socket]) => socket as Socket);
    return { ...started, ticker, opening, open: () => events.emit('open'), connection };
  }
});

describe('a query over a socket', () => {
  test.each<[string, (client: RawClient) => void]>([
    ['its client takes it back', (client) => client.send(COMPLETE)],
    ['its socket is gone', ({ socket }) => socket.terminate()],
  ])('has its signal aborted when %s', async (_, end) => {
    const begun = new EventEmitter();
    const started = once(begun, 'signal');
    const schema = createSchema({
      typeDefs: 'type Query { wait: String }',
      resolvers: {
        Query: {
          wait: (_root: unknown, _args: unknown, { signal }: { signal: AbortLike }) => {
            begun.emit('signal', signal);
            return new Promise((resolve) => signal.addEventListener('abort', () => resolve('stopped')));
          },
        },
      },
    });
    const { url, logged, lines } = await startTransport(schema, { createContext: ({ signal }) => ({ signal }) });
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: { query: '{ wait }' } });
    const [signal] = await started;
    end(client);
    await logged('operation');
    expect(signal.aborted).toBe(true);
    expect(client.unread).toEqual([]);
    expect(lines).toHaveLength(1);
  });

  test('has it left alone after its answer', async () => {
    const signals: AbortLike[] = [];
    const { url, transport } = await startTransport(
      schemaOf(() => new Ticker()),
      {
        createContext: ({ signal }) => {
          signals.push(signal);
          return {};
        },
      },
    );
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: { query: '{ hello }' } });
    await client.next();
    await client.next();
    await transport.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});

describe('a client that reads slowly', () => {
  const impatient = { maxUnsentBytes: 100_000, stallMs: 50 };

  test('slows down its source, and is sent away with 1013', async () => {
    const ticker = new Ticker();
    const { url } = await startTransport(
      schemaOf(() => ticker),
      { limits: { live: impatient } },
    );
    const client = await subscribe(url, ticker);
    client.socket.pause();
    ticker.emit(...Array.from({ length: 200 }, () => 'x'.repeat(500_000)));
    await once(ticker.events, 'returned');
    // What the buffers of both systems hold, and one.
    expect(ticker.pulled).toBeLessThan(50);
    client.socket.resume();
    expect(await client.closed).toEqual({ code: 1013, reason: 'The client reads too slowly' });
  });

  test('and does not even take its dismissal is cut off', async () => {
    const ticker = new Ticker();
    const { url, transport } = await startTransport(
      schemaOf(() => ticker),
      { limits: { live: { ...impatient, closeMs: 50 } } },
    );
    const connection = once(transport.server, 'connection');
    const client = await subscribe(url, ticker);
    const [serverSide] = await connection;
    client.socket.pause();
    ticker.emit(...Array.from({ length: 200 }, () => 'x'.repeat(500_000)));
    await once(serverSide, 'close');
    expect(ticker.returned).toBe(1);
  });

  test('is not who was sent one large answer', async () => {
    const { url } = await startTransport(
      schemaOf(() => new Ticker()),
      { limits: { live: { maxUnsentBytes: 100_000 } } },
    );
    const client = await connect(url, { params: {} });
    for (const id of ['1', '2']) client.send({ type: 'subscribe', id, payload: { query: '{ big }' } });
    const messages = [await client.next(), await client.next(), await client.next(), await client.next()];
    expect(messages.map(({ id, type }) => `${id} ${type}`).sort()).toEqual([
      '1 complete',
      '1 next',
      '2 complete',
      '2 next',
    ]);
  });
});

describe('a client that is alive', () => {
  test('is pinged, and kept as long as it answers', async () => {
    const ticker = new Ticker();
    const { url } = await startTransport(
      schemaOf(() => ticker),
      { limits: { live: { pingMs: 20 } } },
    );
    const client = await subscribe(url, ticker);
    for (let pings = 0; pings < 5; pings += 1) await once(client.socket, 'ping');
    ticker.emit('still here');
    expect(await client.next()).toMatchObject({ payload: { data: { ticks: 'still here' } } });
  });
});

describe('shutting down', () => {
  /** A query that answers when it is told to. */
  async function startWaiting() {
    const events = new EventEmitter();
    const released = once(events, 'release');
    const begun = once(events, 'begun');
    const schema = createSchema({
      typeDefs: 'type Query { wait: String } type Subscription { ticks: Int }',
      resolvers: {
        Query: {
          wait: () => {
            events.emit('begun');
            return released.then(() => 'done');
          },
        },
        Subscription: { ticks: { subscribe: () => new Ticker() } },
      },
    });
    return { ...(await startTransport(schema)), begun, release: () => events.emit('release') };
  }

  test('lets a query answer before its socket is closed with 1001', async () => {
    const { url, transport, begun, release } = await startWaiting();
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: { query: '{ wait }' } });
    await begun;
    const closed = transport.close();
    release();
    expect(await client.next()).toEqual({ type: 'next', id: '1', payload: { data: { wait: 'done' } } });
    expect(await client.next()).toEqual({ type: 'complete', id: '1' });
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    await closed;
  });

  test('takes no new operation while an old one is finished', async () => {
    const { url, transport, begun, release } = await startWaiting();
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: { query: '{ wait }' } });
    await begun;
    const closed = transport.close();
    client.send({ type: 'subscribe', id: '2', payload: { query: '{ wait }' } });
    client.send({ type: 'ping' });
    expect(await client.next()).toEqual({ type: 'pong' });
    release();
    expect([await client.next(), await client.next()].map(({ id }) => id)).toEqual(['1', '1']);
    await closed;
    expect(client.unread).toEqual([]);
  });

  test('upgrades no connection any more', async () => {
    const { url, transport } = await startWaiting();
    const received = once(transport.server, 'connection');
    const socket = await openSocket(url);
    const answer = readToEnd(socket);
    await received;
    socket.write('GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n');
    // Answered after the lines of the other connection have been read: both go through the same event loop.
    await fetch(`${url}/health`, { headers: { connection: 'close' } });
    const closed = transport.close();
    socket.write('\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 503 .*The gateway is shutting down\./s);
    await closed;
  });

  test('cuts sockets whose clients do not close them in time', async () => {
    const { url, transport } = await startWaiting();
    const client = await connect(url, { params: {} });
    client.socket.pause();
    await transport.close({ graceMs: 20 });
    client.socket.resume();
    expect((await client.closed).code).toBe(1001);
  });

  test('lets clients come back for their subscriptions', async () => {
    const { url, transport } = await startWaiting();
    const client = createSocketClient(url);
    const closedWith = new Promise((resolve) => {
      client.on('closed', (event) => resolve((event as { code: number }).code));
    });
    const opened = new Promise((resolve) => {
      client.on('connected', resolve);
    });
    const ended = client.iterate({ query: 'subscription { ticks }' }).next();
    ended.catch(() => undefined);
    await opened;
    await transport.close();
    expect(await closedWith).toBe(1001);
    await expect(ended).rejects.toMatchObject({ code: 1001 });
  });
});
