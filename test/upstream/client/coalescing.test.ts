import type { ServerResponse } from 'node:http';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../../src/metrics.js';
import type { Caller } from '../../../src/upstream/client/call.js';
import { UpstreamAborted, UpstreamTimeout } from '../../../src/upstream/client/errors/upstream-errors.js';
import {
  callerNamed,
  createTool,
  getTool,
  rejection,
  startClient,
  startUpstream,
} from '../../support/scripted-upstream.js';

const alice = callerNamed('alice');
const bob = callerNamed('bob');
const json = { 'content-type': 'application/json' };

/** An upstream that holds each request until the test answers it, by its place in the order of arrival. */
async function startSlowUpstream() {
  const held: ServerResponse[] = [];
  const upstream = await startUpstream((_, response) => void held.push(response));
  const answer = (nth: number): unknown => held[nth]?.writeHead(200, json).end(`{"nth":${nth}}`);
  return { ...upstream, answer };
}

describe('identical reads of one caller', () => {
  test('are sent once, and all are answered', async () => {
    const upstream = await startSlowUpstream();
    const metrics = createMetrics();
    const client = startClient(upstream.url, { metrics });
    const pending = [1, 2, 3].map(() => client.request(alice, getTool('t1')));
    expect(pending.map(({ coalesced }) => coalesced)).toEqual([false, true, true]);
    await upstream.seen(1);
    upstream.answer(0);
    for (const { answer } of pending) expect(await answer).toMatchObject({ body: { nth: 0 } });
    expect(upstream.requests).toHaveLength(1);
    expect((await metrics.upstream.coalesced.get()).values).toMatchObject([{ value: 2 }]);
  });

  test('are sent again when the first has ended', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, json).end('{}'));
    const client = startClient(upstream.url);
    await client.request(alice, getTool('t1')).answer;
    const again = client.request(alice, getTool('t1'));
    expect(again.coalesced).toBe(false);
    await again.answer;
    expect(upstream.requests).toHaveLength(2);
  });

  test('fail together, and the failure is not kept', async () => {
    const upstream = await startUpstream((_, response) => {
      response.writeHead(upstream.requests.length === 1 ? 404 : 200, json).end('{}');
    });
    const client = startClient(upstream.url);
    const failures = [1, 2].map(() => rejection(client.request(alice, getTool('t1')).answer));
    for (const error of await Promise.all(failures)) expect(error).toMatchObject({ name: 'UpstreamNotFound' });
    expect(await client.request(alice, getTool('t1')).answer).toMatchObject({ status: 200 });
  });

  test('continue for the others when one stops waiting, and end with the last', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url);
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [first, second].map(({ signal }) =>
      rejection(client.request(alice, getTool('t1'), { signal }).answer),
    );
    await upstream.seen(1);
    const socket = upstream.requests[0]?.socket;
    const closed = new Promise((resolve) => socket?.once('close', resolve));
    first.abort();
    expect(await answers[0]).toBeInstanceOf(UpstreamAborted);
    const third = client.request(alice, getTool('t1'), { signal: second.signal });
    expect(third.coalesced).toBe(true);
    second.abort();
    expect(await answers[1]).toBeInstanceOf(UpstreamAborted);
    expect(await rejection(third.answer)).toBeInstanceOf(UpstreamAborted);
    await closed;
    expect(upstream.requests).toHaveLength(1);
  });

  test('are not coalesced with one that was cancelled a moment before', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url);
    const leaver = new AbortController();
    const left = rejection(client.request(alice, getTool('t1'), { signal: leaver.signal }).answer);
    await upstream.seen(1);
    leaver.abort();
    const next = client.request(alice, getTool('t1'));
    expect(next.coalesced).toBe(false);
    await upstream.seen(2);
    upstream.answer(1);
    expect(await next.answer).toMatchObject({ body: { nth: 1 } });
    expect(await left).toBeInstanceOf(UpstreamAborted);
  });

  test('have each their own deadline', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url);
    const hasty = rejection(client.request(alice, getTool('t1'), { deadline: performance.now() + 100 }).answer);
    const patient = client.request(alice, getTool('t1'));
    expect(patient.coalesced).toBe(true);
    expect(await hasty).toBeInstanceOf(UpstreamTimeout);
    await upstream.seen(1);
    upstream.answer(0);
    expect(await patient.answer).toMatchObject({ body: { nth: 0 } });
  });

  test('are all sent if coalescing is turned off', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, json).end('{}'));
    const client = startClient(upstream.url, { coalesce: false });
    const pending = [1, 2].map(() => client.request(alice, getTool('t1')));
    await Promise.all(pending.map(({ answer }) => answer));
    expect(pending.map(({ coalesced }) => coalesced)).toEqual([false, false]);
    expect(upstream.requests).toHaveLength(2);
  });
});

