import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../support/gateway.js';
import { idOf } from '../support/status.js';

const run = promisify(execFile);

test('the Node script lists tools', async () => {
  const { url } = await startGateway();
  const env = { ...process.env, GATEWAY: `${url}/graphql`, TOKEN: 'a-token' };
  const { stdout } = await run(process.execPath, ['examples/node/list-tools.mjs'], { env });
  expect(stdout).toMatch(/^Zendesk HEALTHY$/m);
});

test('the Node script prints the code of an error', async () => {
  const { url } = await startGateway();
  const env = { ...process.env, GATEWAY: `${url}/graphql`, TOKEN: 'expired' };
  const { stderr } = await run(process.execPath, ['examples/node/list-tools.mjs'], { env });
  expect(stderr).toMatch(/^UNAUTHENTICATED /m);
});

test('curl lists tools', async () => {
  const { url, sandbox } = await startGateway();
  const env = { ...process.env, GATEWAY: `${url}/graphql`, TOKEN: 'a-token' };
  const { stdout } = await run('sh', ['examples/curl/list-tools.sh'], { env });
  expect(JSON.parse(stdout).data.project.tools.nodes).toContainEqual({ name: 'Zendesk' });
  expect(sandbox.inkeep.requests[0]?.headers.authorization).toBe('Bearer a-token');
});

test('curl follows live status as server-sent events', async () => {
  const { url } = await startGateway();
  const AGENT = idOf('Agent', 'support-desk', 'triage');
  const env = { ...process.env, GATEWAY: `${url}/graphql`, TOKEN: 'a-token', AGENT };
  const child = spawn('sh', ['examples/curl/live-status.sh'], { env, detached: true });
  onTestFinished(() => void process.kill(-(child.pid as number), 'SIGKILL'));
  let received = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (received += text));
  await expect.poll(() => received).toMatch(/^event: next\ndata: .*"name":"Zendesk"/m);
});
