import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.js';

async function startLogging(level: 'debug' | 'info') {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level, base: undefined }, { write: (text: string) => void lines.push(JSON.parse(text)) });
  const gateway = await startGateway({}, {}, { log });
  const planned = () =>
    lines.filter(({ msg }) => msg === 'planned').map(({ time: _, level: __, msg: ___, ...rest }) => rest);
  return { gateway, planned };
}

const QUERY = `{
  a: tool(projectId: "support-desk", toolId: "zendesk") { name }
  b: tool(projectId: "support-desk", toolId: "statuspage") { name }
  c: tool(projectId: "support-desk", toolId: "statuspage") { status }
}`;

test('LOG_LEVEL=debug shows how the reads of an operation are planned, without ids', async () => {
  const { gateway, planned } = await startLogging('debug');
  await gateway.query(QUERY, {}, { 'x-request-id': 'plan-1' });
  expect(planned()).toEqual([
    { requestId: 'plan-1', what: 'live fields of tools', wanted: 1, how: 'get-tool for each' },
    { requestId: 'plan-1', what: 'stored fields of tools', wanted: 1, how: 'pages of list-tools' },
  ]);
});

test('other levels do not', async () => {
  const { gateway, planned } = await startLogging('info');
  await gateway.query(QUERY);
  expect(planned()).toEqual([]);
});
