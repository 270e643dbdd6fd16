import { createSchema } from 'graphql-yoga';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: `
    type Query { hello(name: String): String }
    type Subscription { ticks: Int }
  `,
  resolvers: {
    Query: { hello: (_: unknown, { name }: { name?: string }) => `Hello ${name ?? 'world'}` },
    Subscription: {
      ticks: {
        subscribe: async function* () {
          yield { ticks: 1 };
          yield { ticks: 2 };
          yield { ticks: 3 };
        },
      },
    },
  },
});

const options = {
  graphiql: true,
  alwaysReport: true,
  report: () => ({ calls: 4, saved: 21 }),
  exampleTabs: [
    { name: 'Greeting', query: '# Greeting\nquery Greeting { hello }' },
    { name: 'Live', query: '# Live\nsubscription Live { ticks }' },
  ],
};

/** The text of the result. The editor draws blanks as no-break spaces. */
async function shownResult(page: Page): Promise<string> {
  const text = await page.getByRole('region', { name: 'Result Window' }).textContent();
  return (text ?? '').replaceAll('\u00a0', ' ');
}

const titles = async (page: Page) => (await page.getByRole('tab').allInnerTexts()).map((title) => title.trim());

const currentTitle = (page: Page) => page.locator('.graphiql-tab-active').textContent();

test('Ctrl+Enter runs the operation before an editor has the focus, and the data comes first', async (context) => {
  const { page, complaints } = await openPage(context);
  const { url } = await startTransport(schema, options);
  await page.goto(url);
  await page.getByRole('button', { name: /^Execute query/ }).waitFor();
  await page.evaluate(() => (document.activeElement as unknown as { blur(): void }).blur());
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => shownResult(page), { timeout: 10_000 }).toContain('"saved"');
  expect(await shownResult(page)).toMatch(/"data"[\s\S]*"extensions"/);
  expect(complaints).toEqual([]);
}, 60_000);

test('a syntax error is shown with its place, and without the stack of the browser', async (context) => {
  const { page } = await openPage(context);
  const { url } = await startTransport(schema, options);
  await page.goto(`${url}/graphql?query=${encodeURIComponent('query Broken { hello(')}`);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await expect.poll(() => shownResult(page), { timeout: 10_000 }).toContain('Syntax Error');
  expect(await shownResult(page)).toContain('"locations"');
  expect(await shownResult(page)).not.toContain('stack');
}, 60_000);

test('events of a subscription are listed, the newest first', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1400, height: 900 } });
  const { url } = await startTransport(schema, options);
  await page.goto(`${url}/graphql?query=${encodeURIComponent('subscription Ticks { ticks }')}`);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await expect
    .poll(() => shownResult(page), { timeout: 10_000 })
    .toMatch(/"ticks": 3[\s\S]*"ticks": 2[\s\S]*"ticks": 1/);
  await page.getByRole('button', { name: /^Execute query/ }).waitFor();
  expect(complaints).toEqual([]);
}, 60_000);

test('a link opens a tab of its own once, and the address is a link to the current tab', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1400, height: 900 } });
  const { url } = await startTransport(schema, options);
  const link = new URLSearchParams({
    query: 'query First { a: hello }\nquery Linked($name: String) { b: hello(name: $name) }',
    variables: '{ "name": "Ann" }',
    operationName: 'Linked',
  });
  for (const visit of ['first', 'second']) {
    await page.goto(url);
    await page.goto(`${url}/graphql?${link}`);
    await page.getByRole('tab').getByText('Linked').waitFor();
    expect(await titles(page), visit).toEqual(['Greeting', 'Live', 'Linked']);
    expect(await currentTitle(page), visit).toMatch(/^Linked/);
  }

  await page.getByRole('tab').getByRole('button', { name: 'Live', exact: true }).click();
  await page.waitForURL((address) => address.searchParams.get('query') === options.exampleTabs[1]?.query);
  await expect.poll(() => new URL(page.url()).searchParams.get('variables')).toBe(null);
  await page.getByRole('tab').getByRole('button', { name: 'Linked', exact: true }).click();
  await page.waitForURL((address) => address.searchParams.get('query') === link.get('query'));
  expect(new URL(page.url()).searchParams.get('variables')).toBe(link.get('variables'));
  expect(complaints).toEqual([]);
}, 60_000);