describe('reads that differ', () => {
  test('in their credential are never coalesced, and each caller gets its own answer', async () => {
    const upstream = await startUpstream((request, response) => {
      response.writeHead(200, json).end(JSON.stringify(request.headers.authorization));
    });
    const client = startClient(upstream.url);
    const pending = [alice, bob].map((caller) => client.request(caller, getTool('t1')));
    expect(pending.map(({ coalesced }) => coalesced)).toEqual([false, false]);
    expect(await Promise.all(pending.map(({ answer }) => answer))).toMatchObject([
      { body: 'Bearer alice' },
      { body: 'Bearer bob' },
    ]);
  });

  test('in their ref, path or query are never coalesced', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, json).end('{}'));
    const client = startClient(upstream.url);
    const onBranch: Caller = {
      ...alice,
      headers: { ...alice.headers, 'x-inkeep-ref': 'dev' },
      fingerprint: 'alice@dev',
    };
    const pending = [
      client.request(alice, getTool('t1')),
      client.request(onBranch, getTool('t1')),
      client.request(alice, getTool('t2')),
      client.request(alice, { ...getTool('t1'), query: { page: 1 } }),
      client.request(alice, { ...getTool('t1'), query: { page: 2 } }),
    ];
    expect(pending.some(({ coalesced }) => coalesced)).toBe(false);
    await Promise.all(pending.map(({ answer }) => answer));
    expect(upstream.requests).toHaveLength(5);
  });
});

describe('a write', () => {
  test('is never coalesced with another', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(201, json).end('{}'));
    const client = startClient(upstream.url);
    await Promise.all([1, 2].map(() => client.request(alice, createTool({ name: 'a' })).answer));
    expect(upstream.requests).toHaveLength(2);
  });

  test('stops coalescing with reads that started before it or while it was in flight', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url);
    const before = client.request(alice, getTool('t1'));
    await upstream.seen(1);
    const write = client.request(alice, createTool({}));
    const during = client.request(alice, getTool('t1'));
    expect(during.coalesced).toBe(false);
    await upstream.seen(3);
    upstream.answer(upstream.requests.findIndex(({ method }) => method === 'POST'));
    await write.answer;
    const after = client.request(alice, getTool('t1'));
    expect(after.coalesced).toBe(false);
    await upstream.seen(4);
    for (const nth of [0, 1, 2, 3]) if (upstream.requests[nth]?.method === 'GET') upstream.answer(nth);
    await Promise.all([before.answer, during.answer, after.answer]);
  });

  test('under one ref stops coalescing under the others: two refs may name one branch', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, json).end('{}'));
    const client = startClient(upstream.url);
    const onBranch: Caller = {
      ...alice,
      headers: { ...alice.headers, 'x-inkeep-ref': 'main' },
      fingerprint: 'alice@main',
    };
    const before = client.request(alice, getTool('t1'));
    const write = client.request(onBranch, createTool({}));
    const after = client.request(alice, getTool('t1'));
    expect(after.coalesced).toBe(false);
    await Promise.all([before.answer, write.answer, after.answer]);
  });

  test('does not affect the reads of other callers', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, json).end('{}'));
    const client = startClient(upstream.url);
    const first = client.request(bob, getTool('t1'));
    const write = client.request(alice, createTool({}));
    const second = client.request(bob, getTool('t1'));
    expect(second.coalesced).toBe(true);
    await Promise.all([first.answer, write.answer, second.answer]);
  });
});

describe('the log', () => {
  test('has one line for each call, without credentials, bodies or queries', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'debug', base: undefined, timestamp: false }, { write: (line) => void lines.push(line) });
    const upstream = await startUpstream((request, response) => {
      response
        .writeHead(request.method === 'GET' ? 200 : 422, { ...json, 'x-request-id': 'req-1' })
        .end('{"secret":"s3"}');
    });
    const client = startClient(upstream.url, { log });
    const caller: Caller = { ...alice, headers: { authorization: 'Bearer s1' } };
    await client.request(caller, { ...getTool('t1'), query: { q: 's2' } }, { requestId: 'ours' }).answer;
    await rejection(client.request(caller, createTool({ headers: { key: 's4' } }), { requestId: 'ours' }).answer);
    const common = {
      level: 20,
      service: 'inkeep',
      lane: 'plain',
      attempts: 1,
      requestId: 'ours',
      upstreamRequestId: 'req-1',
      ms: expect.any(Number),
    };
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ...common, operation: 'get-tool', status: 200, outcome: '2xx', msg: 'upstream call' },
      { ...common, operation: 'create-tool', status: 422, outcome: '4xx', msg: 'upstream call' },
    ]);
  });

  test('warns when the breaker opens and when it closes', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'warn', base: undefined, timestamp: false }, { write: (line) => void lines.push(line) });
    let now = 0;
    const upstream = await startUpstream((_, response) => {
      response.writeHead(upstream.requests.length <= 2 ? 500 : 200, json).end('{}');
    });
    const client = startClient(upstream.url, { log, breaker: { minAttempts: 2, now: () => now } });
    await rejection(client.request(alice, getTool('t1')).answer);
    await rejection(client.request(alice, getTool('t1')).answer);
    now = 5_000;
    await client.request(alice, getTool('t1')).answer;
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 40, service: 'inkeep', breaker: 'open', msg: 'upstream breaker' },
      { level: 40, service: 'inkeep', breaker: 'closed', msg: 'upstream breaker' },
    ]);
  });
});
