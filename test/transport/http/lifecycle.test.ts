import { EventEmitter, once } from 'node:events';
import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import type { AbortLike } from '../../../src/light-abort.js';
import { openSocket, readToEnd, startTransport } from '../../support/transport.js';

/** A schema that tells what happens inside: `begun`, and `left` when a subscription is stopped. `release` lets `wait` end. */
function createObservedSchema() {
  const events = new EventEmitter();
  const released = once(events, 'release');
  const ticks = {
    sent: false,
    next(): Promise<IteratorResult<{ ticks: number }>> {
      if (this.sent) return new Promise(() => events.emit('begun'));
      this.sent = true;
      return Promise.resolve({ done: false, value: { ticks: 1 } });
    },
    return(): Promise<IteratorResult<{ ticks: number }>> {
      events.emit('left');
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  const schema = createSchema({
    typeDefs: 'type Query { hello: String wait: String } type Subscription { ticks: Int }',
    resolvers: {
      Query: {
        hello: () => 'world',
        wait: async () => {
          events.emit('begun');
          await released;
          return 'done';
        },
      },
      Subscription: {
        ticks: {
          subscribe: () => {
            events.emit('subscribed');
            return ticks;
          },
        },
      },
    },
  });
  return { schema, events };
}

const WAIT = `GET /graphql?query=%7Bwait%7D HTTP/1.1\r\nhost: x\r\n\r\n`;

describe('a client that leaves', () => {
  test('before its answer aborts the signal of its operation', async () => {
    const { schema, events } = createObservedSchema();
    const signals: AbortLike[] = [];
    const { url, logged } = await startTransport(schema, {
      createContext: ({ signal }) => {
        signals.push(signal);
        return {};
      },
    });
    const begun = once(events, 'begun');
    const socket = await openSocket(url);
    socket.write(WAIT);
    await begun;
    expect(signals[0]?.aborted).toBe(false);
    socket.destroy();
    expect(await logged('operation')).toMatchObject({ type: 'query', status: 499 });
    expect(signals[0]?.aborted).toBe(true);
  });

  test('in the middle of its body is no failure of ours', async () => {
    const { schema } = createObservedSchema();
    const { url, logged, lines, transport } = await startTransport(schema);
    const socket = await openSocket(url);
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"query"',
    );
    // The connection is only cut once the server is at the body.
    const health = await fetch(`${url}/health`);
    expect(health.status).toBe(200);
    socket.destroy();
    expect(await logged('operation')).toMatchObject({ status: 499 });
    await transport.close();
    expect(lines.map(({ msg }) => msg)).toEqual(['operation']);
  });

  test('after its answer leaves the signal alone', async () => {
    const { schema } = createObservedSchema();
    const signals: AbortLike[] = [];
    const { query, logged } = await startTransport(schema, {
      createContext: ({ signal }) => {
        signals.push(signal);
        return {};
      },
    });
    await query({ query: '{ hello }' });
    await logged('operation');
    expect(signals[0]?.aborted).toBe(false);
  });

  test('an event stream stops its source at once, not at the next event', async () => {
    const { schema, events } = createObservedSchema();
    const { url } = await startTransport(schema);
    const begun = once(events, 'begun');
    const left = once(events, 'left');
    const socket = await openSocket(url);
    socket.write('GET /graphql?query=subscription%7Bticks%7D HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n');
    await begun;
    socket.destroy();
    await left;
  });
});

describe('a subscription that could not be delivered', () => {
  test.each(['application/json', 'application/graphql-response+json', '*/*', 'text/html, */*;q=0.8'])(
    'to a client that accepts %s is refused before anything begins',
    async (accept) => {
      const { schema, events } = createObservedSchema();
      const started: string[] = [];
      events.on('subscribed', () => started.push('subscribed'));
      const { url, post } = await startTransport(schema, {
        createContext: () => {
          started.push('context');
          return {};
        },
      });
      const query = 'subscription { ticks }';
      const answers = [
        await post({ query }, { accept }),
        await fetch(`${url}/graphql?${new URLSearchParams({ query })}`, { headers: { accept } }),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(406);
        expect(await answer.json()).toEqual({
          errors: [
            {
              message: 'This subscription can only be answered to clients that accept text/event-stream.',
              extensions: { code: 'BAD_USER_INPUT' },
            },
          ],
        });
      }
      expect(started).toEqual([]);
    },
  );
});

describe('closing', () => {
  test('lets answers in flight finish, then ends their connections', async () => {
    const { schema, events } = createObservedSchema();
    const { url, transport } = await startTransport(schema);
    const begun = once(events, 'begun');
    const socket = await openSocket(url);
    const answer = readToEnd(socket);
    socket.write(WAIT);
    await begun;
    const closed = transport.close();
    events.emit('release');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*\{"data":\{"wait":"done"\}\}$/is);
    await closed;
  });

  test('accepts no new connection', async () => {
    const { schema, events } = createObservedSchema();
    const { url, transport } = await startTransport(schema);
    const begun = once(events, 'begun');
    const socket = await openSocket(url);
    socket.write(WAIT);
    await begun;
    const closed = transport.close();
    await expect(fetch(`${url}/health`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    events.emit('release');
    await closed;
  });

  test('is not ready, for those who are still connected', async () => {
    const { schema } = createObservedSchema();
    const { url, transport } = await startTransport(schema);
    const socket = await openSocket(url);
    const answer = readToEnd(socket);
    const received = once(transport.server, 'connection');
    const other = await openSocket(url);
    await received;
    socket.write('GET /ready HTTP/1.1\r\nhost: x\r\n');
    // Answered after the first line of the other connection has been read: both go through the same event loop.
    other.write('GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await readToEnd(other);
    const closed = transport.close();
    socket.write('\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 503 .*\{"status":"shutting down"\}$/s);
    await closed;
  });

  test('answers a request that was on its way on an idle connection', async () => {
    const { schema } = createObservedSchema();
    const { url, transport } = await startTransport(schema);
    const socket = await openSocket(url);
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
    const answer = readToEnd(socket);
    const closed = transport.close();
    socket.write('GET /graphql?query=%7Bhello%7D HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*\{"data":\{"hello":"world"\}\}$/is);
    await closed;
  });

  test('ends connections that wait for nothing', async () => {
    const { schema } = createObservedSchema();
    const { url, transport } = await startTransport(schema, { limits: { http: { closeIdleMs: 50 } } });
    const socket = await openSocket(url);
    const answer = readToEnd(socket);
    socket.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
    await transport.close();
    expect(await answer).toContain('{"status":"ok"}');
  });

  test('cuts what has not finished in time', async () => {
    const { schema, events } = createObservedSchema();
    const { url, transport } = await startTransport(schema);
    const begun = once(events, 'begun');
    const socket = await openSocket(url);
    const answer = readToEnd(socket);
    socket.write(WAIT);
    await begun;
    await transport.close({ graceMs: 20 });
    expect(await answer).toBe('');
  });

  test('twice is closing once', async () => {
    const { schema } = createObservedSchema();
    const { transport } = await startTransport(schema);
    expect(await Promise.all([transport.close(), transport.close()])).toEqual([undefined, undefined]);
  });
});

describe('a slow client', () => {
  const impatient = { headersMs: 50, requestMs: 100, checkMs: 10 };

  test.each([
    ['head', 'POST /graphql HTTP/1.1\r\nhost:'],
    ['body', 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{'],
  ])('that does not finish its %s is cut off with 408', async (_, start) => {
    const { schema } = createObservedSchema();
    const { url } = await startTransport(schema, { limits: { http: impatient } });
    const socket = await openSocket(url);
    socket.write(start);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('has ten seconds for the head and thirty for the request, unless it is said otherwise', async () => {
    const { schema } = createObservedSchema();
    const { transport } = await startTransport(schema);
    const { headersTimeout, requestTimeout, keepAliveTimeout } = transport.server;
    expect({ headersTimeout, requestTimeout, keepAliveTimeout }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
    });
  });

  test('with a head of more than 16 KiB is refused with 431', async () => {
    const { schema } = createObservedSchema();
    const { url } = await startTransport(schema);
    const answer = await fetch(`${url}/health`, { headers: { cookie: 'x'.repeat(17_000) } });
    expect(answer.status).toBe(431);
  });
});

describe('listening', () => {
  test('on an address that is taken is rejected', async () => {
    const { schema } = createObservedSchema();
    const { url } = await startTransport(schema);
    const { transport } = await startTransport(schema);
    await transport.close();
    await expect(transport.listen('127.0.0.1', Number(new URL(url).port))).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
