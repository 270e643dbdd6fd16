import { createSchema } from 'graphql-yoga';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: `
    "Says hello."
    type Query { hello(name: String): String }
    type Mutation { rename(name: String!): String }
    type Subscription { ticks: Int }
  `,
  resolvers: {
    Query: { hello: (_: unknown, { name }: { name?: string }) => `Hello ${name ?? 'world'}` },
    Mutation: { rename: (_: unknown, { name }: { name: string }) => `Renamed to ${name}` },
    Subscription: {
      ticks: {
        subscribe: async function* () {
          yield { ticks: 1 };
          yield { ticks: 2 };
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
    {
      name: 'A greeting',
      query: 'query Greeting($name: String) {\n  hello(name: $name)\n}',
      variables: '{ "name": "Ann" }',
    },
    { name: 'A change', query: 'mutation Change {\n  rename(name: "Bea")\n}' },
    { name: 'Live', query: 'subscription Live {\n  ticks\n}' },
  ],
};

test('the explorer shows the examples as tabs, runs each of them, and asks no other host for anything', async (context) => {
  const { page, complaints, origins } = await openPage(context, { viewport: { width: 1400, height: 900 } });
  const { url } = await startTransport(schema, options);
  const tab = (name: string) => page.getByRole('tab', { name });
  const switchTo = async (name: string) => {
    await tab(name).getByRole('button', { name, exact: true }).click();
    // GraphiQL reads the document a moment after showing it, and then puts it into the address.
    await page.waitForURL((address) => address.searchParams.get('query')?.includes(name) === true);
  };
  const run = page.getByRole('button', { name: /^Execute query/ });
  const result = page.getByRole('region', { name: 'Result Window' });

  await page.goto(url);
  await tab('Greeting').waitFor();
  expect(await page.getByRole('tab').count()).toBe(3);

  await run.click();
  // The editor draws blanks as no-break spaces.
  await result.getByText(/"Hello\sAnn"/).waitFor();
  await result.getByText('"saved"').waitFor();

  await switchTo('Change');
  await run.click();
  await result.getByText(/"Renamed\sto\sBea"/).waitFor();

  await switchTo('Live');
  await run.click();
  await result.getByText('"ticks"').first().waitFor();

  await page.reload();
  await tab('Live').waitFor();
  expect(await page.getByRole('tab').count()).toBe(3);

  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.getByRole('link', { name: 'Query', exact: true }).click();
  await page.getByText('Says hello.').waitFor();

  expect([...origins]).toEqual([url]);
  expect(complaints).toEqual([]);
}, 60_000);
