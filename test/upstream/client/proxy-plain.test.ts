import { describe, expect, onTestFinished, test } from 'vitest';
import { runDoctor } from '../../../src/cli/doctor/doctor.js';
import { startSandbox } from '../../../src/sandbox/index.js';
import { startGateway } from '../../support/gateway.js';
import { callerNamed, createTool, freePort, rejection, startClient } from '../../support/scripted-upstream.js';
import { createJournal } from '../../support/transport.js';
import { startPlainProxy } from '../../support/tunnel-proxy.js';

const AS_ALICE = { authorization: 'Bearer alice' };
const PROJECTS = '{ projects(tenantId: "default") { nodes { name } } }';
const BASIC = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;

async function startUpstreams() {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

function startBehind(env: Record<string, string>, log = createJournal().log) {
  return startGateway({}, { SANDBOX: 'false', ...env }, { log });
}

describe('an http upstream behind a proxy that opens no tunnel to its port', () => {
  test.each(['HTTP_PROXY', 'http_proxy'])('is called through the proxy that %s names', async (name) => {
    const [proxy, { inkeep }] = [await startPlainProxy(), await startUpstreams()];
    const { query } = await startBehind({ [name]: proxy.url, INKEEP_URL: inkeep.url });
    expect((await query(PROJECTS, {}, AS_ALICE)).errors).toBeUndefined();
    expect(proxy.forwarded).toHaveLength(1);
    expect(inkeep.requests.map(({ operation }) => operation)).toEqual(['list-projects']);
  });

  test('is called all the same, with the credentials for the proxy kept from it', async () => {
    const [proxy, { inkeep }] = [await startPlainProxy(), await startUpstreams()];
    const HTTP_PROXY = proxy.url.replace('//', '//me:p%40ss@');
    const { query } = await startBehind({ HTTP_PROXY, INKEEP_URL: inkeep.url });
    const { data, errors } = await query(PROJECTS, {}, AS_ALICE);
    expect(errors).toBeUndefined();
    expect(data.projects.nodes.length).toBeGreaterThan(0);
    expect(proxy.tunnels).toEqual([]);
    expect(proxy.forwarded).toEqual([
      {
        target: expect.stringContaining(`${inkeep.url}/tenants/`),
        host: new URL(inkeep.url).host,
        authorization: BASIC,
      },
    ]);
    expect(inkeep.requests).toHaveLength(1);
    expect(inkeep.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(inkeep.requests[0]?.headers.authorization).toBe('Bearer alice');
  });

  test('is written to once', async () => {
    const [proxy, { kataven }] = [await startPlainProxy(), await startUpstreams()];
    const { query } = await startBehind({ HTTP_PROXY: proxy.url, KATAVEN_URL: kataven.url });
    const mutation =
      'mutation { deleteVoiceTool(input: { id: "Vm9pY2VUb29sOm5vbmU" }) { __typename ... on NotFoundError { code } } }';
    const { data } = await query(mutation, {}, { authorization: 'Bearer sk_live_alice' });
    expect(data).toEqual({ deleteVoiceTool: { __typename: 'NotFoundError', code: 'NOT_FOUND' } });
    expect(proxy.forwarded.length).toBe(kataven.requests.length);
    expect(proxy.tunnels).toEqual([]);
  });
});

describe('a plain proxy that wants credentials', () => {
  test('leaves no write with an unknown outcome: nothing reached the upstream', async () => {
    const proxy = await startPlainProxy({ status: 407 });
    const client = startClient('http://upstream.invalid', { proxy });
    const error = await rejection(client.request(callerNamed('alice'), createTool({ name: 'x' })).answer);
    expect(error).toMatchObject({ name: 'UpstreamUnavailable', call: { sent: false } });
    expect(proxy.forwarded).toHaveLength(1);
  });

  test('is named in the log, and is no refusal of the upstream', async () => {
    const journal = createJournal();
    const proxy = await startPlainProxy({ status: 407 });
    const { query } = await startBehind({ HTTP_PROXY: proxy.url, INKEEP_URL: 'http://upstream.invalid' }, journal.log);
    const { errors } = await query(PROJECTS, {}, AS_ALICE);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect((await journal.logged('upstream call failed')).causes).toEqual([
      { class: 'UpstreamUnavailable', problem: 'found no connection' },
      { class: 'ProxyRefused', status: 407 },
    ]);
  });
});

test('a plain proxy that cannot be reached is told apart from the upstream in the log', async () => {
  const journal = createJournal();
  const HTTP_PROXY = `http://127.0.0.1:${await freePort()}`;
  const { query } = await startBehind({ HTTP_PROXY, INKEEP_URL: 'http://upstream.invalid' }, journal.log);
  await query(PROJECTS, {}, AS_ALICE);
  expect((await journal.logged('upstream call failed')).causes).toEqual([
    { class: 'UpstreamUnavailable', problem: 'found no connection' },
    { class: 'ProxyUnreachable' },
    { class: 'Error', code: 'ECONNREFUSED', syscall: 'connect' },
  ]);
});

describe('the doctor', () => {
  async function doctor(env: Record<string, string>): Promise<string> {
    const lines: string[] = [];
    await runDoctor({ INKEEP_URL: 'http://upstream.invalid', INKEEP_TENANT_ID: 'default', ...env }, (line) =>
      lines.push(line),
    );
    return lines.join('\n');
  }

  test('says that a plain proxy wants credentials, and does not blame the upstream', async () => {
    const proxy = await startPlainProxy({ status: 407 });
    expect(await doctor({ HTTP_PROXY: proxy.url })).toContain(
      'cannot be reached: the proxy requires credentials, or rejects the given ones (407).',
    );
  });

  test.each([undefined, 'token'])(
    'does not guess who answers 403, the upstream or a plain proxy (token: %s)',
    async (token) => {
      const proxy = await startPlainProxy({ status: 403 });
      const credential: Record<string, string> = token === undefined ? {} : { INKEEP_TOKEN: token };
      expect(await doctor({ HTTP_PROXY: proxy.url, ...credential })).toContain(
        'returns 403, from the proxy or from the upstream.',
      );
    },
  );
});
