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

test.each([
  ['both upstreams', { ...INKEEP, INKEEP_TENANT_ID: 'acme', ...KATAVEN }, ['Your projects', 'Your voice agents']],
  ['Inkeep alone, without a tenant', INKEEP, ['Your projects']],
  ['Kataven alone', KATAVEN, ['Your voice agents']],
])('%s: only valid queries that name nothing of the sandbox', (_, env, names) => {
  const tabs = tabsOf(env);
  expect(tabs.map(({ name }) => name)).toEqual(names);
  for (const { query } of tabs) {
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    expect(document.definitions).toMatchObject([{ operation: 'query' }]);
    expect(query).not.toMatch(/support-desk|zendesk|mutation/);
  }
});

test('a tab says under which header the credential goes, unless the gateway lends its own', () => {
  const [inkeep, kataven] = tabsOf({ ...INKEEP, ...KATAVEN });
  expect(inkeep?.query).toContain('{ "authorization": "Bearer <your token>" }');
  expect(inkeep?.query).toContain('tenantId: "your-tenant"');
  expect(kataven?.query).toContain('{ "x-kataven-authorization": "Bearer <your token>" }');
  const [lent] = tabsOf({ ...INKEEP, INKEEP_TOKEN: 'token', ANONYMOUS_USES_TOKENS: 'true' });
  expect(lent?.query).toContain('# Reads with the token of this gateway.');
  expect(lent?.query).not.toContain('Bearer');
});
