import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startGateway } from '../../support/gateway.js';
import { startProxy } from '../../support/proxy.js';

test('the explorer works under a sub-path of a proxy that strips its prefix, sockets included', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1400, height: 900 } });
  const { url } = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  const proxy = await startProxy(url, { prefix: '/gw' });
  const paths = new Set<string>();
  page.on('request', (request) => paths.add(new URL(request.url()).pathname));
  const result = page.getByRole('region', { name: 'Result Window' });
  const run = page.getByRole('button', { name: /^Execute query/ });

  await page.goto(`${proxy.url}/?query=${encodeURIComponent('{ project(projectId: "support-desk") { name } }')}`);
  expect(new URL(page.url()).pathname).toBe('/gw/graphql');
  await run.click();
  await result.getByText(/"Support\sdesk"/).waitFor();

  await page.getByRole('tab', { name: 'LiveStatus' }).getByRole('button', { name: 'LiveStatus', exact: true }).click();
  await page.waitForURL((address) => address.searchParams.get('query')?.includes('LiveStatus') === true);
  await run.click();
  await result.getByText('"toolStatus"').first().waitFor();

  expect(await firstSocketEvent(page)).toMatchObject({ type: 'next', payload: { data: { toolStatus: {} } } });
  expect([...paths].filter((path) => !path.startsWith('/gw/'))).toEqual([]);
  expect([...paths].filter((path) => path.includes('/assets/explorer.'))).toHaveLength(2);
  expect(complaints).toEqual([]);
}, 60_000);

test('a trailing slash leads to the explorer, with the query of the link', async (context) => {
  const { page, complaints } = await openPage(context);
  const { url } = await startGateway();
  const proxy = await startProxy(url, { prefix: '/gw' });
  await page.goto(`${proxy.url}/graphql/?query=${encodeURIComponent('query Linked { __typename }')}`);
  expect(new URL(page.url()).pathname).toBe('/gw/graphql');
  await page.getByRole('tab').getByText('Linked').waitFor();
  expect(complaints).toEqual([]);
}, 60_000);

/** The first event of live status over a WebSocket that the page opens beside itself. */
function firstSocketEvent(page: Page): Promise<unknown> {
  const agent = Buffer.from('Agent:default/support-desk/triage').toString('base64url');
  const query = `subscription { toolStatus(watch: { agent: "${agent}" }) { status } }`;
  return page.evaluate(
    (payload) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(location.href.replace('http', 'ws').replace(/\?.*/, ''), 'graphql-transport-ws');
        socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
        socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init' }));
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(data);
          if (message.type === 'next') resolve(message);
          if (message.type === 'connection_ack') {
            socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
          }
        };
      }),
    { query },
  );
}
