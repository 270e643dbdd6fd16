// `npm run build`: the gateway and the explorer, each only if a source has changed since it was built.
// It is JavaScript because it starts the compiler, and uses no shell because Windows has a different one.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The path of a file of the repository. */
export const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** `stamp` is a file that a successful build leaves, with its time. */
const TARGETS = [
  {
    name: 'the gateway',
    sources: ['src', 'tsconfig.json', 'tsconfig.build.json'],
    command: ['node_modules/typescript/bin/tsc', '-p', pathOf('tsconfig.build.json')],
    stamp: 'dist/.tsbuildinfo',
    result: 'dist/main.js',
  },
  {
    name: 'the explorer',
    sources: ['explorer', 'package-lock.json'],
    command: ['node_modules/vite/bin/vite.js', 'build', pathOf('explorer'), '--logLevel', 'warn'],
    stamp: 'dist/explorer/explorer.js',
    result: 'dist/explorer/explorer.js',
  },
];

/** Builds what is stale. Ends the process with the code of a compiler that failed. */
export function build() {
  for (const target of TARGETS.filter(isStale)) {
    // It takes seconds. Standard output belongs to the command that needs the build: `npm pack --json` has one that is read.
    console.error(`Building ${target.name}…`);
    const [script, ...options] = target.command;
    const { status } = spawnSync(process.execPath, [pathOf(script), ...options], { stdio: 'inherit' });
    const stamp = pathOf(target.stamp);
    if (status !== 0) {
      // The compiler writes it even if there are errors, and they would not be reported again.
      rmSync(stamp, { force: true });
      process.exit(status ?? 1);
    }
    // The compiler does not update the file if nothing else has changed.
    utimesSync(stamp, new Date(), new Date());
  }
}

function isStale({ sources, stamp, result }) {
  if (!existsSync(pathOf(stamp)) || !existsSync(pathOf(result))) return true;
  const builtAt = statSync(pathOf(stamp)).mtimeMs;
  return sources.flatMap(filesOf).some((path) => statSync(path).mtimeMs > builtAt);
}

function filesOf(source) {
  const path = pathOf(source);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true }).map((name) => `${path}/${name}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
