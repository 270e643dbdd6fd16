import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startGateway } from '../../support/gateway.js';

const SIZE = { viewport: { width: 1440, height: 900 } };

const run = (page: Page) => page.getByRole('button', { name: /^Execute query/ }).click();
const summary = (page: Page) => page.locator('.graphiql-footer output');

async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name, exact: true }).getByRole('button', { name, exact: true }).click();
  await page.waitForURL((address) => address.searchParams.get('query')?.includes(name) === true);
}

test('the upstream calls of an answer are summed up below it, and drawn as a waterfall beside it', async (context) => {
  const { page, complaints } = await openPage(context, SIZE);
  const { url } = await startGateway();
  await page.goto(`${url}/graphql`);
  await summary(page).getByText('none yet').waitFor();
  await run(page);
  await summary(page)
    .getByText(/^\d+ calls in \d+ ms \(\d+ without batching\)$/)
    .waitFor();

  const answer = await page.getByRole('region', { name: 'Result Window' }).boundingBox();
  const footer = await page.locator('.graphiql-footer').boundingBox();
  expect((answer?.y ?? 0) + (answer?.height ?? 0)).toBeLessThanOrEqual(footer?.y ?? 0);

  await page.getByRole('button', { name: 'Show Upstream calls' }).click();
  const panel = page.getByRole('region', { name: 'Upstream calls' });
  expect(await panel.getByText(/without batching/).textContent()).toBe(await summary(page).textContent());
  const rows = await panel.locator('.calls-list li').allTextContents();
  expect(rows.length).toBeGreaterThan(2);
  for (const row of rows) expect(row).toMatch(/inkeep.*started at [\d.]+ ms · took [\d.]+ ms/);
  expect(rows.join()).toMatch(/· \d+ lookups in one call/);
  const [shown, editors] = [await panel.boundingBox(), await page.locator('.graphiql-sessions').boundingBox()];
  expect((shown?.x ?? 0) + (shown?.width ?? 0)).toBeLessThanOrEqual(editors?.x ?? 0);
  expect(complaints).toEqual([]);
}, 60_000);

test('the line below the answer opens and closes the panel, which belongs to the current tab', async (context) => {
  const { page } = await openPage(context, SIZE);
  const { url } = await startGateway();
  await page.goto(`${url}/graphql`);
  await run(page);
  await summary(page)
    .getByText(/^\d+ calls/)
    .waitFor();
  await page.locator('.graphiql-footer').getByRole('button').click();
  const panel = page.getByRole('region', { name: 'Upstream calls' });
  await panel.locator('.calls-list li').first().waitFor();

  await openTab(page, 'AttachTool');
  await panel.getByText('Run an operation to see the calls that it makes.').waitFor();
  await run(page);
  await summary(page)
    .getByText(/^\d+ calls in \d+ ms$/)
    .waitFor();
  expect(await panel.textContent()).toContain('create-subagent-tool-relation');

  await openTab(page, 'AgentsWithTools');
  await summary(page)
    .getByText(/without batching/)
    .waitFor();
  await page.locator('.graphiql-footer').getByRole('button').click();
  await panel.waitFor({ state: 'hidden' });
}, 60_000);

test('events of live status are explained: polls are shared by all subscribers', async (context) => {
  const { page } = await openPage(context, SIZE);
  const { url } = await startGateway();
  await page.goto(`${url}/graphql`);
  await openTab(page, 'LiveStatus');
  await run(page);
  await summary(page)
    .getByText(/^\d+ events$/)
    .waitFor();
  await page.locator('.graphiql-footer').getByRole('button').click();
  await page.getByText('the gateway polls each tool once for all its subscribers').waitFor();
}, 60_000);

test('a call that failed is shown as failed, and counted in the line below the answer', async (context) => {
  const { page } = await openPage(context, SIZE);
  const { url, sandbox } = await startGateway();
  sandbox.inkeep.fault({ kind: 'status', status: 403, operation: 'list-tools' });
  await page.goto(`${url}/graphql`);
  await run(page);
  await summary(page)
    .getByText(/^\d+ calls in \d+ ms, 1 failed/)
    .waitFor();
  await page.locator('.graphiql-footer').getByRole('button').click();
  const rows = page.getByRole('region', { name: 'Upstream calls' }).locator('.calls-list li');
  const failed = rows.filter({ hasText: 'failed with status 403' });
  expect(await failed.count()).toBe(1);
  const colorOf = (row: Locator) => row.locator('.calls-bar').evaluate((bar) => getComputedStyle(bar).backgroundColor);
  expect(await colorOf(failed)).not.toBe(await colorOf(rows.filter({ hasNotText: 'failed' }).first()));
}, 60_000);

test('an operation with a syntax error is not executed', async (context) => {
  const { page } = await openPage(context, SIZE);
  const { url } = await startGateway();
  await page.goto(`${url}/graphql?query=${encodeURIComponent('query Broken { project(')}`);
  await run(page);
  await summary(page).getByText('not executed').waitFor();
}, 60_000);
