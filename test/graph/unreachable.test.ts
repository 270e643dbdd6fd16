import { expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { freePort } from '../support/scripted-upstream.js';

const AS_USER = { authorization: 'Bearer t', 'x-kataven-authorization': 'Bearer sk_live_t' };
const BOTH = '{ projects { totalCount } voiceAgents { totalCount } }';

/** A gateway whose settings name a port for Inkeep that has no listener, and the sandbox for Kataven. */
async function startWithoutInkeep(): Promise<TestGateway> {
  const katavenPort = await freePort();
  return startGateway(
    { katavenPort },
    {
      SANDBOX: 'false',
      INKEEP_URL: `http://127.0.0.1:${await freePort()}/manage`,
      INKEEP_TENANT_ID: 'default',
      KATAVEN_URL: `http://127.0.0.1:${katavenPort}/v1`,
    },
  );
}

test('an upstream that refuses connections is UPSTREAM_UNAVAILABLE without its address, and the other one answers', async () => {
  const gateway = await startWithoutInkeep();
  const { data, errors } = await gateway.query(BOTH, {}, AS_USER);
  expect(data).toEqual({ projects: null, voiceAgents: { totalCount: 6 } });
  expect(errors).toEqual([
    {
      message: 'Inkeep cannot be reached right now. The operator can check INKEEP_URL with "gateway doctor".',
      path: ['projects'],
      locations: [{ line: 1, column: 3 }],
      extensions: { code: 'UPSTREAM_UNAVAILABLE', upstream: { service: 'inkeep', operation: 'list-projects' } },
    },
  ]);
});

test('an upstream that keeps refusing connections gets no more calls, and the error has the seconds to wait', async () => {
  const gateway = await startWithoutInkeep();
  const errorsOf = async () => (await gateway.query(BOTH, {}, AS_USER)).errors;
  await expect
    .poll(async () => (await errorsOf())?.[0]?.extensions?.retryAfter, { timeout: 10_000 })
    .toEqual(expect.any(Number));
  expect(await errorsOf()).toMatchObject([
    { path: ['projects'], extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfter: expect.any(Number) } },
  ]);
});

test('tenantId is required if the settings have no tenant', async () => {
  const inkeepPort = await freePort();
  const INKEEP_URL = `http://127.0.0.1:${inkeepPort}/manage`;
  const gateway = await startGateway({ inkeepPort }, { SANDBOX: 'false', INKEEP_URL });
  const { data, errors } = await gateway.query(
    '{ without: projects { totalCount } with: projects(tenantId: "default") { totalCount } }',
    {},
    AS_USER,
  );
  expect(data).toEqual({ without: null, with: { totalCount: 3 } });
  expect(errors).toMatchObject([{ path: ['without'], extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(errors?.[0]?.message).toContain('"tenantId"');
});
