import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkNode, runDoctor } from '../../src/cli/doctor/doctor.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { runCli } from '../support/cli.js';

async function startUpstreams(): Promise<Sandbox> {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** Starts a web server that is not the API and always returns the same response. */
async function startOther(status: number, headers: Record<string, string>, body = ''): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status, headers).end(body));
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs the doctor. Returns its exit code and the lines it prints, except the first, which is about Node. */
async function doctor(env: Record<string, string>): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await runDoctor({ PORT: '0', ...env }, (line) => lines.push(line));
  return { code, lines: lines.slice(1) };
}

test('prints its findings on stdout and exits with 1 if one is a failure', async () => {
  const { inkeep } = await startUpstreams();
  const env = {
    PORT: '0',
    INKEEP_URL: inkeep.url,
    INKEEP_TENANT_ID: 'default',
    INKEEP_TOKEN: 'expired',
    ANONYMOUS_USES_TOKENS: 'true',
  };
  const { code, stdout, stderr } = await runCli(['doctor'], env);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toMatch(/^ok {4}Node \d+\.\d+\.\d+\.\nFAIL {2}INKEEP_URL .*\n1 problem to fix\.\n$/);
});

test('exits with 0 if everything works', async () => {
  const { stdout, code } = await runCli(['doctor'], { PORT: '0' });
  expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({ code: 0, last: 'Everything works.' });
});

test('says that everything works if both upstreams accept their tokens', async () => {
  const { inkeep, kataven } = await startUpstreams();
  const { code, lines } = await doctor({
    INKEEP_URL: inkeep.url,
    INKEEP_TENANT_ID: 'default',
    INKEEP_TOKEN: 'good',
    KATAVEN_URL: kataven.url,
    KATAVEN_TOKEN: 'sk_live_good',
    ANONYMOUS_USES_TOKENS: 'true',
  });
  expect(lines).toEqual([
    `ok    INKEEP_URL ${inkeep.url} answers, and accepts INKEEP_TOKEN.`,
    `ok    KATAVEN_URL ${kataven.url} answers, and accepts KATAVEN_TOKEN.`,
    'Everything works.',
  ]);
  expect(code).toBe(0);
});

test('sends one read to each upstream', async () => {
  const { inkeep, kataven } = await startUpstreams();
  await doctor({ INKEEP_URL: inkeep.url, INKEEP_TOKEN: 'good', KATAVEN_URL: kataven.url, KATAVEN_TOKEN: 'sk_live_x' });
  expect([...inkeep.requests, ...kataven.requests].map(({ method, operation }) => `${method} ${operation}`)).toEqual([
    'GET list-projects',
    'GET list-agents',
  ]);
});

test('checks the addresses even if no token is set', async () => {
  const { inkeep, kataven } = await startUpstreams();
  inkeep.fault({ kind: 'status', status: 401 });
  const { code, lines } = await doctor({
    INKEEP_URL: inkeep.url,
    INKEEP_TENANT_ID: 'default',
    KATAVEN_URL: kataven.url,
  });
  expect(lines).toEqual([
    `ok    INKEEP_URL ${inkeep.url} answers. Set INKEEP_TOKEN to check a credential too.`,
    `ok    KATAVEN_URL ${kataven.url} answers. Set KATAVEN_TOKEN to check a credential too.`,
    'Everything works.',
  ]);
  expect(code).toBe(0);
});

test('fails for a token that is rejected, with advice and without printing it', async () => {
  const { inkeep } = await startUpstreams();
  const { code, lines } = await doctor({
    INKEEP_URL: inkeep.url,
    INKEEP_TOKEN: 'expired',
    ANONYMOUS_USES_TOKENS: 'true',
  });
  expect(lines[0]).toBe(
    `FAIL  INKEEP_URL ${inkeep.url} rejects INKEEP_TOKEN. It may belong to another environment, be incomplete, or have expired: create a new one.`,
  );
  expect(code).toBe(1);
});

test.each([
  ['good', 0, 'ok    INKEEP_STATUS_TOKEN is accepted. Live status polls with it, once for all callers.'],
  [
    'expired',
    1,
    'FAIL  INKEEP_STATUS_TOKEN is rejected. Live status polls with the credential of each caller instead.',
  ],
  [
    'forbidden',
    1,
    'FAIL  INKEEP_STATUS_TOKEN is not allowed for tenant "default": check INKEEP_TENANT_ID. Live status',
  ],
])('checks a service credential for live status that is %s', async (token, expected, line) => {
  const { inkeep } = await startUpstreams();
  const { code, lines } = await doctor({
    INKEEP_URL: inkeep.url,
    INKEEP_TENANT_ID: 'default',
    INKEEP_STATUS_TOKEN: token,
  });
  expect(lines[1]).toContain(line);
  expect(code).toBe(expected);
});

