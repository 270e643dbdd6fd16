import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphiQLOptions } from 'graphql-yoga';
import { sendText } from '../http/send-text.js';
import { startScript } from './start-script.js';
import { type Asset, createAsset } from './static-assets.js';

/** An operation to begin with, shown in a tab of its own. `variables` is JSON text. */
export interface ExampleTab {
  readonly name: string;
  readonly query: string;
  readonly variables?: string | undefined;
}

/** The explorer, served from this process alone: a browser asks no other host for anything. */
export interface GraphiQL {
  sendPage(response: ServerResponse): Promise<void>;
  /** Sends the file of this path; false where there is none. */
  sendAsset(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/** Where the files of the page are: here, and as seen from the page. A proxy may serve it under another path than we know. */
export const ASSETS = '/graphql/assets/';
const ASSETS_FROM_PAGE = 'graphql/assets/';

/**
 * GraphiQL as Yoga bundles it. Yoga's own page is 9 MB of inline script that is never cached and needs `unsafe-inline`; here
 * the same bundle is a handful of files. They are loaded when the page is first asked for: most instances never show it.
 */
export function createGraphiQL(tabs: readonly ExampleTab[]): GraphiQL {
  let site: Promise<Site> | undefined;
  const load = () => {
    site ??= loadSite(tabs);
    return site;
  };
  return {
    async sendPage(response) {
      const { html } = await load();
      response.appendHeader('vary', 'accept');
      sendText(response, 200, html, 'text/html; charset=utf-8', PAGE_HEADERS);
    },
    async sendAsset(path, request, response) {
      const asset = (await load()).assets.get(path.slice(ASSETS.length));
      await asset?.send(request, response);
      return asset !== undefined;
    },
  };
}

interface Site {
  readonly html: string;
  /** By name. */
  readonly assets: ReadonlyMap<string, Asset>;
}

const PAGE_HEADERS = {
  'cache-control': 'no-cache',
  // The editor positions its lines by style attributes and inserts style sheets, hence 'unsafe-inline' for styles;
  // its style sheet brings icons and a font as data URLs. Scripts and workers come from files here only.
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

/**
 * GraphiQL leaves a stale offset on its tabs and hides it until they get the focus: the tab then jumps away from under the
 * pointer that presses it, and the first click on any tab is lost. Without the offset a dragged tab moves on being dropped.
 * Beside many tabs the title would break into lines and leave the page at the top.
 */
const STYLE_FIXES = `
.graphiql-tab { transform: none !important; }
.graphiql-logo { white-space: nowrap; }
`;

async function loadSite(tabs: readonly ExampleTab[]): Promise<Site> {
  const bundle = await import('@graphql-yoga/render-graphiql/graphiql');
  const script = (name: string, text: string) =>
    createAsset({ name, type: 'text/javascript; charset=utf-8', content: Buffer.from(text) });

  const graphiql = script('graphiql.js', bundle.js);
  const workers = {
    editorWorkerService: script('editor-worker.js', bundle.editorWorkerService),
    json: script('json-worker.js', bundle.jsonWorker),
    graphql: script('graphql-worker.js', bundle.graphqlWorker),
  };
  const workerNames = Object.fromEntries(Object.entries(workers).map(([label, { name }]) => [label, name]));
  const start = script('start.js', startScript(workerNames, optionsFor(tabs)));
  const style = createAsset({
    name: 'graphiql.css',
    type: 'text/css; charset=utf-8',
    content: Buffer.from(bundle.css + STYLE_FIXES),
  });
  const icon = createAsset({ name: 'favicon.ico', type: 'image/x-icon', content: fromDataUrl(bundle.favicon) });

  const all = [graphiql, ...Object.values(workers), start, style, icon];
  return {
    html: page({ style: style.name, icon: icon.name, scripts: [graphiql.name, start.name] }),
    assets: new Map(all.map((asset) => [asset.name, asset])),
  };
}

function optionsFor(tabs: readonly ExampleTab[]): GraphiQLOptions {
  return {
    title: TITLE,
    defaultTabs: tabs.map(({ name, query, variables }) => ({
      query: titled(name, query),
      variables: variables ?? null,
    })),
    isHeadersEditorEnabled: true,
    // A bearer token stays out of the browser's storage, unless the user asks for it in the settings.
    shouldPersistHeaders: false,
    subscriptionsProtocol: 'SSE',
  };
}

const TITLE = 'Agent Tools Gateway';

/** GraphiQL names a tab by its operation; what an example is about stands above it. */
function titled(name: string, query: string): string {
  return query.startsWith('#') ? query : `# ${name}\n${query}`;
}

function fromDataUrl(url: string): Buffer {
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

function page({ style, icon, scripts }: { style: string; icon: string; scripts: readonly string[] }): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>${TITLE}</title>
    <link rel="icon" href="${ASSETS_FROM_PAGE}${icon}" />
    <link rel="stylesheet" href="${ASSETS_FROM_PAGE}${style}" />
    ${scripts.map((script) => `<script defer src="${ASSETS_FROM_PAGE}${script}"></script>`).join('\n    ')}
  </head>
  <body>
    <noscript>The explorer needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
}
