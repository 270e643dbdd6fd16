import { createSchema } from 'graphql-yoga';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startTransport } from '../../support/transport.js';

const schema = createSchema({ typeDefs: 'type Query { hello: String }' });

const NAMES = ['One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'].map((n) => `Example${n}`);
const options = {
  graphiql: true,
  exampleTabs: NAMES.map((name) => ({ name, query: `# ${name}\nquery ${name} { hello }` })),
};

const tabs = (page: Page) => page.getByRole('tab');
const tab = (page: Page, name: string) => tabs(page).filter({ hasText: name });

/** Waits until the whole tab is between the left edge of the tabs and the button that adds one. */
async function expectInSight(page: Page, shown: Locator): Promise<void> {
  await expect
    .poll(
      async () => {
        const [box, list, add] = await Promise.all([
          shown.boundingBox(),
          page.locator('.graphiql-tabs').boundingBox(),
          page.locator('.graphiql-tab-add').boundingBox(),
        ]);
        if (!box || !list || !add) return 'missing';
        return box.x >= list.x - 1 && box.x + box.width <= add.x + 1 ? 'in sight' : 'out of sight';
      },
      { timeout: 10_000 },
    )
    .toBe('in sight');
}

test('all examples are in sight at 1440 px, and the current tab is on a small screen', async (context) => {
  const { page } = await openPage(context, { viewport: { width: 1440, height: 900 } });
  const { url } = await startTransport(schema, options);
  await page.goto(url);
  for (const name of NAMES) await expectInSight(page, tab(page, name));

  await page.setViewportSize({ width: 700, height: 500 });
  await tab(page, 'ExampleTen').getByText('ExampleTen').click();
  // GraphiQL stores its tabs a moment later.
  await page.waitForFunction(() => JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}').activeTabIndex === 9);
  await page.goto(url);
  await tab(page, 'ExampleTen').waitFor();
  await expectInSight(page, tab(page, 'ExampleTen'));

  await page.locator('.graphiql-tab-add').click();
  await expect.poll(() => tabs(page).count()).toBe(11);
  await expectInSight(page, tabs(page).last());
}, 60_000);

test('a visitor who returns finds the examples that are new, and not those that were closed', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1440, height: 900 } });
  const { url } = await startTransport(schema, options);
  await page.goto(url);
  await tab(page, 'ExampleTen').waitFor();
  await tab(page, 'ExampleThree').getByText('ExampleThree').click();
  await tab(page, 'ExampleTwo').hover();
  await tab(page, 'ExampleTwo').locator('.graphiql-tab-close').click();
  await expect.poll(() => tabs(page).count()).toBe(9);
  expect(await page.locator('.graphiql-tab-active').textContent()).toMatch(/^ExampleThree/);
  // GraphiQL stores its tabs a moment later.
  await page.waitForFunction(() => JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}').tabs?.length === 9);

  // As if examples three to ten were new since the last visit.
  await page.evaluate(() => {
    const state = JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}');
    const seen = JSON.parse(localStorage.getItem('gateway:seenExamples') ?? '[]');
    const one = { ...state, tabs: state.tabs.slice(0, 1), activeTabIndex: 0 };
    localStorage.setItem('graphiql:tabState', JSON.stringify(one));
    localStorage.setItem('gateway:seenExamples', JSON.stringify(seen.slice(0, 2)));
  });
  await page.goto(url);
  await tab(page, 'ExampleTen').waitFor();
  const titles = await tabs(page).allInnerTexts();
  expect(titles.map((title) => title.trim())).toEqual(NAMES.filter((name) => name !== 'ExampleTwo'));
  expect(complaints).toEqual([]);
}, 60_000);

