import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as idle } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMetrics } from '../../../src/metrics.js';
import {
  UpstreamBadResponse,
  UpstreamRateLimited,
  UpstreamUnavailable,
} from '../../../src/upstream/client/errors/upstream-errors.js';
import {
  callerNamed,
  createTool,
  freePort,
  getTool,
  rejection,
  startClient,
  startRawUpstream,
  startUpstream,
} from '../../support/scripted-upstream.js';

const alice = callerNamed('alice');
const json = { 'content-type': 'application/json' };

function httpAnswer(body: string, length = body.length): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;
}

/** Calls back with each request's head, as text, on a raw connection. */
function onHead(socket: Socket, listener: (head: string, nth: number) => void): void {
  let nth = 0;
  socket.on('data', (chunk) => {
    if (/^(GET|POST) /.test(chunk.toString())) listener(chunk.toString(), ++nth);
  });
}

describe('a read that fails', () => {
  test('is tried again until it is answered', async () => {
    const statuses = [503, 502, 200];
    const upstream = await startUpstream((_, response) => {
      response.writeHead(statuses[upstream.requests.length - 1] ?? 500, json).end('{"id":"t1"}');
    });
    const metrics = createMetrics();
    const answer = startClient(upstream.url, { metrics }).request(alice, getTool('t1')).answer;
    expect(await answer).toMatchObject({ status: 200, body: { id: 't1' } });
    expect(upstream.requests).toHaveLength(3);
    expect(new Set(upstream.requests.map(({ headers }) => headers['x-request-id'])).size).toBe(1);
    expect((await metrics.upstream.retries.get()).values).toMatchObject([{ value: 2 }]);
  });

  test('is tried no more than twice again', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(504).end());
    const error = await rejection(startClient(upstream.url).request(alice, getTool('t1')).answer);
    expect(error).toBeInstanceOf(UpstreamUnavailable);
    expect((error as Error).message).toBe('GET /tools/t1 failed with 504 after 2 retries');
    expect(upstream.requests).toHaveLength(3);
  });

  test('is not tried again on 500', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(500).end());
    await rejection(startClient(upstream.url).request(alice, getTool('t1')).answer);
    expect(upstream.requests).toHaveLength(1);
  });

  test('waits as long as a 429 asks for, if that is short', async () => {
    const arrivals: number[] = [];
    const upstream = await startUpstream((_, response) => {
      arrivals.push(performance.now());
      if (arrivals.length === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.writeHead(200, json).end('{}');
    });
    await startClient(upstream.url).request(alice, getTool('t1')).answer;
    expect((arrivals[1] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('leaves a longer wait to its client', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(429, { 'retry-after': '3' }).end());
    const error = await rejection(startClient(upstream.url).request(alice, getTool('t1')).answer);
    expect(error).toBeInstanceOf(UpstreamRateLimited);
    expect(error).toMatchObject({ call: { retryAfter: 3, retries: 0 } });
    expect(upstream.requests).toHaveLength(1);
  });

  test('holds no place in its lane while it waits to be tried again', async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url === '/tools/slow') response.writeHead(429, { 'retry-after': '2' }).end();
      else response.writeHead(200, json).end('{}');
    });
    const lanes = { plain: { max: 1, deadlineMs: 5_000 } };
    const client = startClient(upstream.url, { lanes });
    const leaver = new AbortController();
    const slow = rejection(client.request(alice, getTool('slow'), { signal: leaver.signal }).answer);
    await upstream.seen(1);
    expect(await client.request(alice, getTool('quick')).answer).toMatchObject({ status: 200 });
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/tools/slow', '/tools/quick']);
    leaver.abort();
    await slow;
  });
});

