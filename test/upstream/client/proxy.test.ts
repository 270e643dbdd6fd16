import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runDoctor } from '../../../src/cli/doctor/doctor.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { startSandbox } from '../../../src/sandbox/index.js';
import { causesOf } from '../../../src/upstream/client/errors/causes.js';
import { SELF_SIGNED } from '../../support/certificate.js';
import { runCli, serveCli } from '../../support/cli.js';
import { startGateway } from '../../support/gateway.js';
import {
  callerNamed,
  freePort,
  getTool,
  rejection,
  startClient,
  startRawUpstream,
} from '../../support/scripted-upstream.js';
import { createJournal } from '../../support/transport.js';
import { startTunnelProxy } from '../../support/tunnel-proxy.js';

const AS_ALICE = { authorization: 'Bearer alice' };
const PROJECTS = '{ projects(tenantId: "default") { nodes { name } } }';

async function startUpstreams() {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** An https upstream without projects, whose certificate the gateway trusts by `env`. `requests`: their headers. */
async function startSecure() {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer(SELF_SIGNED, ({ headers }, response) => {
    requests.push(headers);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"data":[],"pagination":{"page":1,"limit":1,"total":0,"pages":0}}');
  });
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, SELF_SIGNED.cert);
  const env = { INKEEP_URL: `https://localhost:${port}`, INKEEP_TENANT_ID: 'default', NODE_EXTRA_CA_CERTS: ca };
  return { requests, port, env };
}

async function ask(url: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...AS_ALICE };
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: PROJECTS }) });
  return answer.json();
}

/** The gateway with these variables, before upstreams that are no sandbox of its own. */
function startBehind(env: Record<string, string>, log = createJournal().log) {
  return startGateway({}, { SANDBOX: 'false', ...env }, { log });
}

describe('an https upstream is called through a tunnel of the proxy', () => {
  test.each(['HTTPS_PROXY', 'https_proxy'])('that %s names, opened once for many calls', async (name) => {
    const [proxy, upstream] = [await startTunnelProxy(), await startSecure()];
    const { url } = await serveCli({ ...upstream.env, [name]: proxy.url });
    expect(await ask(url)).toEqual({ data: { projects: { nodes: [] } } });
    expect(await ask(url)).toEqual({ data: { projects: { nodes: [] } } });
    expect(upstream.requests).toHaveLength(2);
    expect(proxy.tunnels).toEqual([{ target: `localhost:${upstream.port}`, authorization: undefined }]);
    expect(proxy.others).toEqual([]);
  });

  test('with the credentials that go with it, which the upstream does not get', async () => {
    const [proxy, upstream] = [await startTunnelProxy(), await startSecure()];
    const HTTPS_PROXY = proxy.url.replace('//', '//me:p%40ss@');
    const { url } = await serveCli({ ...upstream.env, HTTPS_PROXY });
    await ask(url);
    const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(proxy.tunnels).toMatchObject([{ authorization }]);
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]).not.toHaveProperty('proxy-authorization');
    expect(upstream.requests[0]?.authorization).toBe('Bearer alice');
  });
});

