// `npm run dashboard`: the gateway, on the sandbox if nothing is configured, and the dashboard of examples/ before it.
// It is JavaScript because it starts the build.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const gateway = spawn(process.execPath, [pathOf('scripts/start.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
/** @type {import('vite').ViteDevServer | undefined} */
let site;
let isStarting = false;

gateway.on('close', async (code) => {
  await site?.close();
  process.exit(code ?? 0);
});
/** Ctrl-C reaches the gateway without this; a signal to this process alone does not. The gateway closes, then this process. */
function forwardSignals() {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.removeAllListeners(signal); // Vite's would end this process first.
    process.on(signal, () => gateway.kill(signal));
  }
}

forwardSignals();

let output = '';
gateway.stdout.setEncoding('utf8').on('data', async (text) => {
  process.stdout.write(text);
  output += text;
  const [, url] = /^GraphQL +(\S+)\/graphql/m.exec(output) ?? [];
  if (!url || isStarting) return;
  isStarting = true;
  // vite.config.ts reads it.
  process.env.GATEWAY = url;
  site = await createServer({ root: pathOf('examples/dashboard'), server: { host: '127.0.0.1' }, logLevel: 'warn' });
  await site.listen();
  forwardSignals();
  console.log(`Dashboard  ${site.resolvedUrls?.local[0]}`);
});
