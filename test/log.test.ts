import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLog } from '../src/log.js';

/** A named pipe, opened for both sides so that neither waits for the other. Closing the log closes it. */
function pipe(): { path: string; fd: number } {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { path, fd: openSync(path, 'r+') };
}

async function readUntil(path: string, end: string): Promise<string> {
  const file = await open(path, 'r');
  const chunk = Buffer.alloc(1024 * 1024);
  let text = '';
  while (!text.includes(end)) {
    const { bytesRead } = await file.read(chunk);
    text += chunk.toString('latin1', 0, bytesRead);
  }
  await file.close();
  return text;
}

test('keeps 8 MiB of lines that nobody reads, drops later ones, and says how many', async () => {
  const { path, fd } = pipe();
  const { log, close } = openLog('info', fd);
  const written = 20_000;
  for (let line = 0; line < written; line++) log.info({ line, text: 'x'.repeat(1_000) });
  const text = await readUntil(path, 'were dropped');
  const lines = text.trimEnd().split('\n');
  const last = JSON.parse(lines.pop() ?? '') as { msg: string; lines: number };
  expect(last.msg).toBe('log lines were dropped, because the log was not read fast enough');
  expect(last.lines + lines.length).toBe(written);
  expect(lines.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual(lines.map((_, at) => at));
  await close(1_000);
  expect(text.length / 1024 / 1024).toBeCloseTo(8, 1);
});

test('writes what is pending before it is closed', async () => {
  const { path, fd } = pipe();
  const { log, close } = openLog('info', fd);
  for (let line = 0; line < 1_000; line++) log.info({ line, text: 'x'.repeat(1_000) });
  log.info('last');
  const [text] = await Promise.all([readUntil(path, '"last"'), close(5_000)]);
  expect(text.trimEnd().split('\n')).toHaveLength(1_001);
});
