// `npm run build`: the gateway and the explorer, each only if a source has changed since it was built.
// It is JavaScript because it starts the bundler, and uses no shell because Windows has a different one.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The path of a file of the repository. */
export const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** `root` has the `vite.config.ts`. `result` is a file that every successful build writes. */
const TARGETS = [
  { name: 'the gateway', root: '', sources: ['src', 'vite.config.ts', 'package-lock.json'], result: 'dist/main.js' },
  {
    name: 'the explorer',
    root: 'explorer',
    sources: ['explorer', 'package-lock.json'],
    result: 'dist/explorer/explorer.js',
  },
];

/** Builds what is stale. Ends the process with the code of a bundler that failed. */
export function build() {
  for (const target of TARGETS.filter(isStale)) {
    // It takes seconds. Standard output belongs to the command that needs the build: `npm pack --json` has one that is read.
    console.error(`Building ${target.name}…`);
    removeFiles(pathOf(target.result.replace(/[^/]+$/, '')));
    const options = [pathOf('node_modules/vite/bin/vite.js'), 'build', pathOf(target.root), '--logLevel', 'warn'];
    const { status } = spawnSync(process.execPath, options, { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
}

/** What an earlier build has left: the names of most files of a bundle change with their content. */
function removeFiles(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) rmSync(`${folder}${entry.name}`);
  }
}

function isStale({ sources, result }) {
  if (!existsSync(pathOf(result))) return true;
  const builtAt = statSync(pathOf(result)).mtimeMs;
  return sources.flatMap(filesOf).some((path) => statSync(path).mtimeMs > builtAt);
}

function filesOf(source) {
  const path = pathOf(source);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true }).map((name) => `${path}/${name}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
