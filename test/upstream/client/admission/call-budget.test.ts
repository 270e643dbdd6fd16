import { expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const TOOLS = '{ voiceTools(first: 1) { totalCount } }';

/** A gateway that may send ten calls of an account in a minute, before a Kataven that counts none. */
async function start(sandboxOptions = {}, callsPerMinute = '10'): Promise<TestGateway> {
  const kataven = await startGateway(sandboxOptions);
  const gateway = await startGateway(
    { story: false },
    { SANDBOX: 'false', KATAVEN_URL: kataven.sandbox.kataven.url, KATAVEN_CALLS_PER_MINUTE: callsPerMinute },
  );
  return { ...gateway, sandbox: kataven.sandbox };
}

function as(token: string, account: string): Record<string, string> {
  return { 'x-kataven-authorization': `Bearer ${token}`, 'x-account-id': account };
}

async function callsOf(gateway: TestGateway, headers: Record<string, string>, count: number): Promise<number> {
  let answered = 0;
  for (let i = 0; i < count; i++) if (!(await gateway.query(TOOLS, {}, headers)).errors) answered += 1;
  return answered;
}

async function usedRatio(gateway: TestGateway): Promise<number> {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(/^gateway_upstream_budget_used_ratio\{service="kataven"\} (\S+)$/m.exec(metrics)?.[1]);
}

test('an account that has used its calls gets an error that says when to come back, and nothing is sent', async () => {
  const gateway = await start();
  expect(await usedRatio(gateway)).toBe(0);
  expect(await callsOf(gateway, as('t', 'busy'), 9)).toBe(9);
  expect(await usedRatio(gateway)).toBe(0.9);
  expect(await callsOf(gateway, as('t', 'busy'), 3)).toBe(1);
  const { data, errors } = await gateway.query(TOOLS, {}, as('t', 'busy'));
  expect(data).toEqual({ voiceTools: null });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', upstream: { service: 'kataven' } });
  const retryAfter = errors?.[0]?.extensions?.retryAfter as number | undefined;
  expect(retryAfter).toBeGreaterThan(30);
  expect(retryAfter).toBeLessThanOrEqual(60);
  expect(gateway.sandbox.kataven.requests).toHaveLength(10);
});

test('accounts do not take from each other', async () => {
  const gateway = await start();
  expect(await callsOf(gateway, as('t', 'busy'), 20)).toBe(10);
  expect(await callsOf(gateway, as('t', 'calm'), 10)).toBe(10);
});

test('a caller that sends much leaves the last quarter of its account to the others', async () => {
  const gateway = await start();
  expect(await callsOf(gateway, as('calm', 'shared'), 1)).toBe(1);
  expect(await callsOf(gateway, as('busy', 'shared'), 20)).toBe(7);
  expect(await callsOf(gateway, as('calm', 'shared'), 5)).toBe(2);
});

test('a token without an account has its own budget', async () => {
  const gateway = await start();
  const only = (token: string) => ({ 'x-kataven-authorization': `Bearer sk_live_${token}` });
  expect(await callsOf(gateway, only('a'), 12)).toBe(10);
  expect(await callsOf(gateway, only('b'), 1)).toBe(1);
});

test('no call is counted if the limit is 0', async () => {
  const gateway = await start({}, '0');
  expect(await callsOf(gateway, as('t', 'busy'), 70)).toBe(70);
  expect(await usedRatio(gateway)).toBeNaN();
});