test('a tab can be closed right after another was selected, which stays', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1440, height: 900 } });
  const { url } = await startTransport(schema, options);
  await page.addInitScript(() => localStorage.clear());
  // GraphiQL writes what the editors hold into the tab 100 ms later. Several tries, because the tab must be closed just then.
  for (const closed of ['ExampleTwo', 'ExampleFive', 'ExampleTwo', 'ExampleTen', 'ExampleTwo', 'ExampleTwo']) {
    await page.goto(url);
    await tab(page, 'ExampleTen').waitFor();
    await tab(page, 'ExampleThree').getByText('ExampleThree').click();
    await tab(page, closed).hover();
    await tab(page, closed).locator('.graphiql-tab-close').click();
    await expect.poll(() => tabs(page).count(), { message: closed }).toBe(9);
    expect(await page.locator('.graphiql-tab-active').textContent(), closed).toMatch(/^ExampleThree/);
    const line = page.locator('.graphiql-query-editor .CodeMirror-line').first();
    await expect.poll(() => line.textContent(), { message: closed }).toBe('# ExampleThree');
  }
  expect(complaints).toEqual([]);
}, 60_000);

test('a browser that blocks storage shows the examples, and the operation of a link', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1440, height: 900 } });
  const { url } = await startTransport(schema, options);
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('Storage is blocked.', 'SecurityError');
      },
    });
  });
  await page.goto(`${url}/graphql?query=${encodeURIComponent('query Linked { hello }')}`);
  await tab(page, 'ExampleTen').waitFor();
  expect(await page.locator('.graphiql-tab-active').textContent()).toMatch(/^Linked/);
  expect(complaints).toEqual([]);
}, 60_000);

test('a link to an example selects the tab of the example on a first visit', async (context) => {
  const { page } = await openPage(context, { viewport: { width: 1440, height: 900 } });
  const { url } = await startTransport(schema, options);
  await page.goto(url);
  await tab(page, 'ExampleThree').getByText('ExampleThree').click();
  await page.waitForURL((address) => address.searchParams.get('operationName') === 'ExampleThree');
  const link = new URL(page.url());
  // As a chat program may send it.
  link.searchParams.set('query', `${link.searchParams.get('query')}\n`);

  await page.addInitScript(() => {
    if (location.search) localStorage.clear();
  });
  await page.goto(link.href);
  await tab(page, 'ExampleTen').waitFor();
  expect(await page.locator('.graphiql-tab-active').textContent()).toMatch(/^ExampleThree/);
  expect(await tabs(page).count()).toBe(10);
}, 60_000);

test('an example that has changed since the last visit replaces its tab, unless the visitor has edited it', async (context) => {
  const { page } = await openPage(context, { viewport: { width: 1440, height: 900 } });
  const { url } = await startTransport(schema, options);
  await page.goto(url);
  await tab(page, 'ExampleTwo').getByText('ExampleTwo').click();
  // GraphiQL stores its tabs a moment later.
  await page.waitForFunction(() => JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}').activeTabIndex === 1);

  // As if examples two and three had other comments at the last visit, and the visitor had edited the third. On another page, as
  // GraphiQL would store its tabs again.
  await page.goto(`${new URL(url).origin}/health`);
  await page.evaluate(() => {
    const state = JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}');
    const seen = JSON.parse(localStorage.getItem('gateway:seenExamples') ?? '[]');
    for (const index of [1, 2]) seen[index] = `# Old\n${seen[index]}`;
    state.tabs[1].query = seen[1];
    state.tabs[2].query = `# Edited\n${seen[2]}`;
    localStorage.setItem('graphiql:tabState', JSON.stringify(state));
    localStorage.setItem('gateway:seenExamples', JSON.stringify(seen));
  });
  await page.goto(url);
  await tab(page, 'ExampleTen').waitFor();
  const titles = await tabs(page).allInnerTexts();
  expect(titles.map((title) => title.trim())).toEqual([...NAMES, 'ExampleThree']);
  expect(await page.locator('.graphiql-tab-active').textContent()).toMatch(/^ExampleTwo/);
  expect(await page.locator('.graphiql-query-editor .CodeMirror-line').first().textContent()).toContain('# ExampleTwo');
}, 60_000);
