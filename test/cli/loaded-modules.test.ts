import { expect, test } from 'vitest';
import { runCli, serveCli } from '../support/cli.js';

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

/** Returns which of these four parts of the program and packages were loaded. */
function loaded(stderr: string): string[] {
  return ['dist/gateway.js', 'dist/sandbox/', 'node_modules/hono/', 'node_modules/graphql/'].filter((part) =>
    stderr.includes(`/${part}`),
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
    'dist/gateway.js',
    'node_modules/graphql/',
  ]);
});

test('a gateway on the sandbox loads both', async () => {
  expect(await loadedByServe({})).toEqual(expect.arrayContaining(['dist/sandbox/', 'node_modules/hono/']));
});

test('--help and --version load neither the gateway nor GraphQL', async () => {
  expect(loaded((await runCli(['--help'], env)).stderr)).toEqual([]);
  expect(loaded((await runCli(['--version'], env)).stderr)).toEqual([]);
});