test('a host of NO_PROXY is called directly', async () => {
  const [proxy, { inkeep }] = [await startTunnelProxy(), await startUpstreams()];
  const { query } = await startBehind({ HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1', INKEEP_URL: inkeep.url });
  const { errors } = await query(PROJECTS, {}, AS_ALICE);
  expect({ errors, tunnels: proxy.tunnels, others: proxy.others }).toEqual({
    errors: undefined,
    tunnels: [],
    others: [],
  });
  expect(inkeep.requests).toHaveLength(1);
});

test('the embedded sandbox is not called through a proxy', async () => {
  const proxy = await startTunnelProxy();
  const { query } = await startGateway({}, { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url });
  const { errors } = await query('{ projects { nodes { name } } voiceAgents { nodes { name } } }');
  expect({ errors, tunnels: proxy.tunnels, others: proxy.others }).toEqual({
    errors: undefined,
    tunnels: [],
    others: [],
  });
});

test('a proxy that cannot be reached is told apart from the upstream in the log', async () => {
  const journal = createJournal();
  const HTTPS_PROXY = `http://127.0.0.1:${await freePort()}`;
  const { query } = await startBehind({ HTTPS_PROXY, INKEEP_URL: 'https://upstream.invalid' }, journal.log);
  const { errors } = await query(PROJECTS, {}, AS_ALICE);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect((await journal.logged('upstream call failed')).causes).toEqual([
    { class: 'UpstreamUnavailable', problem: 'found no connection' },
    { class: 'ProxyUnreachable' },
    { class: 'Error', code: 'ECONNREFUSED', syscall: 'connect' },
  ]);
});

test('a proxy that refuses is told apart from the upstream in the log', async () => {
  const journal = createJournal();
  const proxy = await startTunnelProxy({ status: 407 });
  const { query } = await startBehind({ HTTPS_PROXY: proxy.url, INKEEP_URL: 'https://upstream.invalid' }, journal.log);
  await query(PROJECTS, {}, AS_ALICE);
  expect((await journal.logged('upstream call failed')).causes).toEqual([
    { class: 'UpstreamUnavailable', problem: 'found no connection' },
    { class: 'ProxyRefused', status: 407 },
  ]);
});

test('a proxy that does not answer ends the call as an upstream that cannot be reached', async () => {
  const proxy = await startRawUpstream(() => undefined);
  const client = startClient('https://upstream.invalid', {
    proxy,
    limits: { connectTimeoutMs: 50 },
    retry: { maxRetries: 0 },
  });
  const error = await rejection(client.request(callerNamed('alice'), getTool('t1')).answer);
  expect(causesOf(error)).toMatchObject([
    { class: 'UpstreamUnavailable', problem: 'found no connection' },
    { class: 'ProxyUnreachable' },
    { code: 'UND_ERR_HEADERS_TIMEOUT' },
  ]);
});

describe('the doctor', () => {
  async function doctor(env: Record<string, string>): Promise<string[]> {
    const lines: string[] = [];
    await runDoctor(env, (line) => lines.push(line));
    return lines.slice(1);
  }

  test('calls an https upstream through a tunnel of HTTPS_PROXY, with the CA that Node is given', async () => {
    const proxy = await startTunnelProxy();
    const { env, port } = await startSecure();
    const { stdout, code } = await runCli(['doctor'], { ...env, HTTPS_PROXY: proxy.url });
    expect(stdout).toContain(`INKEEP_URL https://localhost:${port} (through HTTPS_PROXY ${proxy.url}) answers.`);
    expect(code).toBe(0);
    expect(proxy.tunnels).toEqual([{ target: `localhost:${port}`, authorization: undefined }]);
  });

  test('says that it is the proxy which cannot be reached', async () => {
    const HTTPS_PROXY = `http://127.0.0.1:${await freePort()}`;
    const lines = await doctor({ INKEEP_URL: 'https://upstream.invalid', INKEEP_TENANT_ID: 'default', HTTPS_PROXY });
    expect(lines).toContain(
      `FAIL  INKEEP_URL https://upstream.invalid (through HTTPS_PROXY ${HTTPS_PROXY}) cannot be reached: the proxy cannot be reached (ECONNREFUSED): nothing listens there.`,
    );
  });

  test.each([
    [407, 'the proxy requires credentials, or rejects the given ones (407).'],
    [403, 'the proxy refuses with 403.'],
  ])('says that the proxy refuses with %i, and shows none of its credentials', async (status, text) => {
    const proxy = await startTunnelProxy({ status });
    const HTTPS_PROXY = proxy.url.replace('//', '//hunter2:hunter2@');
    const lines = await doctor({ INKEEP_URL: 'https://upstream.invalid', INKEEP_TENANT_ID: 'default', HTTPS_PROXY });
    expect(lines.join('\n')).toContain(`(through HTTPS_PROXY ${proxy.url}) cannot be reached: ${text}`);
    expect(lines.join('\n')).not.toContain('hunter2');
  });
});

test('the banner shows the proxy of each upstream, and hides its credentials', async () => {
  const { stdout } = await serveCli({
    INKEEP_URL: 'https://inkeep.example/manage',
    KATAVEN_URL: 'https://kataven.example/v1',
    https_proxy: 'http://me:hunter2@proxy.example:3128',
    NO_PROXY: 'kataven.example',
  });
  const line = (name: string) => new RegExp(`^${name} +(.*)$`, 'm').exec(stdout())?.[1];
  expect(line('Inkeep')).toBe(
    'https://inkeep.example/manage; proxy http://proxy.example:3128 (https_proxy, with credentials)',
  );
  expect(line('Kataven')).toBe('https://kataven.example/v1');
  expect(stdout()).not.toContain('hunter2');
});

describe('the proxy of an upstream', () => {
  const proxyFor = (url: string, env: Record<string, string>) => loadConfig({ INKEEP_URL: url, ...env }).inkeep?.proxy;
  const HTTPS_PROXY = 'http://secure:1';
  const HTTP_PROXY = 'http://plain:2';

  test('is that of its protocol; https without one takes that of http', () => {
    expect(proxyFor('https://a.example', { HTTPS_PROXY, HTTP_PROXY })?.url).toBe(HTTPS_PROXY);
    expect(proxyFor('http://a.example', { HTTPS_PROXY, HTTP_PROXY })?.url).toBe(HTTP_PROXY);
    expect(proxyFor('https://a.example', { HTTP_PROXY })?.url).toBe(HTTP_PROXY);
    expect(proxyFor('http://a.example', { HTTPS_PROXY })).toBeUndefined();
  });

  test('is the one in lower case, if both are set', () => {
    expect(proxyFor('https://a.example', { HTTPS_PROXY, https_proxy: 'http://lower:3' })).toEqual({
      variable: 'https_proxy',
      url: 'http://lower:3',
    });
  });

  test('may be written without its protocol', () => {
    expect(proxyFor('https://a.example', { HTTPS_PROXY: 'me:secret@proxy:3128' })).toMatchObject({
      url: 'http://proxy:3128',
      authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
    });
  });

  test.each([
    ['https://api.example', 'api.example', true],
    ['https://api.example', 'API.EXAMPLE', true],
    ['https://sub.api.example', 'api.example', true],
    ['https://sub.api.example', '.api.example', true],
    ['https://sub.api.example', '*.api.example', true],
    ['https://myapi.example', 'api.example', false],
    ['https://api.example', 'other.example, api.example', true],
    ['https://api.example', 'other.example api.example', true],
    ['https://api.example', 'api.example:443', true],
    ['https://api.example', 'api.example:8443', false],
    ['http://api.example:8080', 'api.example:8080', true],
    ['http://[::1]:8080', '::1', true],
    ['http://[::1]:8080', '[::1]:8080', true],
    ['https://api.example', '*', true],
    ['https://api.example', ',', false],
  ])('for %s with NO_PROXY=%s is none: %s', (url, NO_PROXY, isDirect) => {
    expect(proxyFor(url, { HTTP_PROXY, NO_PROXY }) === undefined).toBe(isDirect);
    expect(proxyFor(url, { HTTP_PROXY, no_proxy: NO_PROXY, NO_PROXY: 'elsewhere' }) === undefined).toBe(isDirect);
  });

  test.each(['socks5://hunter2:1080', 'http://', 'http://%:hunter2@proxy', 'hunter2 3128'])(
    'that cannot be used (%s) is refused by name, and not shown',
    (value) => {
      const load = () => proxyFor('https://a.example', { HTTPS_PROXY: value });
      expect(load).toThrow('HTTPS_PROXY: received (not shown), expected the http or https URL of a proxy');
      expect(load).not.toThrow('hunter2');
    },
  );

  test('that cannot be used is no problem if no upstream needs it', () => {
    expect(loadConfig({ HTTPS_PROXY: 'socks5://proxy:1080' }).sandbox).toBe(true);
  });
});
