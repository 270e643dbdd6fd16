import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, type TestContext, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { createGateway, type Gateway } from '../../src/gateway.js';
import { createLogger } from '../../src/log.js';
import { addressOf } from '../../src/sandbox/address.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { openPage } from '../support/browser.js';

const ATTACH = 'create-subagent-tool-relation';
const DETACH = 'delete-subagent-tool-relation';
const ROOT = 'examples/dashboard';
let outDir: string;

beforeAll(async () => {
  outDir = mkdtempSync(join(tmpdir(), 'dashboard-'));
  await build({ root: ROOT, logLevel: 'silent', build: { outDir, emptyOutDir: true } });
}, 60_000);
afterAll(() => rmSync(outDir, { recursive: true }));

/** Starts the sandbox, and a gateway that a test can stop and start again on the same port. */
async function startDesk() {
  const sandbox = await startSandbox({ discoveryMs: 5, flipMs: 0 });
  onTestFinished(() => sandbox.close());
  let { gateway, url } = await startGateway(sandbox, 0);
  onTestFinished(() => gateway.close());
  return {
    sandbox,
    url,
    stop: () => gateway.close(),
    async start() {
      ({ gateway, url } = await startGateway(sandbox, Number(new URL(url).port)));
    },
  };
}

async function startGateway(sandbox: Sandbox, port: number): Promise<{ gateway: Gateway; url: string }> {
  const config = loadConfig({ LOG_LEVEL: 'silent', SANDBOX: 'true', STATUS_INTERVAL_MS: '500' });
  const gateway = createGateway(config, createLogger('silent'), addressOf(sandbox));
  return { gateway, url: (await gateway.listen('127.0.0.1', port)).url };
}

/** Opens the built dashboard at a place such as `#support-desk`. */
async function openDashboard(context: TestContext, gateway: string, place = '', token?: string) {
  const watched = await openPage(context);
  const proxy = { '/graphql': { target: gateway, ws: true } };
  const site = await preview({
    root: ROOT,
    configFile: false,
    logLevel: 'silent',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, proxy },
  });
  onTestFinished(() => site.close());
  if (token) await watched.page.addInitScript((value) => sessionStorage.setItem('token', value), token);
  await watched.page.goto(`${site.resolvedUrls?.local[0]}${place}`);
  return watched;
}

test('shows the tools at once, then their status, and a change of it', { timeout: 60_000 }, async (context) => {
  const { url, sandbox } = await startDesk();
  const { page, complaints } = await openDashboard(context, url);
  const zendesk = page.getByRole('row', { name: /^Zendesk/ });
  await zendesk.getByText('Healthy').waitFor();
  sandbox.inkeep.setMcp('zendesk', { mode: 'reset' });
  await zendesk.getByText('Unavailable').waitFor();
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByRole('row').nth(26).waitFor();
  await page.getByRole('link', { name: /^Ticket triage/ }).click();
  await page.getByRole('article', { name: 'Router' }).waitFor();
  await page.getByRole('link', { name: 'All tools' }).click();
  await page.getByRole('row').nth(26).waitFor();
  expect(complaints).toEqual([]);
});

test('attaches and detaches a tool before the gateway has answered', { timeout: 60_000 }, async (context) => {
  const { url, sandbox } = await startDesk();
  const { page, complaints } = await openDashboard(context, url, '#support-desk/triage');
  const router = page.getByRole('article', { name: 'Router' });
  await router.getByText('Statuspage', { exact: true }).first().waitFor();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('mutation')) await held;
    await route.continue();
  });
  await router.getByLabel('Tool').selectOption({ label: 'Slack' });
  await router.getByLabel('Functions').fill('post_message');
  await router.getByRole('button', { name: 'Attach', exact: true }).click();
  const attached = router.getByRole('listitem').filter({ hasText: 'Slack' });
  await attached.getByText('post_message').waitFor();
  expect(operationsOf(sandbox)).not.toContain(ATTACH);
  release();
  await expect.poll(() => operationsOf(sandbox)).toContain(ATTACH);
  await router.getByRole('button', { name: 'Detach Slack' }).click();
  await attached.waitFor({ state: 'detached' });
  await expect.poll(() => operationsOf(sandbox)).toContain(DETACH);
  expect(complaints).toEqual([]);
});

