import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import ts from 'typescript';
import { expect, onTestFinished, test } from 'vitest';
import { openPage } from '../support/browser.js';
import { startGateway } from '../support/gateway.js';

const AGENT = Buffer.from('Agent:default/support-desk/triage').toString('base64url');

const OVER_WEBSOCKET = `
  import { createLiveClient } from '/examples/live/client.js';
  import { renewing } from '/examples/live/renewing.js';
  const client = renewing(createLiveClient(url.replace('http', 'ws'), token));
  client.subscribe({ query }, { next: ({ data }) => show(data.toolStatus), error: console.error, complete() {} });
`;

const OVER_EVENTS = `
  import { subscribe } from '/examples/live/events.js';
  const { signal } = new AbortController();
  for await (const { toolStatus } of subscribe({ url, query, signal, token })) show(toolStatus);
`;

test.for([
  ['live/client', OVER_WEBSOCKET],
  ['live/events', OVER_EVENTS],
] as const)(
  'the example %s works in a browser, on a page of an origin in CORS_ORIGINS',
  { timeout: 60_000 },
  async ([, script], context) => {
    const { page, complaints } = await openPage(context);
    const site = await startSite();
    const { url, sandbox } = await startGateway({}, { STATUS_INTERVAL_MS: '500', CORS_ORIGINS: site.origin });
    site.show(`
      const url = '${url}/graphql';
      const query = 'subscription { toolStatus(watch: { agent: "${AGENT}" }) { tool { name } status } }';
      const token = { get: async () => 'a-token', forget() {} };
      function show({ tool, status }) { document.body.append(tool.name + ' is ' + status + '. '); }
      ${script}
    `);
    await page.goto(site.origin);
    await page.getByText('Statuspage is HEALTHY.').waitFor();
    sandbox.inkeep.setMcp('statuspage', { mode: 'reset' });
    await page.getByText('Statuspage is UNAVAILABLE.').waitFor();
    expect(sandbox.inkeep.requests[0]?.headers.authorization).toBe('Bearer a-token');
    expect(complaints).toEqual([]);
  },
);

/** A site whose page runs a script, and which serves the modules of this repository without their types. */
async function startSite(): Promise<{ origin: string; show(script: string): void }> {
  const imports = { 'graphql-ws': '/node_modules/graphql-ws/dist/client.js' };
  let script = '';
  const server = createServer(({ url = '/' }, response) => {
    const isPage = url === '/';
    response.setHeader('content-type', isPage ? 'text/html' : 'text/javascript');
    response.end(isPage ? pageOf(script, imports) : moduleOf(url));
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    show(text) {
      script = text;
    },
  };
}

function pageOf(script: string, imports: Record<string, string>): string {
  return `<!doctype html>
    <title>Live status</title>
    <link rel="icon" href="data:," />
    <script type="importmap">${JSON.stringify({ imports })}</script>
    <body><script type="module">${script}</script></body>`;
}

function moduleOf(path: string): string {
  const read = (name: string) => readFileSync(new URL(`../..${name}`, import.meta.url), 'utf8');
  if (path.startsWith('/node_modules/')) return read(path);
  const { ES2022 } = ts.ScriptTarget;
  const compilerOptions = { target: ES2022, module: ts.ModuleKind.ES2022, verbatimModuleSyntax: true };
  return ts.transpileModule(read(path.replace(/\.js$/, '.ts')), { compilerOptions }).outputText;
}