test('fails for a token of another tenant, and names the setting to check', async () => {
  const { inkeep } = await startUpstreams();
  const { code, lines } = await doctor({
    INKEEP_URL: inkeep.url,
    INKEEP_TOKEN: 'forbidden',
    INKEEP_TENANT_ID: 'acme',
    ANONYMOUS_USES_TOKENS: 'true',
  });
  expect(lines[0]).toContain('accepts INKEEP_TOKEN, but not for tenant "acme": check INKEEP_TENANT_ID.');
  expect(code).toBe(1);
});

test('fails for a Kataven token that needs an account, and names the setting', async () => {
  const { kataven } = await startUpstreams();
  const { code, lines } = await doctor({
    KATAVEN_URL: kataven.url,
    KATAVEN_TOKEN: 'some.jwt.token',
    ANONYMOUS_USES_TOKENS: 'true',
  });
  expect(lines[0]).toContain('rejects the request with 400.');
  expect(lines[0]).toContain('needs KATAVEN_ACCOUNT_ID');
  expect(code).toBe(1);
});

describe('fails for an address that is not that of the API', () => {
  test('if the prefix of the paths is missing', async () => {
    const { inkeep, kataven } = await startUpstreams();
    const [inkeepUrl, katavenUrl] = [new URL(inkeep.url).origin, new URL(kataven.url).origin];
    const { code, lines } = await doctor({ INKEEP_URL: inkeepUrl, KATAVEN_URL: katavenUrl });
    expect(lines[0]).toContain(`FAIL  INKEEP_URL ${inkeepUrl} returns 404. It must be everything before \`/tenants\``);
    expect(lines[1]).toContain(`FAIL  KATAVEN_URL ${katavenUrl} returns 404. It must be everything before \`/agents\``);
    expect(lines.at(-1)).toBe('2 problems to fix.');
    expect(code).toBe(1);
  });

  test('if it returns a web page', async () => {
    const url = await startOther(200, { 'content-type': 'text/html' }, '<!doctype html><title>Welcome</title>');
    const { code, lines } = await doctor({ INKEEP_URL: url });
    expect(lines[0]).toContain(
      `FAIL  INKEEP_URL ${url} does not respond like this API: the request was answered with a web page.`,
    );
    expect(code).toBe(1);
  });

  test('if it returns other JSON', async () => {
    const url = await startOther(200, { 'content-type': 'application/json' }, '{"hello":"world"}');
    const { code, lines } = await doctor({ KATAVEN_URL: url });
    expect(lines[0]).toContain('does not respond like this API: the request answered in an unknown shape at the top.');
    expect(code).toBe(1);
  });

  test.each([
    [{}, '{"data":[]}', 'was answered without a content type'],
    [{ 'content-type': 'text/plain' }, 'hello', 'was answered with a content type other than JSON'],
    [
      { 'content-type': 'application/json; charset=latin1' },
      '{}',
      'was answered with JSON in another charset than UTF-8',
    ],
    [{ 'content-type': 'application/json' }, '{"data"', 'was answered with malformed JSON'],
    [
      { 'content-type': 'application/json', 'content-encoding': 'zstd' },
      '{}',
      'was answered in a content coding that cannot be decoded',
    ],
  ])('if it returns %j, which is not reported as a web page', async (headers, body, problem) => {
    const url = await startOther(200, headers, body);
    const { code, lines } = await doctor({ INKEEP_URL: url });
    expect(lines[0]).toContain(`does not respond like this API: the request ${problem}. The address must be`);
    expect(code).toBe(1);
  });

  test('if it redirects, which is never followed with a credential', async () => {
    const url = await startOther(308, { location: 'https://elsewhere.example/' });
    const { code, lines } = await doctor({ INKEEP_URL: url });
    expect(lines[0]).toContain('redirects with 308, which the gateway does not follow.');
    expect(code).toBe(1);
  });

  test('if nothing listens', async () => {
    const { code, lines } = await doctor({ INKEEP_URL: 'http://127.0.0.1:9/manage' });
    expect(lines[0]).toBe(
      'FAIL  INKEEP_URL http://127.0.0.1:9/manage cannot be reached (ECONNREFUSED): nothing listens there.',
    );
    expect(code).toBe(1);
  });

  test('if an https address serves plain HTTP', async () => {
    const url = (await startOther(200, {})).replace('http:', 'https:');
    const { code, lines } = await doctor({ INKEEP_URL: url });
    expect(lines[0]).toMatch(/cannot be reached \(.+\): it does not use TLS; try http instead of https\.$/);
    expect(code).toBe(1);
  });
});

