import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { causesOf } from '../../src/upstream/client/errors/causes.js';
import { SELF_SIGNED } from '../support/certificate.js';
import { startGateway } from '../support/gateway.js';
import {
  callerNamed,
  createTool,
  freePort,
  getTool,
  rejection,
  startClient,
  startRawUpstream,
  startUpstream,
} from '../support/scripted-upstream.js';
import { labTools, startStatus } from '../support/status.js';
import { createJournal } from '../support/transport.js';

const PROJECTS = '{ projects { nodes { name } } }';
const ONLY_INKEEP = { SANDBOX: 'false', INKEEP_TENANT_ID: 'default' };
const AS_ALICE = { authorization: 'Bearer hunter2-alice', 'x-request-id': 'of-alice' };

/** A gateway whose Inkeep is at this address, and the lines about failed calls. */
async function startBefore(inkeepUrl: string) {
  const journal = createJournal();
  const gateway = await startGateway({}, { ...ONLY_INKEEP, INKEEP_URL: inkeepUrl }, { log: journal.log });
  return { ...gateway, failures: () => failuresIn(journal.lines), lines: journal.lines };
}

function failuresIn(lines: readonly Record<string, unknown>[]) {
  return lines.filter(({ msg }) => msg === 'upstream call failed');
}

async function startTls(listener: RequestListener): Promise<string> {
  const server = createServer(SELF_SIGNED, listener);
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an upstream that cannot be reached leaves its system code in the log, under the id of the request', async () => {
  const port = await freePort();
  const { query, failures } = await startBefore(`http://127.0.0.1:${port}/manage`);
  const { errors } = await query(PROJECTS, {}, AS_ALICE);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(failures()).toEqual([
    {
      level: 40,
      time: expect.any(Number),
      requestId: 'of-alice',
      service: 'inkeep',
      host: `127.0.0.1:${port}`,
      operation: 'list-projects',
      retries: 2,
      sent: false,
      causes: [
        { class: 'UpstreamUnavailable', problem: 'found no connection' },
        { class: 'Error', code: 'ECONNREFUSED', syscall: 'connect' },
      ],
      msg: 'upstream call failed',
    },
  ]);
});

