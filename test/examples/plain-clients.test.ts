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

test('curl creates a tool, without a token in the sandbox', async () => {
  const { url, query } = await startGateway();
  const env = { ...process.env, GATEWAY: `${url}/graphql` };
  await run('sh', ['examples/curl/create-tool.sh'], { env });
  const { data } = await query('{ project(projectId: "support-desk") { tools(first: 1) { nodes { name } } } }');
  expect(data?.project.tools.nodes).toEqual([{ name: 'Weather' }]);
});

test.for([
  ['apollo/src/main', /^10 of 26 tools.*^20 of 26 tools.*Statuspage is HEALTHY.*Statuspage is UNAVAILABLE/ms],
  ['urql/src/main', /Statuspage is being checked.*Statuspage is HEALTHY.*Statuspage is UNAVAILABLE/s],
  ['urql/src/over-websocket', /Statuspage is HEALTHY.*Statuspage is UNAVAILABLE/s],
  ['urql/src/over-events', /Statuspage is HEALTHY.*Statuspage is UNAVAILABLE/s],
] as const)('the script %s prints a live list', { timeout: 50_000 }, async ([script, expected]) => {
  const { url, sandbox } = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  const env = { ...process.env, GATEWAY: `${url}/graphql` };
  const child = spawn(process.execPath, ['--import', 'tsx', `examples/${script}.ts`], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let printed = '';
  child.stderr.pipe(process.stderr);
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await expect.poll(() => printed, { timeout: 15_000 }).toContain('Zendesk is HEALTHY');
  child.stdin.write('\n');
  await expect.poll(() => printed, { timeout: 15_000 }).toContain('Statuspage is HEALTHY');
  sandbox.inkeep.setMcp('statuspage', { mode: 'reset' });
  await expect.poll(() => printed, { timeout: 15_000 }).toMatch(expected);
});

test('the script apollo/src/main goes on if the next page cannot be loaded', { timeout: 50_000 }, async () => {
  const { url, sandbox } = await startGateway();
  const env = { ...process.env, GATEWAY: `${url}/graphql` };
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/apollo/src/main.ts'], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  await expect.poll(() => printed.out, { timeout: 15_000 }).toContain('10 of 26 tools');
  // More than one, because live status reads tools too.
  sandbox.inkeep.fault({ kind: 'status', status: 400, operation: 'list-tools', count: 100 });
  child.stdin.write('\n');
  await expect.poll(() => printed.err, { timeout: 15_000 }).toContain('CombinedGraphQLErrors');
  sandbox.inkeep.reset();
  child.stdin.write('\n');
  await expect.poll(() => printed.out, { timeout: 15_000 }).toContain('20 of 26 tools');
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