test('takes an attached tool back if the upstream refuses it', { timeout: 60_000 }, async (context) => {
  const { url, sandbox } = await startDesk();
  const { page } = await openDashboard(context, url, '#support-desk/triage');
  const router = page.getByRole('article', { name: 'Router' });
  await router.getByText('Statuspage', { exact: true }).first().waitFor();
  const before = await router.getByRole('listitem').count();
  sandbox.inkeep.removeTool({ id: 'slack' });
  await router.getByLabel('Tool').selectOption({ label: 'Slack' });
  await router.getByRole('button', { name: 'Attach', exact: true }).click();
  await router.getByRole('alert').waitFor();
  expect(await router.getByRole('listitem').count()).toBe(before);
});

test('shows each error at its field', { timeout: 60_000 }, async (context) => {
  const { url } = await startDesk();
  const { page, complaints } = await openDashboard(context, url);
  const form = page.getByRole('form', { name: 'Add a tool' });
  await form.getByLabel('Address of the MCP server').fill('not a url');
  await form.getByRole('button', { name: 'Add' }).click();
  await form.locator('[id="config.url-error"]').waitFor();
  await form.locator('[id="name-error"]').waitFor();
  await form.getByLabel('Name').fill('Copy');
  await form.getByLabel('Id').fill('zendesk');
  await form.getByLabel('Address of the MCP server').fill('https://copy.example/mcp');
  await form.getByLabel('Address of the MCP server').press('Enter');
  await form.locator('[id="toolId-error"]').getByText('already has a tool').waitFor();
  expect(await form.getByRole('alert').count()).toBe(1);
  await form.getByLabel('Id').fill('copy');
  await form.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('row', { name: /^Copy/ }).waitFor();
  await page.getByRole('heading', { name: 'Tools 27' }).waitFor();
  expect(complaints).toEqual([]);
});

test('says who uses a tool before it is deleted', { timeout: 60_000 }, async (context) => {
  const { url, sandbox } = await startDesk();
  const { page, complaints } = await openDashboard(context, url);
  await page.getByRole('button', { name: 'Delete Zendesk' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Zendesk?' });
  await dialog.getByText('Billing helper, Refunds').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Delete Zendesk' }).press('Enter');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('row', { name: /^Zendesk/ }).waitFor({ state: 'detached' });
  expect(operationsOf(sandbox)).toContain('delete-tool');
  expect(complaints).toEqual([]);
});

test('has no buttons for a user who may not edit', { timeout: 60_000 }, async (context) => {
  const { url } = await startDesk();
  const { page } = await openDashboard(context, url, '', 'session-reader');
  await page.getByText('but not change it').waitFor();
  const zendesk = page.getByRole('button', { name: 'Delete Zendesk' });
  await zendesk.waitFor();
  expect(await zendesk.isDisabled()).toBe(true);
  expect(await page.getByRole('form').count()).toBe(0);
});

test('recovers by itself after a restart of the gateway', { timeout: 60_000 }, async (context) => {
  const desk = await startDesk();
  const { page } = await openDashboard(context, desk.url);
  const zendesk = page.getByRole('row', { name: /^Zendesk/ });
  await zendesk.getByText('Healthy').waitFor();
  await desk.stop();
  await page.getByText('Connection lost').waitFor();
  await page.getByRole('link', { name: /^Onboarding/ }).click();
  await page.getByRole('alert').waitFor();
  desk.sandbox.inkeep.setMcp('zendesk', { mode: 'reset' });
  await desk.start();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Onboarding' }).waitFor();
  await page.getByRole('link', { name: 'All tools' }).click();
  await zendesk.getByText('Unavailable').waitFor();
});

test('npm run dashboard serves the dashboard before the gateway, and ends with it', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, ['scripts/dashboard.mjs'], {
    env: { PATH: process.env.PATH, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const url = () => /^Dashboard +(\S+)/m.exec(output)?.[1];
  await expect.poll(url, { timeout: 40_000 }).toBeDefined();
  expect(await (await fetch(url() ?? '')).text()).toContain('<title>Agent tools</title>');
  const response = await fetch(`${url()}graphql?query={projects{nodes{projectId}}}`);
  expect((await response.json()).data.projects.nodes).toContainEqual({ projectId: 'support-desk' });
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
});

/** The operations that reached the upstream. */
function operationsOf(sandbox: Sandbox): string[] {
  return sandbox.inkeep.requests.map(({ operation }) => operation);
}
