import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCli, serveCli } from '../support/cli.js';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/** A loader hook that writes the URL of each module to stderr before it is loaded. */
const HOOK = `
  import { writeSync } from 'node:fs';
  export function load(url, context, next) {
    writeSync(2, 'loads ' + url + '\\n');
    return next(url, context);
  }`;
const REGISTER = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(HOOK))});`;
const env = { NODE_OPTIONS: `--import ${dataUrl(REGISTER)}` };

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** The paths of the modules that were bundled into a file of `dist`. */
function modulesOf(file: string): string[] {
  const { sources } = JSON.parse(readFileSync(`${DIST}${file}.map`, 'utf8')) as { sources: string[] };
  return sources.map((path) => path.replace(/^(\.\.\/)+/, ''));
}

/** Returns which of these four parts of the program and packages were loaded. */
function loaded(stderr: string): string[] {
  const files = [...stderr.matchAll(/^loads file:\S*\/dist\/([^/]+\.js)$/gm)].map(([, file = '']) => file);
  expect(files).toContain('main.js');
  const withMap = new Set(readdirSync(DIST));
  const modules = files.filter((file) => withMap.has(`${file}.map`)).flatMap(modulesOf);
  return ['src/gateway.ts', 'src/sandbox/', 'node_modules/hono/', 'node_modules/graphql/'].filter((part) =>
    modules.some((path) => path.startsWith(part)),
  );
}

/** Returns what `serve` loads before it listens. */
async function loadedByServe(settings: Record<string, string>): Promise<string[]> {
  const gateway = await serveCli({ ...env, ...settings });
  gateway.process.kill('SIGTERM');
  return loaded((await gateway.ended).stderr);
}

test('a gateway on a real upstream loads neither the sandbox nor hono', async () => {
  expect(await loadedByServe({ INKEEP_URL: 'http://127.0.0.1:9/manage' })).toEqual([
    'src/gateway.ts',
    'node_modules/graphql/',
  ]);
});

test('a gateway on the sandbox loads both', async () => {
  expect(await loadedByServe({})).toEqual(expect.arrayContaining(['src/sandbox/', 'node_modules/hono/']));
});

test('--help and --version load neither the gateway nor GraphQL', async () => {
  expect(loaded((await runCli(['--help'], env)).stderr)).toEqual([]);
  expect(loaded((await runCli(['--version'], env)).stderr)).toEqual([]);
});

test('the bundle has every module of GraphQL.js once, because two copies refuse each other’s objects', () => {
  const files = readdirSync(DIST).filter((file) => file.endsWith('.map'));
  const modules = files
    .flatMap((file) => modulesOf(file.replace(/\.map$/, '')))
    .filter((path) => path.includes('node_modules/graphql/'))
    .map((path) => path.replace(/\.m?js$/, ''));
  expect(modules).toContain('node_modules/graphql/type/schema');
  expect(modules.toSorted()).toEqual([...new Set(modules)].toSorted());
});
