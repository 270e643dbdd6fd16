import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Pool } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMetrics } from '../../../src/metrics.js';
import type { UpstreamCall } from '../../../src/upstream/client/call.js';
import {
  UpstreamAborted,
  type UpstreamError,
  UpstreamTimeout,
  UpstreamUnavailable,
} from '../../../src/upstream/client/errors/upstream-errors.js';
import { exchange } from '../../../src/upstream/client/exchange.js';
import {
  callerNamed,
  createTool,
  getTool,
  rejection,
  startClient,
  startRawUpstream,
  startUpstream,
} from '../../support/scripted-upstream.js';

const alice = callerNamed('alice');
const bob = callerNamed('bob');
const json = { 'content-type': 'application/json' };

function probe(id: string): UpstreamCall {
  return { ...getTool(id), lane: 'probe' };
}

/** An upstream that answers when the test tells it to, in the order of arrival. */
async function startSlowUpstream() {
  const held: ServerResponse[] = [];
  const upstream = await startUpstream((_, response) => void held.push(response));
  const answerNext = (): unknown => held.shift()?.writeHead(200, json).end('{}');
  return { ...upstream, answerNext };
}

/** Resolves when the upstream's side of the connection of its nth request has closed. */
async function closed(upstream: { requests: { socket: NodeJS.EventEmitter & { destroyed: boolean } }[] }, nth: number) {
  const socket = upstream.requests[nth]?.socket;
  if (socket && !socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
}

describe('a deadline', () => {
  test('holds for two hundred calls to an upstream that hangs, wherever they wait', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url, { lanes: { plain: { max: 4, deadlineMs: 1_000 } } });
    const startedAt = performance.now();
    const calls = Array.from({ length: 200 }, (_, i) => rejection(client.request(alice, getTool(`t${i}`)).answer));
    const failures = (await Promise.all(calls)) as UpstreamError[];
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(failures.every((error) => error instanceof UpstreamTimeout)).toBe(true);
    expect(failures.filter(({ call }) => call.sent)).toHaveLength(4);
    expect(upstream.requests).toHaveLength(4);
  });

  test('frees the lane: the next call is answered', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url, { lanes: { plain: { max: 1, deadlineMs: 10_000 } } });
    await rejection(client.request(alice, getTool('hangs'), { deadline: performance.now() + 200 }).answer);
    const next = client.request(alice, getTool('t1')).answer;
    await upstream.seen(2);
    upstream.answerNext();
    upstream.answerNext();
    expect(await next).toMatchObject({ status: 200 });
  });

  test('of the scope ends a call before its lane would', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url);
    const scope = { deadline: performance.now() + 1_000 };
    const error = await rejection(client.request(alice, createTool({}), scope).answer);
    expect(error).toBeInstanceOf(UpstreamTimeout);
    expect(error).toMatchObject({ call: { operation: 'create-tool', sent: true } });
    await closed(upstream, 0);
  });

  test('that has passed already keeps a call from being sent', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url);
    const error = await rejection(client.request(alice, getTool('t1'), { deadline: performance.now() - 1 }).answer);
    expect(error).toMatchObject({ name: 'UpstreamTimeout', call: { sent: false } });
    const next = client.request(alice, getTool('t2')).answer;
    await upstream.seen(1);
    upstream.answerNext();
    await next;
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/tools/t2']);
  });

  test('holds while a connection is being made', async () => {
    const { url } = await startRawUpstream(() => {});
    const client = startClient(url.replace('http:', 'https:'), { lanes: { plain: { max: 1, deadlineMs: 100 } } });
    const error = await rejection(client.request(alice, createTool({})).answer);
    expect(error).toMatchObject({ name: 'UpstreamTimeout', call: { sent: false } });
  });

  test('holds while the body is being read', async () => {
    const upstream = await startUpstream((_, response) => void response.writeHead(200, json).write('{"data":'));
    const client = startClient(upstream.url, { lanes: { plain: { max: 1, deadlineMs: 200 } } });
    expect(await rejection(client.request(alice, getTool('t1')).answer)).toBeInstanceOf(UpstreamTimeout);
    await closed(upstream, 0);
  });

  test('leaves no room for another try', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(429, { 'retry-after': '2' }).end());
    const client = startClient(upstream.url, { lanes: { plain: { max: 1, deadlineMs: 1_900 } } });
    const error = await rejection(client.request(alice, getTool('t1')).answer);
    expect(error).toMatchObject({ name: 'UpstreamRateLimited', call: { retries: 0 } });
    expect(upstream.requests).toHaveLength(1);
  });

  test('missed by plain calls of two callers opens the breaker', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url, {
      lanes: { plain: { max: 8, deadlineMs: 200 } },
      breaker: { minAttempts: 4 },
    });
    const calls = [alice, alice, bob, bob].map((caller, i) =>
      rejection(client.request(caller, getTool(`t${i}`)).answer),
    );
    await Promise.all(calls);
    expect(await rejection(client.request(alice, getTool('t9')).answer)).toMatchObject({
      name: 'UpstreamUnavailable',
      call: { sent: false, retryAfter: 2 },
    });
  });

  test('missed by probing calls does not', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url, {
      lanes: { plain: { max: 8, deadlineMs: 200 }, probe: { max: 8, deadlineMs: 200 } },
      breaker: { minAttempts: 4 },
    });
    const calls = [alice, alice, bob, bob].map((caller, i) => rejection(client.request(caller, probe(`p${i}`)).answer));
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(UpstreamTimeout);
    expect(await rejection(client.request(alice, probe('p9')).answer)).toBeInstanceOf(UpstreamTimeout);
  });

  test('that was near when the upstream was asked does not', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url, { breaker: { minAttempts: 4 } });
    const missed = (caller: typeof alice, id: string): Promise<unknown> =>
      rejection(client.request(caller, getTool(id), { deadline: performance.now() + 100 }).answer);
    const calls = [alice, alice, bob, bob].map((caller, i) => missed(caller, `t${i}`));
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(UpstreamTimeout);
    expect(await missed(alice, 't9')).toBeInstanceOf(UpstreamTimeout);
  });
});

