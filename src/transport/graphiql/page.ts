import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { packageFile } from '../../package-file.js';
import { sendText } from '../http/send-text.js';
import { type Asset, createAsset } from './static-assets.js';

/** An example operation, shown in its own tab. `variables` is JSON text, and so is `headers`: what the caller is to fill in. */
export interface ExampleTab {
  readonly name: string;
  readonly query: string;
  readonly variables?: string | undefined;
  readonly headers?: string | undefined;
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
 * Serves the explorer: GraphiQL and the panel of upstream calls, built from the folder `explorer`. Its files are loaded on the
 * first request, because most instances get none.
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
  // and fonts as data URLs. Scripts are loaded only from this server.
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

/** Where the build puts it. */
const BUILT = packageFile('dist/explorer/');

async function loadSite(tabs: readonly ExampleTab[]): Promise<Site> {
  const [script, style, icon] = await Promise.all([
    loadAsset('explorer.js', 'text/javascript; charset=utf-8'),
    loadAsset('explorer.css', 'text/css; charset=utf-8'),
    loadAsset('favicon.svg', 'image/svg+xml'),
  ]);
  return {
    html: page({ style: style.name, icon: icon.name, script: script.name, examples: tabs.map(titled) }),
    assets: new Map([script, style, icon].map((asset) => [asset.name, asset])),
  };
}

async function loadAsset(name: string, type: string): Promise<Asset> {
  const content = await readFile(new URL(name, BUILT)).catch((cause) => {
    throw new Error('The explorer is not built. Run "npm run build".', { cause });
  });
  return createAsset({ name, type, content });
}

/** GraphiQL names a tab after its operation, so the name of the example is a comment above it. */
function titled({ name, query, ...rest }: ExampleTab): Omit<ExampleTab, 'name'> {
  return { query: query.startsWith('#') ? query : `# ${name}\n${query}`, ...rest };
}

interface PageParts {
  readonly style: string;
  readonly icon: string;
  readonly script: string;
  readonly examples: readonly unknown[];
}

/** The policy blocks inline scripts; JSON is none. */
function page({ style, icon, script, examples }: PageParts): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Agent Tools Gateway</title>
    <link rel="icon" href="${ASSETS_FROM_PAGE}${icon}" />
    <link rel="stylesheet" href="${ASSETS_FROM_PAGE}${style}" />
    <script type="module" src="${ASSETS_FROM_PAGE}${script}"></script>
    <script type="application/json" id="examples">${JSON.stringify(examples).replaceAll('<', '\\u003c')}</script>
  </head>
  <body>
    <noscript>The explorer needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
}
