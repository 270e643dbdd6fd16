import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { serveCli } from '../support/cli.js';
import { blocks, read } from '../support/documents.js';
import { startCollector } from '../support/otlp-collector.js';

const FILE = 'docs/operating/otel.mjs';
const RECIPE = fileURLToPath(new URL(`../../${FILE}`, import.meta.url));
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const BODY = JSON.stringify({ query: '{ tool(projectId: "support-desk", toolId: "zendesk") { status } }' });

function ask(url: string, headers: Record<string, string> = {}) {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: BODY,
  });
}

test('the recipe of docs/operating.md is the file, with the packages that are installed here', () => {
  expect(blocks('docs/operating.md', 'js')).toEqual([read(FILE)]);
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const versions: Record<string, string> = { ...dependencies, ...devDependencies };
  const [, install = ''] = /npm install (.+)/.exec(read('docs/operating.md').replaceAll('\\\n', '')) ?? [];
  const packages = [...read(FILE).matchAll(/from '(.+)'/g)].map(([, name = '']) => `${name}@${versions[name]}`);
  expect(install.trim().split(/\s+/).sort()).toEqual(packages.sort());
});

test('with the recipe, a collector receives the spans of an operation within the trace of its client', async () => {
  const collector = await startCollector();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_SERVICE_NAME: 'agent-tools-gateway',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  };
  const { url } = await serveCli(env, ['--import', RECIPE]);
  await ask(url, { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` });
  const operation = await collector.received('query');
  const call = await collector.received('inkeep get-tool');
  expect(operation).toMatchObject({ traceId: TRACE_ID, parentSpanId: '00f067aa0ba902b7' });
  expect(call).toMatchObject({ traceId: TRACE_ID, parentSpanId: operation.spanId });
  expect(collector.service()).toBe('agent-tools-gateway');
});

test('the last spans are exported when the gateway stops', async () => {
  const collector = await startCollector();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '600000' };
  const gateway = await serveCli(env, ['--import', RECIPE]);
  await ask(gateway.url);
  gateway.process.kill('SIGTERM');
  await collector.received('query');
  expect((await gateway.ended).code).toBe(0);
});

test('a collector that does not answer delays neither operations nor, for long, the end', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  const gateway = await serveCli(env, ['--import', RECIPE]);
  expect((await ask(gateway.url)).status).toBe(200);
  gateway.process.kill('SIGTERM');
  expect((await gateway.ended).code).toBe(0);
});
