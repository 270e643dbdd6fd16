import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';

const LOCK = 'package-lock.json';
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A repository whose committed lock file is ours, and whose working copy lacks the given entries. */
function repositoryWithout(isDropped: (key: string) => boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'lock-file-'));
  folders.push(folder);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder });
  cpSync(LOCK, join(folder, LOCK));
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'lock');
  const lock = JSON.parse(readFileSync(LOCK, 'utf8')) as { packages: Record<string, unknown> };
  const kept = Object.entries(lock.packages).filter(([key]) => !isDropped(key));
  writeFileSync(join(folder, LOCK), JSON.stringify({ ...lock, packages: Object.fromEntries(kept) }, null, 2));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [resolve('scripts/lock-file.mjs'), ...args], { cwd: folder, encoding: 'utf8' });
  return { run, read: () => readFileSync(join(folder, LOCK), 'utf8') };
}

const isForMac = (key: string) => key.startsWith('node_modules/@biomejs/cli-darwin');

it('restores the optional packages that an install dropped, byte for byte', () => {
  const repository = repositoryWithout(isForMac);
  expect(repository.run()).toMatchObject({ status: 0 });
  expect(repository.read()).toBe(readFileSync(LOCK, 'utf8'));
});

it('names the optional packages that are missing, and fails the check', () => {
  const repository = repositoryWithout(isForMac);
  const { status, stderr } = repository.run('--check');
  expect(status).toBe(1);
  expect(stderr).toContain('@biomejs/cli-darwin-arm64, @biomejs/cli-darwin-x64');
  expect(stderr).toContain('npm run lock');
});

it('passes a lock file that has all of them', () => {
  expect(repositoryWithout(() => false).run('--check').status).toBe(0);
});
