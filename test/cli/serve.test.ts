import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.js';
import { runCli, type Serving, serveCli } from '../support/cli.js';

async function ask(url: string, query: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: await response.json() };
}

describe('without settings', () => {
  test('serves the sandbox, and says so in the first line', async () => {
    const { url, stdout } = await serveCli();
    expect(stdout().split('\n')[0]).toBe('SANDBOX: both upstreams are embedded and serve sample data.');
    expect((await ask(url, '{ project(projectId: "support-desk") { name } }')).body).toMatchObject({
      data: { project: { name: 'Support desk' } },
    });
  });

  test('prints the address of the sandbox’s request counts', async () => {
    const { url, stdout } = await serveCli();
    const [inkeepStats = ''] = /http\S+\/__stats/.exec(stdout()) ?? [];
    await ask(url, '{ project(projectId: "support-desk") { name } }');
    const stats = await (await fetch(inkeepStats)).json();
    expect(stats).toMatchObject({ byOperation: { 'get-project-by-id': 1 } });
  });

  test('does not start on an address that is not loopback, and names the missing settings', async () => {
    const { code, stdout, stderr } = await runCli(['serve'], { HOST: '0.0.0.0', PORT: '0' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('INKEEP_URL: received nothing, expected an address here or in KATAVEN_URL');
    expect(stderr).toContain('HOST is not loopback');
  });
});

test.each([
  [{ INKEEP_URL: '' }, 'INKEEP_URL: received an empty value'],
  [{ KATVEN_URL: 'https://api.example.com' }, 'because KATVEN_URL (did you mean KATAVEN_URL?) is set'],
])('does not start if a setting was lost: %o', async (env, problem) => {
  const { code, stdout, stderr } = await runCli(['serve'], { PORT: '0', ...env });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(problem);
});

test('names all invalid settings at once, and shows no secret', async () => {
  const { code, stderr } = await runCli(['serve'], {
    PORT: 'http',
    INKEEP_URL: 'https://user:hunter2@inkeep.example',
    INKEEP_TOKEN: 'Bearer hunter2',
    LOG_LEVEL: 'loud',
  });
  expect(code).toBe(1);
  expect(stderr.split('\n')[0]).toBe('The gateway cannot start: 4 settings are invalid.');
  for (const name of ['PORT', 'INKEEP_URL', 'INKEEP_TOKEN', 'LOG_LEVEL'])
    expect(stderr).toContain(`  ${name}: received`);
  expect(stderr).not.toContain('hunter2');
});

test('reports a port that is in use in one line, with advice', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  expect(await runCli(['serve'], { PORT: String(port) })).toEqual({
    code: 1,
    stdout: '',
    stderr: `Port ${port} on 127.0.0.1 is in use by another program. Set PORT to another one; 0 picks a free one.\n`,
  });
});

test('reports an address that this machine does not have in one line', async () => {
  const { code, stderr } = await runCli(['serve'], {
    HOST: '192.0.2.1',
    ALLOWED_HOSTS: '*',
    PORT: '0',
    SANDBOX: 'true',
  });
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'HOST 192.0.2.1 is not an address of this machine.\n' });
});

test('prints what is served and for whom when it starts, without the token', async () => {
  const { stdout } = await serveCli({
    INKEEP_URL: 'http://127.0.0.1:9/manage',
    INKEEP_TENANT_ID: 'acme',
    INKEEP_TOKEN: 'hunter2',
    ANONYMOUS_USES_TOKENS: 'true',
    CORS_ORIGINS: 'https://app.example.com',
    PUBLIC_URL: 'https://api.example.com/gw/',
  });
  expect(stdout()).toMatch(/^agent-tools-gateway \d+\.\d+\.\d+, Node \d+\./);
  expect(stdout()).toContain(
    'Inkeep   http://127.0.0.1:9/manage; tenant acme; callers without a credential use INKEEP_TOKEN\n',
  );
  expect(stdout()).toContain('Kataven  not configured (KATAVEN_URL)\n');
  expect(stdout()).toContain('Public   https://api.example.com/gw/graphql\n');
  expect(stdout()).toContain('Browsers https://app.example.com\n');
  expect(stdout()).not.toMatch(/SANDBOX|hunter2/);
});