test('says that a response was cut off, not that the upstream failed with 200', async () => {
  const { inkeep } = await startUpstreams();
  inkeep.fault({ kind: 'truncate', count: 3 });
  const { code, lines } = await doctor({ INKEEP_URL: inkeep.url, INKEEP_TENANT_ID: 'default' });
  expect(lines[0]).toContain('returns 200, but the connection ends before the response is complete.');
  expect(code).toBe(1);
});

test('does not blame the settings if the upstream returns 500', async () => {
  const { inkeep } = await startUpstreams();
  inkeep.fault({ kind: 'status', status: 500 });
  const { code, lines } = await doctor({ INKEEP_URL: inkeep.url });
  expect(lines[0]).toContain('fails with 500. The cause is the upstream, or a proxy in front of it.');
  expect(code).toBe(1);
});

test('reports every invalid setting', async () => {
  const { code, lines } = await doctor({ PORT: 'http', SANDBOX: 'yes' });
  expect(lines).toEqual([
    'FAIL  PORT: received "http", expected a whole number from 0 to 65535.',
    'FAIL  SANDBOX: received "yes", expected "true" or "false".',
    '2 problems to fix.',
  ]);
  expect(code).toBe(1);
});

test('warns about a setting that has no effect, without failing', async () => {
  const { inkeep } = await startUpstreams();
  const { code, lines } = await doctor({ INKEEP_URL: inkeep.url, INKEEP_TOKEN: 'good', INKEEP_TENANT: 'acme' });
  expect(lines[0]).toBe('warn  INKEEP_TENANT is not a setting of this gateway; did you mean INKEEP_TENANT_ID?');
  expect(lines.at(-1)).toBe('Everything works.');
  expect(code).toBe(0);
});

test('says that `serve` does not lend a token, but not that the token is unused', async () => {
  const { inkeep, kataven } = await startUpstreams();
  const tokens = { INKEEP_TOKEN: 'good', KATAVEN_TOKEN: 'sk_live_good' };
  const urls = { INKEEP_URL: inkeep.url, INKEEP_TENANT_ID: 'default', KATAVEN_URL: kataven.url };
  const notUsed =
    '`serve` does not use it for callers without a credential, because ANONYMOUS_USES_TOKENS is not true.';
  expect((await doctor({ ...urls, ...tokens })).lines).toEqual([
    `ok    INKEEP_URL ${inkeep.url} answers, and accepts INKEEP_TOKEN. ${notUsed}`,
    `ok    KATAVEN_URL ${kataven.url} answers, and accepts KATAVEN_TOKEN. ${notUsed}`,
    'Everything works.',
  ]);
  const { lines } = await doctor({ ...urls, KATAVEN_ACCOUNT_ID: 'a', INKEEP_TOKEN: 'good' });
  expect(lines[0]).toBe('warn  KATAVEN_ACCOUNT_ID is not used: it is sent with KATAVEN_TOKEN, which is not set.');
});

test('warns if INKEEP_TENANT_ID is missing', async () => {
  const { inkeep } = await startUpstreams();
  const { code, lines } = await doctor({ INKEEP_URL: inkeep.url, INKEEP_TOKEN: 'good' });
  expect(lines).toContain(
    'warn  INKEEP_TENANT_ID is not set: every operation must name its tenant. This check used tenant "default".',
  );
  expect(code).toBe(0);
  const refused = await doctor({ INKEEP_URL: inkeep.url, INKEEP_TOKEN: 'forbidden' });
  expect(refused.lines[0]).toContain('but not for tenant "default": set INKEEP_TENANT_ID.');
});

describe('the address to listen on', () => {
  test('causes a failure if this machine does not have it', async () => {
    const { code, lines } = await doctor({ HOST: '192.0.2.1', SANDBOX: 'true' });
    expect(lines).toContain('FAIL  HOST 192.0.2.1 is not an address of this machine.');
    expect(code).toBe(1);
  });

  test('causes a warning if it is in use, because the gateway may be running', async () => {
    const url = await startOther(200, {});
    const { port } = new URL(url);
    const { code, lines } = await doctor({ PORT: port });
    expect(lines).toContain(`warn  Port ${port} on 127.0.0.1 is in use: by a running gateway, or by another program.`);
    expect(code).toBe(0);
  });
});

test('says that the sandbox is served if there are no settings', async () => {
  const { code, lines } = await doctor({});
  expect(lines[0]).toMatch(/^ok {4}No upstream is configured: `serve` runs on the embedded sandbox\./);
  expect(code).toBe(0);
});

test.each([
  ['18.20.8', 'FAIL'],
  ['20.18.3', 'FAIL'],
  ['20.19.0', 'ok'],
  ['22.12.0', 'ok'],
  ['23.4.0', 'warn'],
  ['24.1.0', 'ok'],
])('the finding about Node %s is %s', (version, level) => {
  expect(checkNode(version).level).toBe(level);
});
