import { createSchema } from 'graphql-yoga';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String }',
  resolvers: { Query: { hello: () => 'Hello' } },
});
const options = {
  graphiql: true,
  exampleTabs: [
    { name: 'Greeting', query: 'query Greeting { hello }' },
    { name: 'Other', query: 'query Other { hello }' },
  ],
};

test('the history keeps what was run without its headers, and opens it again', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1400, height: 900 } });
  const { url } = await startTransport(schema, options);
  await page.goto(url);
  await page.getByRole('button', { name: 'Headers' }).click();
  await page.getByRole('region', { name: 'Headers' }).click();
  await page.keyboard.type('{ "authorization": "Bearer secret" }');
  // GraphiQL notes the headers of a tab when another one is opened.
  await page.locator('.graphiql-tab-add').click();
  await page.getByRole('tab', { name: 'Greeting' }).getByText('Greeting').click();
  const received = page.waitForRequest((request) => request.headers().authorization === 'Bearer secret');
  await page.keyboard.press('Control+Enter');
  await received;
  await page.getByRole('region', { name: 'Result Window' }).getByText('"Hello"', { exact: true }).waitFor();
  await page.waitForFunction(() => localStorage.getItem('graphiql:queries')?.includes('Greeting'));
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('secret');

  // GraphiQL stores its tabs a moment later.
  await page.waitForFunction(() => JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}').tabs?.length === 3);
  await page.reload();
  await page.getByRole('tab', { name: '<untitled>' }).getByText('<untitled>').click();
  await page.getByRole('button', { name: 'Show History' }).click();
  const history = page.getByRole('region', { name: 'History' });
  await history.getByText('Greeting').click();
  await page.getByRole('region', { name: 'Query Editor' }).getByText('Greeting').first().waitFor();
  expect(complaints).toEqual([]);
}, 60_000);

test('an entry of the history opens in the tab that has it, or else in a tab of its own', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1400, height: 900 } });
  const { url } = await startTransport(schema, options);
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  const activeTab = page.locator('.graphiql-tab-active');
  await page.goto(url);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await page.getByRole('region', { name: 'Result Window' }).getByText('"Hello"', { exact: true }).waitFor();
  await tab('Other').getByText('Other').click();
  await page.getByRole('button', { name: 'Show History' }).click();
  const entry = page.getByRole('region', { name: 'History' }).getByText('Greeting');

  await entry.click();
  await expect.poll(() => activeTab.textContent()).toMatch(/^Greeting/);
  expect(await page.getByRole('tab').allInnerTexts()).toEqual(['Greeting', 'Other']);

  await page.getByRole('region', { name: 'Query Editor' }).locator('.CodeMirror-line').first().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('query Edited { hello ');
  await page.getByRole('tab').getByText('Edited').waitFor();
  await entry.click();
  await expect.poll(() => activeTab.textContent()).toMatch(/^Greeting/);
  expect(await page.getByRole('tab').allInnerTexts()).toEqual(['Edited', 'Other', 'Greeting']);
  expect(complaints).toEqual([]);
}, 60_000);
