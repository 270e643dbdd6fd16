import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, type TestContext } from 'vitest';
import { findProgram } from './programs.js';
import { freePort } from './redis.js';

const DOCUMENTED = new URL('../../docs/operating/nginx.conf', import.meta.url);

/**
 * Starts nginx with docs/operating/nginx.conf, in front of these two gateways. Resolves with its address. It ends with the test.
 * Without nginx the test is skipped; with REQUIRE_ALL=1 it fails.
 */
export async function startNginx(context: TestContext, gateways: readonly [string, string]): Promise<string> {
  const program = findProgram(context, ['nginx']);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  await writeFile(join(folder, 'default.conf'), placed(await readFile(DOCUMENTED, 'utf8'), gateways, port));
  await writeFile(join(folder, 'nginx.conf'), surroundings(folder));
  const nginx = spawn(program, ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  onTestFinished(async () => {
    const gone = once(nginx, 'exit');
    nginx.kill('SIGTERM');
    await gone;
    await rm(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/health`).catch(() => undefined))) {
    if (nginx.exitCode !== null) throw new Error(`nginx ended with code ${nginx.exitCode}`);
    await sleep(20);
  }
  return url;
}

/** The documented file with the addresses of this test. */
function placed(file: string, [first, second]: readonly [string, string], port: number): string {
  const replaced = [
    ['gateway-1:4000', new URL(first).host],
    ['gateway-2:4000', new URL(second).host],
    ['listen 8080;', `listen 127.0.0.1:${port};`],
  ] as const;
  return replaced.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`nginx.conf does not contain "${from}"`);
    return text.replace(from, to);
  }, file);
}

/** What the image of nginx has around that file, for a user without rights. */
function surroundings(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    daemon off;
    pid ${folder}/nginx.pid;
    events { worker_connections 1024; }
    http {
      access_log off;
      error_log ${folder}/error.log;
      ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
      include ${folder}/default.conf;
    }`;
}
