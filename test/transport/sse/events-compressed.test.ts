import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip } from 'node:zlib';
import { createSchema } from 'graphql-yoga';
import { expect, onTestFinished, test } from 'vitest';
import { Ticker } from '../../support/sockets.js';
import { startTransport } from '../../support/transport.js';

/** A proxy that compresses what it may, as the npm package `compression` does: not what says `no-transform`. */
async function startCompressingProxy(target: string): Promise<string> {
  const proxy = createServer((request, response) => {
    const upstream = send(`${target}${request.url}`, { method: request.method, headers: request.headers }, (answer) => {
      const mayCompress = !/no-transform/.test(String(answer.headers['cache-control']));
      response.writeHead(answer.statusCode ?? 502, {
        ...answer.headers,
        ...(mayCompress && { 'content-encoding': 'gzip' }),
      });
      if (mayCompress) answer.pipe(createGzip()).pipe(response);
      else answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    request.pipe(upstream);
  });
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

test('events come through a proxy that compresses answers, one by one', async () => {
  const ticker = new Ticker();
  const { url } = await startTransport(
    createSchema({
      typeDefs: 'type Query { hello: String } type Subscription { ticks: Int }',
      resolvers: { Subscription: { ticks: { subscribe: () => ticker } } },
    }),
  );
  const proxy = await startCompressingProxy(url);
  const connection = new AbortController();
  onTestFinished(() => connection.abort());
  const answer = await fetch(`${proxy}/graphql?query=subscription%7Bticks%7D`, {
    headers: { accept: 'text/event-stream' },
    signal: connection.signal,
  });
  const reader = (answer.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader();
  ticker.emit(1);
  let received = '';
  while (!received.includes('"ticks":1')) received += (await reader.read()).value ?? '';
  expect(answer.headers.get('content-encoding')).toBeNull();
});
