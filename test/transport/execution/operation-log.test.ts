import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { startGateway } from '../../support/gateway.js';
import { ask, connect, createSocketClient } from '../../support/sockets.js';
import { createJournal, startTransport } from '../../support/transport.js';

const schema = createSchema({ typeDefs: 'type Query { hello: String }' });

const TWO_TOOLS = `query Tools {
  zendesk: tool(projectId: "support-desk", toolId: "zendesk") { status }
  statuspage: tool(projectId: "support-desk", toolId: "statuspage") { status }
}`;

const TEXT = { 'content-type': 'application/json' };

/** Sends an operation by one of the transports, with headers, and resolves when its first result has arrived. */
type Send = (url: string, query: string, headers: Record<string, string>) => Promise<unknown>;

const post =
  (accept: string): Send =>
  async (url, query, headers) => {
    const body = JSON.stringify({ query });
    return (await fetch(`${url}/graphql`, { method: 'POST', headers: { ...TEXT, accept, ...headers }, body })).text();
  };

const TRANSPORTS: readonly (readonly [string, Send])[] = [
  ['HTTP', post('application/json')],
  ['an event stream', post('text/event-stream')],
  ['WebSocket', (url, query, params) => ask(createSocketClient(url, { params }), query)],
];

async function startLogging(env: Record<string, string> = {}) {
  const journal = createJournal();
  const gateway = await startGateway({}, env, { log: journal.log });
  return { ...gateway, ...journal };
}

describe.each(TRANSPORTS)('over %s, the line of an operation', (_, send) => {
  test('has the hash of the document, the number of upstream calls, and the client', async () => {
    const { url, logged } = await startLogging();
    await send(url, TWO_TOOLS, { 'x-graphql-client-name': 'web', 'x-graphql-client-version': '1.2.3' });
    expect(await logged('operation')).toMatchObject({
      level: 30,
      documentHash: createHash('sha256').update(TWO_TOOLS).digest('hex'),
      upstreamCalls: 2,
      client: 'web',
      clientVersion: '1.2.3',
    });
  });

  test('is a warning with the upstream calls if the operation is slow', async () => {
    const { url, logged, lines } = await startLogging({ SLOW_OPERATION_MS: '0' });
    await send(url, TWO_TOOLS, {});
    const call = {
      service: 'inkeep',
      method: 'GET',
      operation: 'get-tool',
      status: 200,
      ms: expect.any(Number),
    };
    expect(await logged('operation')).toMatchObject({ level: 40, slow: true, upstreamCalls: 2, calls: [call, call] });
    expect(lines.filter(({ msg }) => msg === 'operation')).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toMatch(/zendesk|statuspage|support-desk/);
  });
});

test('an operation that is not slow is logged without its calls', async () => {
  const { query, logged } = await startLogging();
  await query(TWO_TOOLS);
  expect(await logged('operation')).not.toHaveProperty('calls');
});

test('a coalesced call is not counted, but shown for a slow operation', async () => {
  const { query, lines, sandbox } = await startLogging({ SLOW_OPERATION_MS: '0' });
  sandbox.inkeep.latency({ ms: 50 });
  const one = '{ tool(projectId: "support-desk", toolId: "zendesk") { status } }';
  await Promise.all([query(one), query(one)]);
  const operations = lines.filter(({ msg }) => msg === 'operation');
  expect(operations.map(({ upstreamCalls }) => upstreamCalls).sort()).toEqual([0, 1]);
  expect(operations.find(({ upstreamCalls }) => upstreamCalls === 0)).toMatchObject({
    calls: [{ operation: 'get-tool', coalesced: true }],
  });
});

test('no more than the 20 slowest calls of a slow operation are logged, with the slowest first', async () => {
  const { query, logged } = await startLogging({ SLOW_OPERATION_MS: '0' });
  const fields = Array.from({ length: 25 }, (_, n) => `t${n}: tool(projectId: "p${n}", toolId: "t") { status }`);
  await query(`{ ${fields.join(' ')} }`);
  const { calls, upstreamCalls } = (await logged('operation')) as { calls: { ms: number }[]; upstreamCalls: number };
  expect(upstreamCalls).toBe(25);
  expect(calls).toHaveLength(20);
  expect(calls.map(({ ms }) => ms)).toEqual(calls.map(({ ms }) => ms).toSorted((a, b) => b - a));
});

test('a subscription is never slow; its line counts the calls of all its events', async () => {
  const { url, logged, sandbox } = await startLogging({ SLOW_OPERATION_MS: '0', STATUS_INTERVAL_MS: '500' });
  const client = await connect(url, { params: {} });
  const zendesk = Buffer.from('Tool:default/support-desk/zendesk').toString('base64url');
  const query = `subscription { toolStatus(watch: { tools: ["${zendesk}"] }) { tool { project { name } } } }`;
  client.send({ type: 'subscribe', id: '1', payload: { query } });
  await client.next();
  sandbox.inkeep.setMcp('zendesk', { mode: 'reset' });
  await client.next();
  client.send({ type: 'complete', id: '1' });
  const line = await logged('operation');
  expect(line).toMatchObject({ level: 30, type: 'subscription' });
  expect(line.upstreamCalls).toBe(2);
});

test('the name that Apollo Client sends is logged, and the usual header wins', async () => {
  const { query, lines } = await startTransport(schema);
  const apollo = { 'apollographql-client-name': 'ios', 'apollographql-client-version': '9' };
  await query({ query: '{ hello }' }, apollo);
  await query({ query: '{ hello }' }, { ...apollo, 'x-graphql-client-name': 'web' });
  expect(lines.map(({ client, clientVersion }) => [client, clientVersion])).toEqual([
    ['ios', '9'],
    ['web', '9'],
  ]);
});

test('what a client calls itself is logged without control characters, and at most 100 characters of it', async () => {
  const { url, lines } = await startTransport(schema);
  for (const name of ['a\nb\u001b[31m\u2028\u202e\ud800', 'x'.repeat(5000), '\n']) {
    const client = await connect(url, { params: { 'X-GraphQL-Client-Name': name } });
    client.send({ type: 'subscribe', id: '1', payload: { query: '{ hello }' } });
    client.socket.on('message', (data) => String(data).includes('complete') && client.socket.close());
    await once(client.socket, 'close');
  }
  expect(lines.map(({ client }) => client)).toEqual(['ab[31m', 'x'.repeat(100), undefined]);
});

test('a document that cannot be executed has no hash', async () => {
  const { query, logged } = await startTransport(schema);
  await query({ query: '{ unknown }' });
  expect(await logged('operation')).not.toHaveProperty('documentHash');
});