describe('a client that leaves', () => {
  test('ends its call at once, and the connection', async () => {
    const upstream = await startSlowUpstream();
    const leaver = new AbortController();
    const pending = startClient(upstream.url).request(alice, getTool('t1'), { signal: leaver.signal });
    await upstream.seen(1);
    leaver.abort();
    expect(await rejection(pending.answer)).toBeInstanceOf(UpstreamAborted);
    await closed(upstream, 0);
  });

  test('frees its place among those who wait, and is never sent', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url, { lanes: { plain: { max: 1, deadlineMs: 5_000 } } });
    const first = client.request(alice, getTool('t1')).answer;
    await upstream.seen(1);
    const leaver = new AbortController();
    const leaves = rejection(client.request(alice, getTool('t2'), { signal: leaver.signal }).answer);
    const stays = client.request(alice, getTool('t3')).answer;
    leaver.abort();
    expect(await leaves).toMatchObject({ name: 'UpstreamAborted', call: { sent: false } });
    upstream.answerNext();
    await upstream.seen(2);
    upstream.answerNext();
    await Promise.all([first, stays]);
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/tools/t1', '/tools/t3']);
  });

  test('leaves at once even while undici has no connection for it, and is never sent', async () => {
    const upstream = await startSlowUpstream();
    const pool = new Pool(upstream.url, { connections: 1 });
    onTestFinished(() => pool.destroy());
    const limits = { maxBodyBytes: 1_000, maxErrorBytes: 1_000 };
    const read = (path: string, signal: AbortSignal): Promise<unknown> =>
      exchange(pool, { origin: upstream.url, method: 'GET', path, headers: {}, body: null }, limits, signal, {
        sent: false,
      });
    const stays = new AbortController();
    const leaves = new AbortController();
    const first = read('/first', stays.signal);
    await upstream.seen(1);
    const queued = rejection(read('/queued', leaves.signal));
    leaves.abort(new Error('left'));
    expect(await queued).toMatchObject({ message: 'left' });
    const last = read('/last', stays.signal);
    upstream.answerNext();
    await upstream.seen(2);
    upstream.answerNext();
    await Promise.all([first, last]);
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/first', '/last']);
    expect(getEventListeners(stays.signal, 'abort')).toHaveLength(0);
  });
});