describe('a write that fails', () => {
  test.each([429, 500, 502, 503, 504])('is not sent again on %i', async (status) => {
    const upstream = await startUpstream((_, response) => response.writeHead(status, { 'retry-after': '0' }).end());
    const error = await rejection(startClient(upstream.url).request(alice, createTool({})).answer);
    expect(error).toMatchObject({ call: { status, sent: true } });
    expect(upstream.requests).toHaveLength(1);
  });

  test('is not sent again when its connection is reset: its outcome is unknown', async () => {
    const upstream = await startUpstream((request) => request.socket.resetAndDestroy());
    const error = await rejection(startClient(upstream.url).request(alice, createTool({})).answer);
    expect(error).toBeInstanceOf(UpstreamUnavailable);
    expect(error).toMatchObject({ call: { status: undefined, sent: true } });
    expect(upstream.requests).toHaveLength(1);
  });

  test('was surely not sent where nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const error = await rejection(startClient(url).request(alice, createTool({})).answer);
    expect(error).toBeInstanceOf(UpstreamUnavailable);
    expect(error).toMatchObject({ call: { sent: false }, cause: { code: 'ECONNREFUSED' } });
  });

  test('was surely not sent where no secure connection came up in time', async () => {
    const { url } = await startRawUpstream(() => {});
    const client = startClient(url.replace('http:', 'https:'), { limits: { connectTimeoutMs: 100 } });
    const error = await rejection(client.request(alice, createTool({})).answer);
    expect(error).toBeInstanceOf(UpstreamUnavailable);
    expect(error).toMatchObject({ call: { sent: false } });
  });

  test('has succeeded where any answer will do and its 2xx was cut', async () => {
    const { url } = await startRawUpstream((socket) => onHead(socket, () => socket.end(httpAnswer('{"id":', 100))));
    const call = { ...createTool({}), answer: 'any' } as const;
    expect(await startClient(url).request(alice, call).answer).toEqual({ status: 200, body: undefined });
  });

  test('tells the status it had where the answer was needed and cut', async () => {
    const { url } = await startRawUpstream((socket) => onHead(socket, () => socket.end(httpAnswer('{"id":', 100))));
    const error = await rejection(startClient(url).request(alice, createTool({})).answer);
    expect(error).toBeInstanceOf(UpstreamUnavailable);
    expect(error).toMatchObject({ call: { status: 200, sent: true } });
  });
});

describe('a connection', () => {
  /** Answers the first request of each connection, and resets the connection when it is used again. */
  function closesWhenReused(seen: string[]): (socket: Socket, n: number) => void {
    return (socket, n) => {
      onHead(socket, (head, nth) => {
        seen.push(`${n}:${head.slice(0, head.indexOf(' HTTP'))}`);
        if (nth === 1) socket.write(httpAnswer(`{"connection":${n}}`));
        else socket.resetAndDestroy();
      });
    };
  }

  test('that is closed just as it is used again costs a read nothing but a new connection', async () => {
    const seen: string[] = [];
    const { url } = await startRawUpstream(closesWhenReused(seen));
    const client = startClient(url, { retry: { backoffMs: 60_000 } });
    await client.request(alice, getTool('t1')).answer;
    await idle();
    expect(await client.request(alice, getTool('t2')).answer).toMatchObject({ body: { connection: 2 } });
    expect(seen).toEqual(['1:GET /tools/t1', '1:GET /tools/t2', '2:GET /tools/t2']);
  });

  test('that is closed just as it is used again costs a write its certainty', async () => {
    const seen: string[] = [];
    const { url } = await startRawUpstream(closesWhenReused(seen));
    const client = startClient(url);
    await client.request(alice, getTool('t1')).answer;
    await idle();
    const error = await rejection(client.request(alice, createTool({})).answer);
    expect(error).toMatchObject({ call: { sent: true, status: undefined } });
    expect(seen).toEqual(['1:GET /tools/t1', '1:POST /tools']);
  });

  test('on which an answer came that nobody asked for is not used again', async () => {
    const { url } = await startRawUpstream((socket, n) => {
      onHead(socket, () =>
        socket.write(httpAnswer(`{"of":${n}}`) + (n === 1 ? httpAnswer('{"of":"somebody else"}') : '')),
      );
    });
    const client = startClient(url);
    expect(await client.request(alice, getTool('t1')).answer).toMatchObject({ body: { of: 1 } });
    await idle();
    expect(await client.request(alice, getTool('t2')).answer).toMatchObject({ body: { of: 2 } });
  });

  test('may send hints before its answer', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\ncontent-length: 9999999\r\n\r\n';
    const { url } = await startRawUpstream((socket) => onHead(socket, () => socket.write(hints + httpAnswer('{}'))));
    expect(await startClient(url).request(alice, getTool('t1')).answer).toEqual({ status: 200, body: {} });
  });

  test('that ends within an answer makes the read fail, after it was tried again', async () => {
    let connections = 0;
    const { url } = await startRawUpstream((socket, n) => {
      connections = n;
      onHead(socket, () => socket.end(httpAnswer('{"data":[', 100)));
    });
    const error = await rejection(startClient(url).request(alice, getTool('t1')).answer);
    expect(error).toBeInstanceOf(UpstreamUnavailable);
    expect((error as Error).message).toBe('GET /tools/t1 lost its connection after 2 retries');
    expect(connections).toBe(3);
  });

  test('that ends within an answer of unknown length makes the read fail as well', async () => {
    const head =
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n';
    const { url } = await startRawUpstream((socket) => onHead(socket, () => socket.end(`${head}2\r\n{}\r\n`)));
    expect(await rejection(startClient(url).request(alice, getTool('t1')).answer)).toBeInstanceOf(UpstreamUnavailable);
  });

  test('that speaks no HTTP is a bad answer, and what it said stays out of the error', async () => {
    const { url } = await startRawUpstream((socket) =>
      socket.on('data', () => socket.end('220 smtp.secret ESMTP\r\n')),
    );
    const error = await rejection(startClient(url).request(alice, getTool('t1')).answer);
    expect(error).toBeInstanceOf(UpstreamBadResponse);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('smtp');
  });

  test('is used again for the next call', async () => {
    let connections = 0;
    const { url } = await startRawUpstream((socket, n) => {
      connections = n;
      onHead(socket, () => socket.write(httpAnswer('{}')));
    });
    const client = startClient(url);
    for (const id of ['t1', 't2', 't3']) {
      await client.request(alice, getTool(id)).answer;
      await idle();
    }
    expect(connections).toBe(1);
  });

  test('is not used again when it has been idle for nearly as long as the upstream keeps it', async () => {
    const closed: Promise<unknown>[] = [];
    const { url } = await startRawUpstream((socket) => {
      closed.push(once(socket, 'close'));
      onHead(socket, () => socket.write(httpAnswer('{}').replace('\r\n', '\r\nkeep-alive: timeout=30\r\n')));
    });
    await startClient(url, { limits: { keepAliveMs: 50 } }).request(alice, getTool('t1')).answer;
    await closed[0];
  });
});