test('a certificate that is not trusted leaves the reason of TLS in the log', async () => {
  const url = await startTls((_, response) => response.end());
  const { query, failures } = await startBefore(url);
  await query(PROJECTS, {}, AS_ALICE);
  expect(failures()).toMatchObject([
    { causes: [{}, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', reason: 'self-signed certificate' }] },
  ]);
});

test('an upstream that speaks no TLS leaves the reason of TLS in the log', async () => {
  const { url } = await startUpstream((_, response) => response.end());
  const { query, failures } = await startBefore(url.replace('http:', 'https:'));
  await query(PROJECTS, {}, AS_ALICE);
  const [line] = failures();
  expect(line?.causes).toMatchObject([
    { class: 'UpstreamUnavailable' },
    { code: expect.stringMatching(/^ERR_SSL_|^EPROTO$/), reason: expect.stringMatching(/^[a-z ]+$/) },
  ]);
});

test('a cause that many calls of an operation meet is logged once', async () => {
  const { query, failures } = await startBefore(`http://127.0.0.1:${await freePort()}`);
  const fields = Array.from(
    { length: 5 },
    (_, n) => `p${n}: project(tenantId: "default", projectId: "p${n}") { name }`,
  );
  const { errors } = await query(`{ ${fields.join(' ')} }`, {}, AS_ALICE);
  expect(errors).toHaveLength(5);
  expect(failures()).toHaveLength(1);
});

test('two causes in one operation are two lines', async () => {
  const upstream = await startUpstream(({ url = '' }, response) => {
    response.writeHead(url.includes('p1') ? 403 : 500, { 'x-request-id': 'of-upstream' }).end('hunter2-body');
  });
  const { query, failures } = await startBefore(upstream.url);
  await query(
    '{ a: agent(projectId: "p1", agentId: "a") { name } b: agent(projectId: "p2", agentId: "b") { name } }',
    {},
    AS_ALICE,
  );
  const lines = failures().map(({ status, upstreamRequestId, causes }) => ({ status, upstreamRequestId, causes }));
  expect(lines.sort((a, b) => Number(a.status) - Number(b.status))).toEqual([
    {
      status: 403,
      upstreamRequestId: 'of-upstream',
      causes: [{ class: 'UpstreamForbidden', problem: 'failed with 403', status: 403 }],
    },
    {
      status: 500,
      upstreamRequestId: 'of-upstream',
      causes: [{ class: 'UpstreamUnavailable', problem: 'failed with 500', status: 500 }],
    },
  ]);
});

test('operations that share one call have a line each, under their own ids', async () => {
  const held: (() => void)[] = [];
  const upstream = await startUpstream((_, response) => held.push(() => response.writeHead(500).end()));
  const { query, failures } = await startBefore(upstream.url);
  const ask = (requestId: string, document = PROJECTS) =>
    query(document, {}, { ...AS_ALICE, 'x-request-id': requestId });
  const first = ask('first');
  await upstream.seen(1);
  // When the read after it is here, the second one has been coalesced.
  const others = [ask('second'), ask('third', '{ agent(projectId: "p", agentId: "a") { name } }')];
  await upstream.seen(2);
  for (const answer of held) answer();
  await Promise.all([first, ...others]);
  const lines = failures().filter(({ operation }) => operation === 'list-projects');
  expect(lines.map(({ requestId, coalesced }) => ({ requestId, coalesced }))).toEqual([
    { requestId: 'first', coalesced: undefined },
    { requestId: 'second', coalesced: true },
  ]);
  expect(upstream.requests).toHaveLength(2);
});

test.each([
  ['badjson', 'was answered with malformed JSON'],
  ['huge', 'was answered with a body that is too large'],
] as const)('an answer that is %s is named in the log', async (kind, problem) => {
  const journal = createJournal();
  const { query, sandbox } = await startGateway({}, {}, { log: journal.log });
  sandbox.inkeep.fault({ kind });
  await query(PROJECTS);
  expect(failuresIn(journal.lines)).toMatchObject([
    { operation: 'list-projects', causes: [{ class: 'UpstreamBadResponse', problem }] },
  ]);
});

test('an answer of another shape is named in the log, with the place and without a value', async () => {
  const journal = createJournal();
  const { query, sandbox } = await startGateway({}, {}, { log: journal.log });
  sandbox.inkeep.fault({
    kind: 'status',
    status: 200,
    body: { data: [{ id: 'hunter2', name: 7 }], pagination: { total: 1 } },
  });
  const { errors } = await query(PROJECTS, {}, AS_ALICE);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
  expect(failuresIn(journal.lines)).toMatchObject([
    {
      requestId: 'of-alice',
      causes: [{ class: 'UpstreamBadResponse', problem: 'answered in an unknown shape at 0.name', status: 200 }],
    },
  ]);
  expect(JSON.stringify(journal.lines)).not.toContain('hunter2');
});

test('no credential, body, path or query string is in a line', async () => {
  const upstream = await startUpstream((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"message":"hunter2-body"}');
  });
  const { query, failures, lines } = await startBefore(`${upstream.url}/hunter2-base`);
  await query(
    '{ project(tenantId: "default", projectId: "hunter2-project") { tools { nodes { name } } } }',
    {},
    AS_ALICE,
  );
  expect(failures()).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});

test('a thing that does not exist is no failure', async () => {
  const journal = createJournal();
  const { query } = await startGateway({}, {}, { log: journal.log });
  const { data } = await query('{ project(projectId: "nowhere") { name } }');
  expect(data).toEqual({ project: null });
  expect(failuresIn(journal.lines)).toEqual([]);
});

test('a read whose client has left is no failure', async () => {
  const journal = createJournal();
  const upstream = await startUpstream(() => undefined);
  const { url } = await startGateway({}, { ...ONLY_INKEEP, INKEEP_URL: upstream.url }, { log: journal.log });
  const client = new AbortController();
  const request = fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...AS_ALICE },
    body: JSON.stringify({ query: PROJECTS }),
    signal: client.signal,
  });
  await upstream.seen(1);
  client.abort();
  await rejection(request);
  await journal.logged('operation');
  expect(failuresIn(journal.lines)).toEqual([]);
});

