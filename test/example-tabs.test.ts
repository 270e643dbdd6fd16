import { parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { type Environment, loadConfig } from '../src/config/load-config.js';
import { exampleTabs } from '../src/example-tabs.js';
import { schema } from '../src/graph/index.js';

const INKEEP = { INKEEP_URL: 'https://inkeep.test/manage' };
const KATAVEN = { KATAVEN_URL: 'https://kataven.test/v1' };

const tabsOf = (env: Environment) => exampleTabs(loadConfig(env));

test('the sandbox has the example operations, live status among the first', () => {
  const names = tabsOf({}).map(({ name }) => name);
  expect(names).toHaveLength(10);
  expect(names.indexOf('live-status')).toBeLessThan(3);
});

const INKEEP_TABS = ['Your projects', 'Your tools', 'Your agents', 'Status of your tools', 'Live status of your tools'];
const KATAVEN_TABS = ['Your voice agents', 'Your voice tools'];

test.each([
  ['both upstreams', { ...INKEEP, INKEEP_TENANT_ID: 'acme', ...KATAVEN }, [...INKEEP_TABS, ...KATAVEN_TABS]],
  ['Inkeep alone, without a tenant', INKEEP, INKEEP_TABS],
  ['Kataven alone', KATAVEN, KATAVEN_TABS],
])('%s: only valid operations that write nothing and name nothing of the sandbox', (_, env, names) => {
  const tabs = tabsOf(env);
  expect(tabs.map(({ name }) => name)).toEqual(names);
  for (const { query } of tabs) {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    expect(document.definitions).toMatchObject([{ operation: expect.stringMatching(/^(query|subscription)$/) }]);
    expect(query).not.toMatch(/support-desk|zendesk|mutation/);
  }
});

test('a tab has the headers in which the credentials go, unless the gateway lends its own', () => {
  const headersOf = (env: Environment) => tabsOf(env).map(({ headers }) => headers && JSON.parse(headers));
  const filledIn = { authorization: 'Bearer <your token>', 'x-kataven-authorization': 'Bearer <your token>' };
  expect(headersOf({ ...INKEEP, ...KATAVEN })).toEqual(Array(7).fill(filledIn));
  const lending = { ...INKEEP, INKEEP_TOKEN: 'token', ANONYMOUS_USES_TOKENS: 'true' };
  expect(headersOf(lending)).toEqual(Array(5).fill(undefined));
  expect(tabsOf(lending)[0]?.query).toContain('# Reads with the token of this gateway.');
  expect(headersOf({ ...lending, ...KATAVEN })[0]).toEqual({ 'x-kataven-authorization': 'Bearer <your token>' });
});

test('a tab asks for the tenant only if the gateway has none', () => {
  expect(tabsOf(INKEEP)[0]?.query).toContain('Replace "your-tenant" with the id of your Inkeep tenant');
  expect(tabsOf({ ...INKEEP, INKEEP_TENANT_ID: 'acme' })[0]?.query).not.toContain('your-tenant');
});
