import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startGateway } from '../../support/gateway.js';
import { freePort } from '../../support/scripted-upstream.js';

/** A gateway with real upstreams: sandboxes that it knows only by their addresses. */
async function startConfigured(): Promise<string> {
  const [inkeepPort, katavenPort] = [await freePort(), await freePort()];
  const { url } = await startGateway(
    { inkeepPort, katavenPort },
    {
      SANDBOX: 'false',
      INKEEP_URL: `http://127.0.0.1:${inkeepPort}/manage`,
      INKEEP_TENANT_ID: 'default',
      KATAVEN_URL: `http://127.0.0.1:${katavenPort}/v1`,
    },
  );
  return url;
}

/** The text of the result. The editor draws blanks as no-break spaces. */
async function shownResult(page: Page): Promise<string> {
  const text = await page.getByRole('region', { name: 'Result Window' }).textContent();
  return (text ?? '').replaceAll('\u00a0', ' ');
}

test('a first visitor finds the headers to fill in, and the token counts for every tab', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1440, height: 900 } });
  await page.goto(`${await startConfigured()}/graphql`);
  const headers = page.getByRole('region', { name: 'Headers' });
  const run = page.getByRole('button', { name: /^Execute query/ });
  await headers.getByText('"authorization"', { exact: true }).waitFor();
  await run.click();
  await expect
    .poll(() => shownResult(page))
    .toContain('must be `Bearer <token>`, with your token in place of `<token>`.');

  await headers.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(
    '{ "authorization": "Bearer user", "x-kataven-authorization": "Bearer sk_live_acme_1" }',
  );
  for (const tab of [
    'YourProjects',
    'YourTools',
    'YourAgents',
    'YourToolStatus',
    'YourVoiceAgents',
    'YourVoiceTools',
  ]) {
    await page.getByRole('tab').getByText(tab, { exact: true }).click();
    await expect.poll(() => page.locator('.graphiql-tab-active').textContent()).toContain(tab);
    await run.click();
    await expect.poll(() => shownResult(page), { message: tab, timeout: 10_000 }).toContain('"data": {');
    expect(await shownResult(page), tab).not.toContain('"errors"');
  }
  expect(complaints).toEqual([]);
}, 60_000);
