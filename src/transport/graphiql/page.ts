import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphiQLOptions } from 'graphql-yoga';
import { sendText } from '../http/send-text.js';
import { CALLS_PANEL, CALLS_STYLE } from './calls-script.js';
import { startScript } from './start-script.js';
import { type Asset, createAsset } from './static-assets.js';

/** An example operation, shown in its own tab. `variables` is JSON text. */
export interface ExampleTab {
  readonly name: string;
  readonly query: string;
  readonly variables?: string | undefined;
}

/** GraphiQL, with all its files served by this process: the browser loads nothing from other hosts. */
export interface GraphiQL {
  sendPage(response: ServerResponse): Promise<void>;
  /** Sends the file of this path. Resolves with false if there is none. */
  sendAsset(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/** The path of the page's files, and the same relative to the page: a proxy may serve it under another path. */
export const ASSETS = '/graphql/assets/';
const ASSETS_FROM_PAGE = 'graphql/assets/';

/**
 * Serves the GraphiQL that Yoga bundles. Yoga's own page has 9 MB of inline script, which is never cached and needs
 * `unsafe-inline`; here the same bundle is a few files. They are loaded on the first request, because most instances get none.
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
  /** By file name. */
  readonly assets: ReadonlyMap<string, Asset>;
}

const PAGE_HEADERS = {
  'cache-control': 'no-cache',
  // The editor sets style attributes and inserts style sheets, hence 'unsafe-inline' for styles. Its style sheet contains icons
  // and a font as data URLs. Scripts and workers are loaded only from this server.
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
 * GraphiQL leaves a stale offset on its tabs, which takes effect when a tab gets the focus: the tab moves away from the pointer,
 * and the first click on it is lost. Without the offset, a dragged tab moves only when it is dropped. The tabs are narrow enough
 * that all examples fit on a screen of 1440 px; on smaller ones the button for a new tab stays in sight while they scroll, and
 * the title makes room for them.
 */
const STYLE_FIXES = `
.graphiql-tab { transform: none !important; flex: none; }
.graphiql-tab > .graphiql-tab-button { padding: 4px 18px 4px 6px; font-size: 12px; }
.graphiql-tab > .graphiql-tab-close { padding: 4px; }
.graphiql-tabs { gap: 3px; }
.graphiql-logo { white-space: nowrap; font-size: 14px; }
@media (max-width: 1200px) { .graphiql-logo { display: none; } }
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
    content: Buffer.from(bundle.css + STYLE_FIXES + CALLS_STYLE),
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
    // A bearer token is not kept in the browser's storage, unless the user turns that on in the settings.
    shouldPersistHeaders: false,
  };
}

const TITLE = 'Agent Tools Gateway';

/** GraphiQL names a tab after its operation, so the name of the example is a comment above it. */
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
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    ${CALLS_PANEL}
  </body>
</html>
`;
}