describe('an upstream that is down', () => {
  test('is left alone after some failures, and used again when it is back', async () => {
    const port = await freePort();
    let now = 0;
    const metrics = createMetrics();
    const breaker = { minAttempts: 4, openMs: 5_000, now: () => now };
    const client = startClient(`http://127.0.0.1:${port}`, { metrics, breaker, retry: { maxRetries: 0 } });
    const state = async (): Promise<unknown> => (await metrics.upstream.breakerState.get()).values[0]?.value;
    for (let i = 0; i < 4; i++) await rejection(client.request(alice, getTool('t1')).answer);
    expect(await state()).toBe(2);

    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.writeHead(200, json).end('{}');
    }).listen(port, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');

    const refused = await rejection(client.request(callerNamed('bob'), getTool('t2')).answer);
    expect(refused).toBeInstanceOf(UpstreamUnavailable);
    expect(refused).toMatchObject({ call: { sent: false, retryAfter: 5 } });
    expect(requests).toEqual([]);

    now = 5_000;
    expect(await client.request(alice, getTool('t3')).answer).toMatchObject({ status: 200 });
    expect(await client.request(alice, getTool('t4')).answer).toMatchObject({ status: 200 });
    expect(await state()).toBe(0);
  });

  test('is not asked again by the read that found it down, whose own failure is told', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(503).end());
    const client = startClient(upstream.url, { breaker: { minAttempts: 1 } });
    expect(await rejection(client.request(alice, getTool('t1')).answer)).toMatchObject({
      call: { status: 503, retries: 0 },
    });
    expect(upstream.requests).toHaveLength(1);
  });

  test('keeps nobody waiting for a place in the lane', async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url !== '/tools/hangs') response.writeHead(500).end();
    });
    const lanes = { plain: { max: 1, deadlineMs: 60_000 }, probe: { max: 1, deadlineMs: 60_000 } };
    const client = startClient(upstream.url, { lanes, breaker: { minAttempts: 2 } });
    const leaver = new AbortController();
    const hangs = rejection(client.request(alice, getTool('hangs'), { signal: leaver.signal }).answer);
    for (let i = 0; i < 2; i++) await rejection(client.request(alice, { ...getTool('t1'), lane: 'probe' }).answer);
    expect(await rejection(client.request(alice, getTool('t2')).answer)).toMatchObject({
      call: { sent: false, retryAfter: 2 },
    });
    leaver.abort();
    await hangs;
  });

  test('is told from one that refuses requests: 4xx and 429 never open the breaker', async () => {
    const upstream = await startUpstream((request, response) => {
      response.writeHead(Number(request.url?.split('/').at(-1))).end();
    });
    const client = startClient(upstream.url, { breaker: { minAttempts: 4 } });
    for (const status of ['400', '401', '403', '404', '409', '422', '429', '429', '401', '401']) {
      expect(await rejection(client.request(alice, getTool(status)).answer)).toMatchObject({
        call: { status: Number(status) },
      });
    }
    expect(upstream.requests).toHaveLength(10);
  });
});
