// `npm start`: builds if necessary and possible, then serves in the same process, so that signals reach it.
// It is JavaScript because it runs before the build, and uses no shell because Windows has a different one.
import { existsSync } from 'node:fs';
import { build, pathOf } from './build.mjs';

// A production image has no bundler and may have no sources. It serves the existing build.
const canBuild = ['node_modules/vite', 'src', 'explorer'].every((path) => existsSync(pathOf(path)));
if (canBuild) build();
if (!existsSync(pathOf('dist/main.js'))) {
  console.error(
    'There is no build, and nothing to build it with. Run "npm ci && npm run build" first; see "Production" in docs/configuration.md.',
  );
  process.exit(1);
}
// For the libraries; the gateway itself does not read it.
process.env.NODE_ENV = 'production';
process.argv.splice(2, 0, 'serve');
await import('../dist/main.js');
