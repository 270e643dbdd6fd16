// `npm start`: builds if that is needed and possible, then serves in this very process, so that signals reach it.
// Plain JavaScript, since it runs before anything is built; no shell, since Windows has another one.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const main = pathOf('dist/main.js');
const compiler = pathOf('node_modules/typescript/bin/tsc');
/** Written by each build. */
const stamp = pathOf('dist/.tsbuildinfo');

/** Whether a source has changed since the last build, or there was none. */
function isStale() {
  if (!existsSync(main) || !existsSync(stamp)) return true;
  const sources = readdirSync(pathOf('src'), { recursive: true }).map((name) => `src/${name}`);
  const builtAt = statSync(stamp).mtimeMs;
  return ['tsconfig.json', 'tsconfig.build.json', ...sources].some((path) => statSync(pathOf(path)).mtimeMs > builtAt);
}

function build() {
  const { status } = spawnSync(process.execPath, [compiler, '-p', pathOf('tsconfig.build.json')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  // The compiler does not write it if there is nothing else to write.
  utimesSync(stamp, new Date(), new Date());
}

// A production image has no compiler, and may have no sources: there, what was built is served.
const canBuild = existsSync(compiler) && existsSync(pathOf('src'));
if (canBuild && isStale()) build();
if (!existsSync(main)) {
  console.error(
    'Nothing is built, and there is no compiler. Run "npm ci && npm run build" first; see "Production" in docs/configuration.md.',
  );
  process.exit(1);
}
// Libraries read it; the gateway itself does not.
process.env.NODE_ENV = 'production';
process.argv.splice(2, 0, 'serve');
await import('../dist/main.js');
