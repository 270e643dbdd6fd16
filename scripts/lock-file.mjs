/**
 * Restores entries that `npm install` removes from package-lock.json if the registry lacks the optional packages of other
 * platforms. `npm ci` rejects a lock file without them. With `--check` it changes nothing and exits with 1 if one is missing.
 *
 * An entry comes from the committed lock file. If its version has changed since, it has no `integrity`; npm adds it
 * on a machine whose registry has the package.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';

/** Optional dependencies that the lock file mentions but has no entry for: `{ key, version }`, `key` as in `packages`. */
function missingEntries(packages) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`])
      .map(([name, version]) => ({ key: `node_modules/${name}`, version })),
  );
}

function restored({ key, version }, committed) {
  const entry = committed[key];
  if (!entry || entry.version === version) return entry;
  const { integrity, ...rest } = entry;
  return { ...rest, version };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const missing = missingEntries(lock.packages);
const names = missing.map(({ key }) => key.replace('node_modules/', '')).join(', ');

if (missing.length === 0) console.log(`${FILE} has every optional package.`);
else if (process.argv.includes('--check')) {
  fail(`${FILE} lacks optional packages of other platforms: ${names}. Run "npm run lock" to restore them.`);
} else {
  const committed = JSON.parse(execFileSync('git', ['show', `HEAD:./${FILE}`], { maxBuffer: 64 << 20 })).packages;
  const entries = missing.map((entry) => [entry.key, restored(entry, committed)]);
  const unknown = entries.filter(([, entry]) => !entry).map(([key]) => key);
  if (unknown.length > 0) {
    fail(
      `The committed ${FILE} has no entry for ${unknown.join(', ')}: add it by hand, with version, os, cpu and optional.`,
    );
  }
  const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(entries) });
  lock.packages = Object.fromEntries(packages.sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`Restored ${names}.`);
}