describe('the causes of a call', () => {
  const alice = callerNamed('alice');

  test('that ran out of time while it was repeated name what the attempt before failed of', async () => {
    const upstream = await startUpstream((_, response) => {
      if (upstream.requests.length === 1) response.writeHead(503).end();
    });
    const client = startClient(upstream.url, { lanes: { plain: { max: 1, deadlineMs: 200 } } });
    const error = await rejection(client.request(alice, getTool('t1')).answer);
    expect(causesOf(error)).toEqual([
      { class: 'UpstreamTimeout', problem: 'had no answer in time' },
      { class: 'UpstreamUnavailable', problem: 'failed with 503', status: 503 },
    ]);
  });

  test('that the breaker refused name what broke last', async () => {
    const client = startClient(`http://127.0.0.1:${await freePort()}`, {
      retry: { maxRetries: 0 },
      breaker: { minAttempts: 1 },
    });
    await rejection(client.request(alice, getTool('t1')).answer);
    const error = await rejection(client.request(alice, getTool('t1')).answer);
    expect(causesOf(error)).toMatchObject([
      { problem: 'was refused by the gateway: the upstream keeps failing' },
      { code: 'ECONNREFUSED' },
    ]);
  });

  test('that the breaker refused after failures that were answered name the status', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(500).end());
    const client = startClient(upstream.url, { breaker: { minAttempts: 1 } });
    await rejection(client.request(alice, getTool('t1')).answer);
    const error = await rejection(client.request(alice, getTool('t2')).answer);
    expect(causesOf(error)).toEqual([
      { class: 'UpstreamUnavailable', problem: 'was refused by the gateway: the upstream keeps failing' },
      { class: 'UpstreamUnavailable', problem: 'failed with 500', status: 500 },
    ]);
    expect(upstream.requests).toHaveLength(1);
  });

  test('that the breaker refused after answers that came too late say so', async () => {
    const upstream = await startUpstream(() => undefined);
    const lanes = { plain: { max: 1, deadlineMs: 50 } };
    const client = startClient(upstream.url, { lanes, breaker: { minAttempts: 1 } });
    await rejection(client.request(alice, getTool('t1')).answer);
    const error = await rejection(client.request(alice, getTool('t2')).answer);
    expect(causesOf(error)).toEqual([
      { class: 'UpstreamUnavailable', problem: 'was refused by the gateway: the upstream keeps failing' },
      { class: 'UpstreamTimeout', problem: 'had no answer in time' },
    ]);
    expect(upstream.requests).toHaveLength(1);
  });

  test('that was answered with no HTTP name the parser, and hold none of the bytes', async () => {
    const { url } = await startRawUpstream((socket) => socket.end('hunter2, not HTTP\r\n\r\n'));
    const error = (await rejection(startClient(url).request(alice, createTool({})).answer)) as Error;
    expect(causesOf(error)).toEqual([
      { class: 'UpstreamBadResponse', problem: 'was answered with invalid HTTP' },
      { class: 'HTTPParserError' },
    ]);
    expect(Object.keys(error.cause as Error)).not.toContain('data');
    expect(String((error.cause as Error).message)).not.toContain('hunter2');
  });

  test('are listed for each address that was tried', () => {
    const refused = (address: string) =>
      Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED', address });
    const all = Object.assign(new AggregateError([refused('::1'), refused('127.0.0.1')]), { code: 'ECONNREFUSED' });
    expect(causesOf(new Error('outer', { cause: all }))).toEqual([
      { class: 'Error' },
      { class: 'AggregateError', code: 'ECONNREFUSED' },
      { class: 'Error', code: 'ECONNREFUSED' },
      { class: 'Error', code: 'ECONNREFUSED' },
    ]);
  });

  test('do not list the names of a certificate for another host', () => {
    const reason = "Host: api.example. is not in the cert's altnames: DNS:hunter2.example";
    const error = Object.assign(new Error(reason), { code: 'ERR_TLS_CERT_ALTNAME_INVALID', reason });
    expect(causesOf(error)).toEqual([
      { class: 'Error', code: 'ERR_TLS_CERT_ALTNAME_INVALID', reason: 'the certificate is for other hosts' },
    ]);
  });

  test('that lead in a circle end', () => {
    const error = new Error('outer');
    error.cause = error;
    expect(causesOf(error).length).toBeLessThan(10);
  });
});

describe('the polls of a watch that fail', () => {
  async function startWatched(...toolIds: string[]) {
    const journal = createJournal();
    const gateway = await startStatus({}, {}, { log: journal.log });
    const { inkeep } = gateway.sandbox;
    for (const id of toolIds) inkeep.addTool({ id });
    const stream = await gateway.subscribe({ tools: labTools(...toolIds) }, { headers: { 'x-request-id': 'watch' } });
    await stream.byTool(toolIds.length);
    const statuses = () => failuresIn(journal.lines).map(({ requestId, status }) => `${requestId} ${status}`);
    return { inkeep, stream, statuses, asked: gateway.asked };
  }

  test('are logged once, not at each poll and for each tool', async () => {
    const { inkeep, statuses, asked } = await startWatched('desk', 'shop');
    inkeep.fault({ kind: 'status', status: 500, count: 1_000 });
    await asked('get-tool', 6);
    expect(statuses()).toEqual(['watch 500']);
  });

  test('are logged again when the cause changes, and when they fail after a success', async () => {
    const { inkeep, stream, statuses } = await startWatched('desk');
    inkeep.fault({ kind: 'status', status: 500 });
    inkeep.fault({ kind: 'status', status: 501 });
    expect(await stream.next()).toMatchObject({ freshness: 'STALE' });
    expect(await stream.next()).toMatchObject({ freshness: 'LIVE' });
    inkeep.fault({ kind: 'status', status: 500 });
    expect(await stream.next()).toMatchObject({ freshness: 'STALE' });
    expect(statuses()).toEqual(['watch 500', 'watch 501', 'watch 500']);
  });

  test('that bring an answer of no use are logged once too', async () => {
    const { inkeep, statuses, asked } = await startWatched('desk', 'shop');
    inkeep.fault({ kind: 'wrongid', count: 1_000 });
    await asked('get-tool', 6);
    expect(statuses()).toEqual(['watch 200']);
  });
});
