import { EventEmitter, once } from 'node:events';
import { GraphQLError } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { Ticker } from '../../support/sockets.js';
import { openSocket, startTransport } from '../../support/transport.js';

const STREAM = { accept: 'text/event-stream' };
const TICKS = { query: 'subscription { ticks }' };
const GET_TICKS = 'GET /graphql?query=subscription%7Bticks%7D HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n';
const COMPLETE = 'event: complete\ndata:\n\n';

function schemaOf(subscribe: () => AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>) {
  return createSchema({
    typeDefs: 'type Query { hello: String } type Subscription { ticks: String }',
    resolvers: { Query: { hello: () => 'world' }, Subscription: { ticks: { subscribe } } },
  });
}

/** Reads a stream piece by piece. */
function readerOf(answer: Response) {
  const reader = (answer.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader();
  return {
    /** Everything up to and with this text. */
    async until(text: string): Promise<string> {
      let received = '';
      while (!received.includes(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`The stream ended after ${received}`);
        received += value;
      }
      return received;
    },
    async rest(): Promise<string> {
      let received = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) received += part.value;
      return received;
    },
  };
}

describe('an event stream', () => {
  test('brings each event as it happens, by POST and by GET', async () => {
    for (const method of ['POST', 'GET']) {
      const ticker = new Ticker();
      const { url, post } = await startTransport(schemaOf(() => ticker));
      const answer =
        method === 'POST'
          ? await post(TICKS, STREAM)
          : await fetch(`${url}/graphql?${new URLSearchParams(TICKS)}`, { headers: STREAM });
      const reader = readerOf(answer);
      expect(await reader.until('\n\n')).toBe(':\n\n');
      ticker.emit('a');
      expect(await reader.until('\n\n')).toBe('event: next\ndata: {"data":{"ticks":"a"}}\n\n');
      ticker.end();
      expect(await reader.rest()).toBe(COMPLETE);
    }
  });

  test('is neither kept, held back nor compressed on its way', async () => {
    const { post } = await startTransport(schemaOf(() => new Ticker()));
    const { status, headers } = await post(TICKS, { ...STREAM, 'accept-encoding': 'gzip, br' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/event-stream');
    expect(headers.get('cache-control')).toBe('no-store, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('content-encoding')).toBeNull();
  });

  test('is kept alive by comments while nothing happens', async () => {
    const ticker = new Ticker();
    const { post } = await startTransport(
      schemaOf(() => ticker),
      { limits: { live: { pingMs: 20 } } },
    );
    const reader = readerOf(await post(TICKS, STREAM));
    for (let comments = 0; comments < 4; comments += 1) expect(await reader.until(':\n\n')).toMatch(/^(:\n\n)+$/);
    ticker.emit('still here');
    expect(await reader.until('still here')).toContain('data: {"data":{"ticks":"still here"}}');
  });

  test('is opened with the headers and cookies of its request', async () => {
    const seen: (string | undefined)[] = [];
    const { post } = await startTransport(
      schemaOf(() => new Ticker()),
      {
        createContext: ({ headers }) => {
          seen.push(headers('authorization'), headers('cookie'));
          return {};
        },
      },
    );
    await post(TICKS, { ...STREAM, authorization: 'Bearer a', cookie: 'better-auth.session=b' });
    expect(seen).toEqual(['Bearer a', 'better-auth.session=b']);
  });

  test('has the report in each event for those who ask', async () => {
    const ticker = new Ticker();
    const { post } = await startTransport(
      schemaOf(() => ticker),
      { report: () => ({ calls: 2 }) },
    );
    ticker.emit('a');
    const reader = readerOf(await post(TICKS, { ...STREAM, 'x-gateway-report': '1' }));
    const [, event = ''] = /data: (.*)/.exec(await reader.until('}\n\n')) ?? [];
    expect(JSON.parse(event)).toEqual({ data: { ticks: 'a' }, extensions: { upstream: { calls: 2 } } });
  });

  test('ends with its first failure, even if the source goes on to fail', async () => {
    const ticker = new Ticker();
    const { post } = await startTransport(schemaOf(() => ticker));
    ticker.fail(new GraphQLError('Sign in.', { extensions: { code: 'UNAUTHENTICATED' } }));
    const text = await (await post(TICKS, STREAM)).text();
    expect(text.match(/event: next/g)).toHaveLength(1);
    expect(text).toContain('"message":"Sign in."');
    expect(text).toContain('"extensions":{"code":"UNAUTHENTICATED"}');
    expect(text.endsWith(COMPLETE)).toBe(true);
  });
});

describe('the source of an event stream is left', () => {
  test('once when its client goes', async () => {
    const ticker = new Ticker();
    const { url, logged } = await startTransport(schemaOf(() => ticker));
    const pulled = once(ticker.events, 'pulled');
    const socket = await openSocket(url);
    socket.write(GET_TICKS);
    await pulled;
    const returned = once(ticker.events, 'returned');
    socket.resetAndDestroy();
    await returned;
    await logged('operation');
    expect(ticker.returned).toBe(1);
  });

  test('although it was still being opened when its client went', async () => {
    const ticker = new Ticker();
    const events = new EventEmitter();
    const opening = once(events, 'opening');
    const opened = once(events, 'open');
    const { url, logged } = await startTransport(
      schemaOf(async () => {
        events.emit('opening');
        await opened;
        return ticker;
      }),
    );
    const socket = await openSocket(url);
    socket.write(GET_TICKS);
    await opening;
    socket.destroy();
    await logged('operation');
    const returned = once(ticker.events, 'returned');
    events.emit('open');
    await returned;
    expect(ticker.pulled).toBe(0);
  });

  test('when its client does not read, after having waited for it', async () => {
    const ticker = new Ticker();
    const { url, logged } = await startTransport(
      schemaOf(() => ticker),
      { limits: { live: { pingMs: 50 } } },
    );
    const socket = await openSocket(url);
    socket.pause();
    socket.write(GET_TICKS);
    ticker.emit(...Array.from({ length: 200 }, () => 'x'.repeat(500_000)));
    await once(ticker.events, 'returned');
    await logged('operation');
    // What the buffers of both systems hold, and one.
    expect(ticker.pulled).toBeLessThan(50);
    expect(ticker.returned).toBe(1);
  });

  test('when the gateway is shut down, without `complete`, so that the client subscribes again', async () => {
    const ticker = new Ticker();
    const { post, transport } = await startTransport(schemaOf(() => ticker));
    const reader = readerOf(await post(TICKS, STREAM));
    ticker.emit('a');
    await reader.until('"a"');
    const closed = transport.close();
    expect(await reader.rest()).not.toContain('complete');
    await closed;
    expect(ticker.returned).toBe(1);
  });

  test('when it was still being opened as the gateway was shut down', async () => {
    const ticker = new Ticker();
    const events = new EventEmitter();
    const opening = once(events, 'opening');
    const opened = once(events, 'open');
    const { post, transport } = await startTransport(
      schemaOf(async () => {
        events.emit('opening');
        await opened;
        return ticker;
      }),
    );
    const answer = post(TICKS, STREAM);
    await opening;
    const closed = transport.close();
    events.emit('open');
    expect(await (await answer).text()).toBe(':\n\n');
    await closed;
    expect([ticker.pulled, ticker.returned]).toEqual([0, 1]);
  });
});
