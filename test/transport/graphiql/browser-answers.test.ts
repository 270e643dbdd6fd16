import { createSchema } from 'graphql-yoga';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startGateway } from '../../support/gateway.js';
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

test('the parts of an answer with @defer are shown as they come, and the calls with the last one', async (context) => {
  const { page, complaints } = await openPage(context);
  const { url, sandbox } = await startGateway();
  sandbox.inkeep.setMcp('zendesk', { mode: 'slow', delayMs: 4_000 });
  const query = `{
    slow: tool(projectId: "support-desk", toolId: "zendesk") { name ... @defer { status } }
    fast: tool(projectId: "support-desk", toolId: "jira") { name ... @defer { status } }
  }`;
  const calls = page.locator('.graphiql-footer output');
  await page.goto(`${url}/graphql?query=${encodeURIComponent(query)}`);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await expect.poll(() => shownResult(page)).toMatch(/"name": "Zendesk"\s*},[\s\S]*"status": "HEALTHY"/);
  expect(await calls.textContent()).toBe('running');
  expect(await shownResult(page)).not.toContain('hasNext');

  await expect.poll(() => calls.textContent(), { timeout: 12_000 }).toMatch(/^\d+ calls? in \d+ ms/);
  await expect.poll(() => shownResult(page)).toMatch(/"name": "Zendesk",\s*"status": "[A-Z]+"/);
  expect(complaints).toEqual([]);
}, 60_000);

test('an answer that is not of the gateway is shown as an error in one sentence', async (context) => {
  const { page } = await openPage(context);
  const { url } = await startTransport(schema, options);
  await page.route('**/graphql', (route) =>
    route.request().postData()?.includes('Greeting')
      ? route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' })
      : route.continue(),
  );
  await page.goto(url);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await expect
    .poll(() => shownResult(page), { timeout: 10_000 })
    .toContain('The server returned status 502 and text/html instead of JSON: <h1>Bad gateway</h1>');
  expect(await shownResult(page)).not.toContain('stack');
}, 60_000);

test('the stop button aborts a query, and with it the upstream calls', async (context) => {
  const { page, complaints } = await openPage(context);
  const { url, sandbox } = await startGateway();
  sandbox.inkeep.setMcp('zendesk', { mode: 'hang' });
  const query = '{ tool(projectId: "support-desk", toolId: "zendesk") { status } }';
  await page.goto(`${url}/graphql?query=${encodeURIComponent(query)}`);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  const probes = () => sandbox.inkeep.requests.filter(({ operation }) => operation === 'get-tool');
  await expect.poll(() => probes().length).toBe(1);
  await page.getByRole('button', { name: /^Stop query/ }).click();
  await page.getByRole('button', { name: /^Execute query/ }).waitFor();
  await expect.poll(() => probes()[0]?.aborted).toBe(true);
  expect(complaints).toEqual([]);
}, 60_000);

test('Ctrl+Enter runs the operation that a link names, also after another tab was open', async (context) => {
  const { page } = await openPage(context, { viewport: { width: 1400, height: 900 } });
  const { url } = await startTransport(schema, options);
  const query = 'query First { a: hello(name: "first") }\nquery Linked { b: hello(name: "linked") }';
  await page.goto(`${url}/graphql?${new URLSearchParams({ query, operationName: 'Linked' })}`);
  await page.getByRole('button', { name: /^Execute query/ }).waitFor();
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => shownResult(page), { timeout: 10_000 }).toContain('"Hello linked"');

  await page.getByRole('tab').getByRole('button', { name: 'Greeting', exact: true }).click();
  await page.getByRole('tab').getByRole('button', { name: 'Linked', exact: true }).click();
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => shownResult(page), { timeout: 10_000 }).toContain('"Hello linked"');
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

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy link to this tab' }).click();
  await page.getByRole('button', { name: 'Link copied' }).waitFor();
  const copied = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(Object.fromEntries(copied.searchParams)).toEqual(Object.fromEntries(link));

  // As on a page that was not loaded by https, from another machine.
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await page.getByRole('button', { name: 'Copy link to this tab' }).click();
  await page.getByRole('button', { name: 'The address of this page is the link' }).waitFor();
  expect(complaints).toEqual([]);
}, 60_000);
