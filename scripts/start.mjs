// `npm start`: builds if necessary and possible, then serves in the same process, so that signals reach it.
// It is JavaScript because it runs before the build, and uses no shell because Windows has a different one.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const main = pathOf('dist/main.js');
const compiler = pathOf('node_modules/typescript/bin/tsc');
/** Each build writes this file. */
const stamp = pathOf('dist/.tsbuildinfo');

/** Whether there is no build, or a source has changed since the last one. */
function isStale() {
  if (!existsSync(main) || !existsSync(stamp)) return true;
  const sources = readdirSync(pathOf('src'), { recursive: true }).map((name) => `src/${name}`);
  const builtAt = statSync(stamp).mtimeMs;
  return ['tsconfig.json', 'tsconfig.build.json', ...sources].some((path) => statSync(pathOf(path)).mtimeMs > builtAt);
}

function build() {
  const { status } = spawnSync(process.execPath, [compiler, '-p', pathOf('tsconfig.build.json')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  // The compiler does not update the file if nothing else has changed.
  utimesSync(stamp, new Date(), new Date());
}

// A production image has no compiler and may have no sources. It serves the existing build.
const canBuild = existsSync(compiler) && existsSync(pathOf('src'));
if (canBuild && isStale()) build();
if (!existsSync(main)) {
  console.error(
    'There is no build and no compiler. Run "npm ci && npm run build" first; see "Production" in docs/configuration.md.',
  );
  process.exit(1);
}
// For the libraries; the gateway itself does not read it.
process.env.NODE_ENV = 'production';
process.argv.splice(2, 0, 'serve');
await import('../dist/main.js');
