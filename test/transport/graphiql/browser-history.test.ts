import { createSchema } from 'graphql-yoga';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String }',
  resolvers: { Query: { hello: () => 'Hello' } },
});
const options = { graphiql: true, exampleTabs: [{ name: 'Greeting', query: 'query Greeting { hello }' }] };

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
  await page.waitForFunction(() => JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}').tabs?.length === 2);
  await page.reload();
  await page.getByRole('tab', { name: '<untitled>' }).getByText('<untitled>').click();
  await page.getByRole('button', { name: 'Show History' }).click();
  const history = page.getByRole('region', { name: 'History' });
  await history.getByText('Greeting').click();
  await page.getByRole('region', { name: 'Query Editor' }).getByText('Greeting').first().waitFor();
  expect(complaints).toEqual([]);
}, 60_000);