test('prints the summary on stdout, and the log as JSON lines on stderr, which begin with the address', async () => {
  const { url, process: child, ended } = await serveCli();
  await ask(url, '{ project(projectId: "support-desk") { name } }');
  child.kill('SIGTERM');
  const { stdout, stderr } = await ended;
  expect(stdout).not.toContain('"msg"');
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  // An operation is logged when its response has been written, which the client may learn first.
  expect(lines.map(({ msg }) => msg).sort()).toEqual(['listening', 'operation', 'shutting down']);
  expect(lines[0]).toMatchObject({ url, version: expect.stringMatching(/^\d/), sandbox: true });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('lets a slow request finish, then exits with 0', async () => {
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    sandbox.inkeep.latency({ ms: 500 });
    const gateway = await serveCli({
      INKEEP_URL: sandbox.inkeep.url,
      INKEEP_TOKEN: 'any',
      ANONYMOUS_USES_TOKENS: 'true',
    });
    const answer = ask(gateway.url, '{ project(tenantId: "default", projectId: "support-desk") { name } }');
    await sandbox.inkeep.arrived('get-project-by-id');
    gateway.process.kill(signal);
    expect(await answer).toEqual({ status: 200, body: { data: { project: { name: 'Support desk' } } } });
    expect((await gateway.ended).code).toBe(0);
  });

  test('still lets requests finish if it is sent twice', async () => {
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    sandbox.inkeep.latency({ ms: 500 });
    const gateway = await serveCli({
      INKEEP_URL: sandbox.inkeep.url,
      INKEEP_TOKEN: 'any',
      ANONYMOUS_USES_TOKENS: 'true',
    });
    const answer = ask(gateway.url, '{ project(tenantId: "default", projectId: "support-desk") { name } }');
    await sandbox.inkeep.arrived('get-project-by-id');
    gateway.process.kill(signal);
    await once(gateway.process.stderr ?? gateway.process, 'data');
    gateway.process.kill(signal);
    expect((await answer).status).toBe(200);
    expect((await gateway.ended).code).toBe(0);
  });

  test('stops the sandbox too, and exits with 0', async () => {
    const gateway = await serveCli();
    gateway.process.kill(signal);
    expect((await gateway.ended).code).toBe(0);
  });
});

describe('exits after SIGTERM although nobody reads the log', () => {
  async function exitCode(gateway: Serving): Promise<unknown> {
    return (await once(gateway.process, 'exit', { signal: AbortSignal.timeout(10_000) }))[0];
  }

  test('because the program that read it is gone', async () => {
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    sandbox.inkeep.latency({ ms: 1_000 });
    // The only lines are logged just before the exit, and cannot be written until the thread pool is free.
    const busyThreads = `
      import { pbkdf2 } from 'node:crypto';
      process.once('SIGTERM', () => pbkdf2('', '', 5_000_000, 64, 'sha512', () => {}));`;
    const gateway = await serveCli(
      {
        INKEEP_URL: sandbox.inkeep.url,
        INKEEP_TOKEN: 'any',
        ANONYMOUS_USES_TOKENS: 'true',
        LOG_LEVEL: 'warn',
        SLOW_OPERATION_MS: '0',
        UV_THREADPOOL_SIZE: '1',
      },
      ['--import', `data:text/javascript,${encodeURIComponent(busyThreads)}`],
    );
    const query = '{ project(tenantId: "default", projectId: "support-desk") { name } }';
    const answers = Promise.all([ask(gateway.url, query), ask(gateway.url, query)]);
    await sandbox.inkeep.arrived('get-project-by-id');
    gateway.process.stderr?.destroy();
    gateway.process.kill('SIGTERM');
    expect((await answers).map(({ status }) => status)).toEqual([200, 200]);
    expect(await exitCode(gateway)).toBe(0);
  });

  test('because the program that reads it hangs', async () => {
    const gateway = await serveCli();
    gateway.process.stderr?.pause();
    // Lines for more than the pipe holds.
    for (let line = 0; line < 3_000; line++) await ask(gateway.url, '{ __typename }');
    gateway.process.kill('SIGTERM');
    expect(await exitCode(gateway)).toBe(0);
  });
});
