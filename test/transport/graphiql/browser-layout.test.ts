import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startGateway } from '../../support/gateway.js';

const answer = (page: Page) => page.getByRole('region', { name: 'Result Window' });
const runButton = (page: Page) => page.getByRole('button', { name: /^Execute query/ });

/** Its class says on which sides there are tabs out of sight. */
const tabRow = (page: Page) => page.locator('.graphiql-tabs');

async function boxOf(element: Locator) {
  const box = await element.boundingBox();
  if (!box) throw new Error(`${element} is not in the page.`);
  return { ...box, right: box.x + box.width, bottom: box.y + box.height };
}

/** All of the element is in the window. */
async function expectInWindow(page: Page, element: Locator): Promise<void> {
  const { x, y, right, bottom } = await boxOf(element);
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  expect([x >= 0, y >= 0, right <= width, bottom <= height]).toEqual([true, true, true, true]);
}

const SCREENS = [
  { width: 1024, height: 700 },
  { width: 1440, height: 900 },
];

for (const viewport of SCREENS) {
  test(`at ${viewport.width} px no line of an example is cut, with and without a panel`, async (context) => {
    const { page, complaints } = await openPage(context, { viewport });
    const { url } = await startGateway();
    await page.goto(`${url}/graphql`);
    await runButton(page).click();
    await page
      .locator('.graphiql-footer output')
      .getByText(/without batching/)
      .waitFor();
    const openPanel = page.locator('.graphiql-footer').getByRole('button');
    const tabs = page.locator('.graphiql-tab-button');
    for (const isOpen of [false, true]) {
      if (isOpen) {
        await tabs.first().click();
        await openPanel.click();
        await expect.poll(() => upstreamsInPanel(page)).toEqual(Array(6).fill('in sight'));
      }
      for (const part of [runButton(page), answer(page), openPanel, page.locator('.graphiql-tab-add')]) {
        await expectInWindow(page, part);
      }
      for (const tab of await tabs.all()) {
        await tab.click();
        await expect.poll(() => cutPixels(page), { message: (await tab.textContent()) ?? '' }).toBe(0);
      }
    }
    expect(complaints).toEqual([]);
  }, 60_000);
}

/** Whether the name of the upstream of each call is within its row. */
function upstreamsInPanel(page: Page): Promise<string[]> {
  return page.locator('.calls-list li').evaluateAll((rows) =>
    rows.map((row) => {
      const right = row.querySelector('small')?.getBoundingClientRect().right ?? Number.POSITIVE_INFINITY;
      return right <= row.getBoundingClientRect().right ? 'in sight' : 'cut';
    }),
  );
}

/** How many pixels of the longest line in the query editor are out of sight to the right. */
function cutPixels(page: Page): Promise<number> {
  return page.locator('.graphiql-query-editor .CodeMirror-scroll').evaluate((element) => {
    const lines = [...element.querySelectorAll('.CodeMirror-line > span')];
    const right = element.getBoundingClientRect().right;
    return Math.max(0, ...lines.map((line) => line.getBoundingClientRect().right - right));
  });
}

test('on a phone the panes are stacked, an operation runs by a tap, and its answer and calls are seen', async (context) => {
  const options = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, complaints } = await openPage(context, options);
  const { url } = await startGateway();
  await page.goto(`${url}/graphql`);
  await runButton(page).waitFor();
  const tools = page.getByRole('toolbar', { name: 'Editor Commands' });
  for (const button of await tools.getByRole('button').all()) await expectInWindow(page, button);
  await runButton(page).tap();
  await answer(page)
    .getByText(/"Support\sdesk"/)
    .waitFor();

  const [editor, result] = [await boxOf(page.getByRole('region', { name: 'Query Editor' })), await boxOf(answer(page))];
  expect(editor.bottom).toBeLessThanOrEqual(result.y);
  expect([editor.width, result.width]).toEqual([390, 390]);
  expect(Math.min(editor.height, result.height)).toBeGreaterThan(250);
  await expectInWindow(page, answer(page));

  await page.getByRole('button', { name: 'Show Upstream calls' }).tap();
  const panel = page.getByRole('region', { name: 'Upstream calls' });
  await panel.getByText(/without batching/).waitFor();
  await expectInWindow(page, panel);
  await page.getByRole('button', { name: 'Close Upstream calls' }).tap();
  await panel.waitFor({ state: 'hidden' });
  await expect.poll(() => tabRow(page).getAttribute('class')).toMatch(/more-right/);
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).tap();
  await page.getByRole('link', { name: 'Query', exact: true }).tap();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(complaints).toEqual([]);
}, 60_000);
