import type { ElementHandle } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startGateway } from '../../support/gateway.js';

test('the tab LiveStatus shows a change as it comes, and leaves nothing behind when it is stopped', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1400, height: 900 } });
  const { url, sandbox } = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  const tab = page.getByRole('tab', { name: 'LiveStatus' });
  const result = page.getByRole('region', { name: 'Result Window' });
  const watchers = async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return /^gateway_status_watchers (\d+)$/m.exec(text)?.[1];
  };

  await page.goto(`${url}/graphql`);
  await tab.getByRole('button', { name: 'LiveStatus', exact: true }).click();
  await page.waitForURL((address) => address.searchParams.get('query')?.includes('LiveStatus') === true);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await result.getByText('"toolStatus"').first().waitFor();
  expect(await watchers()).toBe('1');

  sandbox.inkeep.setMcp('statuspage', { mode: 'reset' });
  await result.getByText('"Statuspage"').first().waitFor();
  await result.getByText('"UNAVAILABLE"').first().waitFor();
  // What the status was before.
  await result.getByText('"HEALTHY"').first().waitFor();

  await page.getByRole('button', { name: /^Stop query/ }).click();
  await expect.poll(watchers).toBe('0');
  expect(complaints).toEqual([]);
}, 60_000);

test('a subscription that is run as soon as its tab is opened goes over the WebSocket', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1400, height: 900 } });
  const { url } = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  const tab = page.getByRole('tab', { name: 'LiveStatus' }).getByRole('button', { name: 'LiveStatus', exact: true });
  const run = page.getByRole('button', { name: /^Execute query/ });

  await page.goto(`${url}/graphql?query={__typename}`);
  await run.waitFor();
  // One frame later GraphiQL has not read the name of the operation yet.
  await tab.evaluate(
    async (openTab: HTMLElement, runButton) => {
      openTab.click();
      await new Promise(requestAnimationFrame);
      runButton?.click();
    },
    (await run.elementHandle()) as ElementHandle<HTMLElement>,
  );
  await page.getByRole('region', { name: 'Result Window' }).getByText('"toolStatus"').first().waitFor();
  expect(complaints).toEqual([]);
}, 60_000);
