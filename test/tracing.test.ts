import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { AlwaysOffSampler, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './support/gateway.js';
import { ask, connect, createSocketClient } from './support/sockets.js';
import { createSpanJournal, type SpanJournal } from './support/spans.js';
import { createJournal } from './support/transport.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT_ID = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE_ID}-${PARENT_ID}-01`;
const ONE_TOOL = 'query One { tool(projectId: "support-desk", toolId: "zendesk") { status } }';
const ZENDESK = Buffer.from('Tool:default/support-desk/zendesk').toString('base64url');
const WATCH = `subscription { toolStatus(watch: { tools: ["${ZENDESK}"] }) { status } }`;

type Traced = TestGateway & SpanJournal & ReturnType<typeof createJournal>;

async function startTraced(env: Record<string, string> = {}): Promise<Traced> {
  const journal = createSpanJournal();
  const log = createJournal();
  return { ...(await startGateway({}, env, { log: log.log, tracing: journal.tracing })), ...journal, ...log };
}

const idOf = (span: ReadableSpan) => span.spanContext().spanId;
const traceOf = (span: ReadableSpan) => span.spanContext().traceId;

/** Sends an operation within a trace, and resolves when its first result has arrived. */
type Send = (url: string, query: string, trace: Record<string, string>) => Promise<unknown>;

const post =
  (accept: string): Send =>
  async (url, query, trace) => {
    const headers = { 'content-type': 'application/json', accept, ...trace };
    return (await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).text();
  };

const withExtensions: Send = async (url, query, extensions) => {
  const client = createSocketClient(url, { params: { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` } });
  return client.iterate({ query, extensions }).next();
};

const TRANSPORTS: readonly (readonly [string, string, Send])[] = [
  ['the headers of a POST', 'http', post('application/json')],
  ['the headers of an event stream', 'http', post('text/event-stream')],
  [
    'connection_init of a WebSocket',
    'websocket',
    (url, query, params) => ask(createSocketClient(url, { params }), query),
  ],
  ['the extensions of an operation of a WebSocket', 'websocket', withExtensions],
];

describe.each(TRANSPORTS)('a trace context in %s', (_, transport, send) => {
  test('is continued by the span of the operation, its calls, the upstream and the log', async () => {
    const { url, ended, sandbox, logged } = await startTraced();
    await send(url, ONE_TOOL, { traceparent: TRACEPARENT, tracestate: 'vendor=1' });
    const operation = await ended('query');
    const call = await ended('inkeep get-tool');
    expect(operation).toMatchObject({
      kind: SpanKind.SERVER,
      parentSpanContext: { traceId: TRACE_ID, spanId: PARENT_ID, isRemote: true },
      attributes: { 'gateway.transport': transport, 'graphql.operation.name': 'One', 'gateway.upstream.calls': 1 },
      status: { code: SpanStatusCode.UNSET },
    });
    expect(call).toMatchObject({ kind: SpanKind.CLIENT, parentSpanContext: { spanId: idOf(operation) } });
    expect(sandbox.inkeep.requests[0]?.headers).toMatchObject({
      traceparent: `00-${TRACE_ID}-${idOf(call)}-01`,
      tracestate: 'vendor=1',
    });
    expect(await logged('operation')).toMatchObject({ traceparent: `00-${TRACE_ID}-${idOf(operation)}-01` });
  });
});

test('without an SDK, the trace context of the client is passed on and logged', async () => {
  const { log, logged } = createJournal();
  const { query, sandbox } = await startGateway({}, {}, { log });
  await query(ONE_TOOL, {}, { traceparent: TRACEPARENT, tracestate: 'vendor=1', baggage: 'user=secret' });
  const { headers } = sandbox.inkeep.requests[0] ?? {};
  expect(headers).toMatchObject({ traceparent: TRACEPARENT, tracestate: 'vendor=1' });
  expect(headers).not.toHaveProperty('baggage');
  expect(await logged('operation')).toMatchObject({ traceparent: TRACEPARENT });
});

test.each([
  ['nothing', undefined],
  ['a version that is reserved', `ff-${TRACE_ID}-${PARENT_ID}-01`],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT_ID}-01`],
  ['a span id of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
  ['more than version 00 has', `${TRACEPARENT}-x`],
  ['capital letters', TRACEPARENT.toUpperCase()],
  ['another text', 'secret'],
])('%s as traceparent is ignored, and nothing is passed on', async (_, traceparent) => {
  const { query, sandbox } = await startGateway();
  await query(ONE_TOOL, {}, { ...(traceparent !== undefined && { traceparent }), tracestate: 'vendor=1' });
  const { headers } = sandbox.inkeep.requests[0] ?? {};
  expect(headers).not.toHaveProperty('traceparent');
  expect(headers).not.toHaveProperty('tracestate');
});

test('a trace context of a later version is read as far as it is known', async () => {
  const { query, sandbox } = await startGateway();
  await query(ONE_TOOL, {}, { traceparent: `01-${TRACE_ID}-${PARENT_ID}-03-more` });
  expect(sandbox.inkeep.requests[0]?.headers).toMatchObject({ traceparent: TRACEPARENT });
});

test('a span shows how the reads of an operation are planned', async () => {
  const { query, ended } = await startTraced();
  await query(ONE_TOOL);
  const plan = await ended('plan');
  expect(plan.attributes).toEqual({
    'gateway.plan.what': 'live fields of tools',
    'gateway.plan.how': 'get-tool for each',
    'gateway.plan.wanted': 1,
  });
  expect(plan.parentSpanContext?.spanId).toBe(idOf(await ended('query')));
});

test('the span of a call has its lane, the wait for a place in it, and its status', async () => {
  const { query, spans, sandbox } = await startTraced({ SANDBOX: 'true', INKEEP_MAX_PROBES: '1' });
  sandbox.inkeep.latency({ ms: 30 });
  await query(`{ a: tool(projectId: "support-desk", toolId: "zendesk") { status }
    b: tool(projectId: "support-desk", toolId: "statuspage") { status } }`);
  const [first, second] = spans('inkeep get-tool');
  expect(first?.attributes).toMatchObject({
    'gateway.upstream.service': 'inkeep',
    'gateway.upstream.operation': 'get-tool',
    'gateway.upstream.lane': 'probe',
    'gateway.upstream.lane_wait_ms': 0,
    'http.request.method': 'GET',
    'http.response.status_code': 200,
    'server.address': '127.0.0.1',
  });
  expect(second?.attributes['gateway.upstream.lane_wait_ms']).toBeGreaterThanOrEqual(20);
});

test('the span of a call that is retried has an event for each retry, and one status', async () => {
  const { query, ended, sandbox } = await startTraced();
  sandbox.inkeep.fault({ kind: 'status', status: 503, operation: 'get-tool' });
  await query(ONE_TOOL);
  const call = await ended('inkeep get-tool');
  expect(call.events.map(({ name }) => name)).toEqual(['retry']);
  expect(call.attributes).toMatchObject({ 'http.request.resend_count': 1, 'http.response.status_code': 200 });
  expect(call.status.code).toBe(SpanStatusCode.UNSET);
});

test('a call that fails is an error of its span and of its operation, without a message', async () => {
  const { query, ended, sandbox } = await startTraced();
  sandbox.inkeep.fault({ kind: 'status', status: 500, operation: 'get-tool', count: 9 });
  await query(ONE_TOOL);
  const error = { code: SpanStatusCode.ERROR };
  expect(await ended('inkeep get-tool')).toMatchObject({
    status: error,
    attributes: { 'error.type': '5xx' },
    events: [],
  });
  expect(await ended('query')).toMatchObject({
    status: error,
    attributes: { 'error.type': 'UPSTREAM_UNAVAILABLE', 'gateway.error_codes': ['UPSTREAM_UNAVAILABLE'] },
  });
});

test('what the client did wrong is not an error of the span, and neither is a tool that does not exist', async () => {
  const { query, spans, ended } = await startTraced();
  await query('{ unknown }');
  expect(await ended('query')).toMatchObject({
    status: { code: SpanStatusCode.UNSET },
    attributes: { 'gateway.error_codes': ['BAD_USER_INPUT'] },
  });
  await query('{ tool(projectId: "support-desk", toolId: "nowhere") { status } }');
  expect(spans('inkeep get-tool')[0]).toMatchObject({
    status: { code: SpanStatusCode.UNSET },
    attributes: { 'http.response.status_code': 404 },
  });
});

test('a coalesced call has a span of its own, which links to the call that was sent', async () => {
  const { query, spans, sandbox } = await startTraced();
  sandbox.inkeep.latency({ ms: 50 });
  await Promise.all([query(ONE_TOOL), query(ONE_TOOL)]);
  const calls = spans('inkeep get-tool');
  const sent = calls.find(({ kind }) => kind === SpanKind.CLIENT) as ReadableSpan;
  const coalesced = calls.find(({ kind }) => kind !== SpanKind.CLIENT) as ReadableSpan;
  expect(sandbox.inkeep.requests).toHaveLength(1);
  expect(sandbox.inkeep.requests[0]?.headers.traceparent).toContain(idOf(sent));
  expect(coalesced.links).toMatchObject([{ context: { spanId: idOf(sent), traceId: traceOf(sent) } }]);
  expect(traceOf(coalesced)).not.toBe(traceOf(sent));
  expect(coalesced.attributes).toMatchObject({ 'gateway.upstream.coalesced': true, 'http.response.status_code': 200 });
});

test('a poll is a trace of its own, with its probes and their calls, and links to the subscription that started it', async () => {
  const { url, ended, sandbox } = await startTraced({ STATUS_INTERVAL_MS: '500' });
  const client = await connect(url, { params: { traceparent: TRACEPARENT } });
  client.send({ type: 'subscribe', id: '1', payload: { query: WATCH } });
  await client.next();
  const poll = await ended('poll');
  client.send({ type: 'complete', id: '1' });
  const [probe, call, subscription] = [
    await ended('probe'),
    await ended('inkeep get-tool'),
    await ended('subscription'),
  ];
  expect(poll.parentSpanContext).toBeUndefined();
  expect(poll.links).toMatchObject([{ context: { spanId: idOf(subscription), traceId: TRACE_ID } }]);
  expect(probe.parentSpanContext?.spanId).toBe(idOf(poll));
  expect(probe.attributes).toEqual({
    'gateway.probe.kind': 'single',
    'gateway.probe.slot_wait_ms': expect.any(Number),
  });
  expect(call.parentSpanContext?.spanId).toBe(idOf(probe));
  expect(sandbox.inkeep.requests[0]?.headers.traceparent).toContain(traceOf(poll));
  expect(subscription.attributes).toMatchObject({ 'gateway.upstream.calls': 0 });
});

test('without an SDK, polls are no part of the trace of a client', async () => {
  const { url, sandbox } = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  const client = await connect(url, { params: { traceparent: TRACEPARENT } });
  client.send({ type: 'subscribe', id: '1', payload: { query: WATCH } });
  await client.next();
  expect(sandbox.inkeep.requests[0]?.headers).not.toHaveProperty('traceparent');
});

test('no span holds a variable, a header or a part of a body, however the operation ends', async () => {
  const { url, query, spans, sandbox, ended } = await startTraced({ STATUS_INTERVAL_MS: '500' });
  const headers = {
    authorization: 'Bearer secret-token',
    cookie: 'better-auth.session=secret-cookie',
    'x-kataven-authorization': 'Bearer sk_live_secret-key',
    'x-account-id': 'secret-account',
    'x-inkeep-ref': 'secret-ref',
    'x-request-id': 'secret-request-id',
    'x-graphql-client-name': 'secret-client',
    'user-agent': 'secret-agent',
    baggage: 'user=secret-baggage',
  };
  const create = `mutation Create($input: CreateToolInput!) { createTool(input: $input) { __typename } }`;
  const input = {
    project: Buffer.from('Project:default/support-desk').toString('base64url'),
    name: 'secret-name',
    config: { url: 'https://secret-host.example/mcp?key=secret-query' },
    headers: { authorization: 'secret-header' },
  };
  const read = `query Read($id: String!) { secretAlias: tool(projectId: "support-desk", toolId: $id) { name status lastError }
    voiceTools { nodes { name } } project(projectId: "secret-literal") { name } }`;
  sandbox.inkeep.addTool({ id: 'secret-tool', projectId: 'support-desk', name: 'secret-row' } as never);
  for (const fault of [undefined, 'status', 'reset', 'badjson', 'html'] as const) {
    if (fault)
      sandbox.inkeep.fault({ kind: fault, count: 5, ...(fault === 'status' && { body: { message: 'secret-body' } }) });
    await query(read, { id: 'secret-tool' }, headers);
    await query(create, { input }, headers);
  }
  await query('{ tool(projectId: "secret-literal", toolId: 7) { name } }', {}, headers);
  await query('{ secretAlias "secret-literal"', {}, headers);
  await ask(createSocketClient(url, { params: headers }), read, { id: 'secret-tool' });
  const client = await connect(url, { params: headers });
  const watched = Buffer.from('Tool:default/support-desk/secret-tool').toString('base64url');
  client.send({ type: 'subscribe', id: 'secret-id', payload: { query: WATCH.replace(ZENDESK, watched) } });
  await client.next();
  client.send({ type: 'complete', id: 'secret-id' });
  await ended('subscription');
  const shown = spans().map(({ name, attributes, events, status, links }) => ({
    name,
    attributes,
    events,
    status,
    links,
  }));
  const names = new Set(shown.map(({ name }) => name));
  expect(names).toEqual(
    new Set([
      ...names,
      'query',
      'mutation',
      'subscription',
      'plan',
      'poll',
      'probe',
      'inkeep get-tool',
      'inkeep create-tool',
    ]),
  );
  expect(JSON.stringify(shown)).not.toMatch(/secret|support-desk/i);
});

test('a trace that the sampler drops is passed on as not sampled, and has no spans', async () => {
  const journal = createSpanJournal({ sampler: new AlwaysOffSampler() });
  const { log, logged } = createJournal();
  const { url, query, sandbox } = await startGateway({}, {}, { log, tracing: journal.tracing });
  await query(ONE_TOOL, {}, { traceparent: TRACEPARENT });
  const { traceparent } = await logged('operation');
  expect(traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-(?!${PARENT_ID})[0-9a-f]{16}-00$`));
  expect(sandbox.inkeep.requests[0]?.headers).toMatchObject({ traceparent });
  const client = await connect(url, { params: {} });
  client.send({ type: 'subscribe', id: '1', payload: { query: WATCH } });
  await client.next();
  expect(sandbox.inkeep.requests[1]?.headers.traceparent).toMatch(/-00$/);
  expect(journal.spans()).toEqual([]);
});
