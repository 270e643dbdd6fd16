import { serverAudits } from 'graphql-http';
import type { Plugin } from 'graphql-yoga';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { createGateway } from '../../../src/gateway.js';
import { createLogger } from '../../../src/log.js';

// The audits of the GraphQL over HTTP specification, as its authors publish them.

const PLUGIN: Plugin = {};

describe.each([
  ['without plugins, whose hooks are not called', []],
  ['with a plugin', [PLUGIN]],
])('GraphQL over HTTP %s', (_path, plugins) => {
  let url: string;
  beforeAll(async () => {
    const gateway = createGateway(loadConfig({ SANDBOX: 'true' }), createLogger('silent'), undefined, { plugins });
    ({ url } = await gateway.listen('127.0.0.1', 0));
    return () => gateway.close();
  });

  const audits = serverAudits({ url: () => `${url}/graphql` });

  test('has many audits', () => {
    expect(audits.length).toBeGreaterThan(50);
  });

  test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    expect(await audit.fn()).toMatchObject({ status: 'ok' });
  });
});