describe('lanes', () => {
  test('give another caller the next place while one has filled them', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url, { lanes: { plain: { max: 4, deadlineMs: 5_000 } } });
    const hers = Array.from({ length: 8 }, (_, i) => client.request(alice, getTool(`t${i}`)).answer);
    await upstream.seen(4);
    const his = client.request(bob, getTool('t0')).answer;
    upstream.answerNext();
    await upstream.seen(5);
    expect(upstream.requests[4]?.headers.authorization).toBe('Bearer bob');
    for (let answered = 1; answered < 9; answered++) {
      upstream.answerNext();
      await upstream.seen(Math.min(answered + 5, 9));
    }
    await Promise.all([...hers, his]);
  });

  test('keep plain calls from waiting for probing ones', async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url === '/tools/plain') response.writeHead(200, json).end('{}');
    });
    const client = startClient(upstream.url, {
      lanes: { plain: { max: 1, deadlineMs: 5_000 }, probe: { max: 2, deadlineMs: 300 } },
    });
    const probes = Array.from({ length: 6 }, (_, i) => rejection(client.request(alice, probe(`p${i}`)).answer));
    await upstream.seen(2);
    expect(await client.request(alice, getTool('plain')).answer).toMatchObject({ status: 200 });
    await Promise.all(probes);
  });

  test('refuse calls beyond what may wait, and say when to come back', async () => {
    const upstream = await startSlowUpstream();
    const lanes = { plain: { max: 1, deadlineMs: 300 } };
    const client = startClient(upstream.url, { lanes, limits: { maxWaitingCalls: 2 } });
    const calls = ['t1', 't2', 't3'].map((id) => rejection(client.request(alice, getTool(id)).answer));
    const [, , refused] = await Promise.all(calls);
    expect(refused).toBeInstanceOf(UpstreamUnavailable);
    expect(refused).toMatchObject({ call: { sent: false, retryAfter: 1 } });
  });

  test('show in the metrics who is in them and who waits', async () => {
    const upstream = await startSlowUpstream();
    const metrics = createMetrics();
    const client = startClient(upstream.url, { metrics, lanes: { plain: { max: 1, deadlineMs: 5_000 } } });
    const calls = ['t1', 't2', 't3'].map((id) => client.request(alice, getTool(id)).answer);
    await upstream.seen(1);
    const load = async (): Promise<unknown> =>
      (await metrics.registry.metrics()).match(/^gateway_upstream_lane.* \d+$/gm);
    expect(await load()).toEqual([
      'gateway_upstream_lane_active{service="inkeep",lane="plain"} 1',
      'gateway_upstream_lane_waiting{service="inkeep",lane="plain"} 2',
    ]);
    for (let arrived = 1; arrived <= 3; arrived++) {
      await upstream.seen(arrived);
      upstream.answerNext();
    }
    await Promise.all(calls);
    expect(await load()).toEqual([
      'gateway_upstream_lane_active{service="inkeep",lane="plain"} 0',
      'gateway_upstream_lane_waiting{service="inkeep",lane="plain"} 0',
    ]);
    expect(
      (await metrics.upstream.duration.get()).values.find(({ metricName }) => metricName?.endsWith('_count')),
    ).toMatchObject({ value: 3, labels: { service: 'inkeep', operation: 'get-tool', outcome: '2xx' } });
  });
});

describe('a closed client', () => {
  test('ends what is under way, waits for nothing, and sends nothing any more', async () => {
    const upstream = await startSlowUpstream();
    const client = startClient(upstream.url, { lanes: { plain: { max: 1, deadlineMs: 60_000 } } });
    const calls = ['t1', 't2'].map((id) => rejection(client.request(alice, getTool(id)).answer));
    await upstream.seen(1);
    await client.close();
    const ended = {
      name: 'UpstreamUnavailable',
      message: expect.stringMatching(/was cancelled: the gateway is shutting down$/),
    };
    for (const error of await Promise.all(calls)) expect(error).toMatchObject(ended);
    expect(await rejection(client.request(alice, getTool('t3')).answer)).toMatchObject(ended);
    expect(upstream.requests).toHaveLength(1);
  });

  test('closes its idle connections', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, json).end('{}'));
    const client = startClient(upstream.url, { limits: { keepAliveMs: 60_000 } });
    await client.request(alice, getTool('t1')).answer;
    const end = closed(upstream, 0);
    await client.close();
    await end;
  });
});
