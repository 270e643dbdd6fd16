import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startGateway } from '../../support/gateway.js';

const APOLLO = { 'apollographql-client-name': 'console', 'apollographql-client-version': '1.2.3' };
const SENTRY = { 'sentry-trace': `${'a'.repeat(32)}-${'b'.repeat(16)}-1`, baggage: 'sentry-environment=test' };
const DATADOG = {
  'x-datadog-origin': 'rum',
  'x-datadog-parent-id': '1',
  'x-datadog-sampling-priority': '1',
  'x-datadog-trace-id': '2',
};
const W3C = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'dd=s:1' };

test('a page of a listed origin sends the headers of Apollo Client, Sentry, Datadog and W3C tracing', async (context) => {
  const { page, complaints } = await openPage(context);
  const origin = await startSite();
  const { url, sandbox } = await startGateway({}, { CORS_ORIGINS: origin });
  await page.goto(origin);

  const headers = { ...APOLLO, ...SENTRY, ...DATADOG, ...W3C };
  const answers = await page.evaluate(
    async ([gateway, headers]) => {
      const operation = { query: '{ project(projectId: "support-desk") { name } }' };
      const answer = await fetch(`${gateway}/graphql`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', authorization: 'Bearer a-token' },
        body: JSON.stringify(operation),
      });
      const schema = await fetch(`${gateway}/schema.graphql`, { headers });
      return { data: (await answer.json()).data, schema: schema.status };
    },
    [url, headers] as const,
  );

  expect(answers).toEqual({ data: { project: { name: 'Support desk' } }, schema: 200 });
  const [seen] = sandbox.inkeep.requests;
  expect(seen?.headers.authorization).toBe('Bearer a-token');
  const sent = Object.keys(seen?.headers ?? {}).filter((name) => name in headers);
  expect(sent.sort()).toEqual(['traceparent', 'tracestate']);
  expect(complaints).toEqual([]);
}, 60_000);

/** A site with an empty page. Gives its origin. */
async function startSite(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Console</title><link rel="icon" href="data:," />');
  });
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
