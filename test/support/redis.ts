import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onTestFinished, type TestContext } from 'vitest';
import { findProgram } from './programs.js';

/** A `redis-server` of the test's own, on a free port, empty and without a disk. Killed when the test ends. */
export interface TestRedis {
  readonly url: string;
  /** A connection of the test's own, to look inside. */
  client(): Redis;
  /** What it is told from now on, by anybody: a command with its arguments each. */
  overhear(): Promise<readonly string[]>;
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

/**
 * Starts Redis with these further arguments. Without a `redis-server` on the PATH the test is skipped and says what was left
 * out; with REQUIRE_ALL=1 it fails.
 */
export async function startRedis(context: TestContext, args: readonly string[] = []): Promise<TestRedis> {
  const program = findProgram(context, ['redis-server']);
  const port = await freePort();
  let server = await start(program, port, args);
  onTestFinished(() => void server.kill('SIGKILL'));
  return {
    url: `redis://127.0.0.1:${port}`,
    client: () => connect(port),
    async overhear() {
      const passed: string[] = [];
      const monitor = await connect(port).monitor();
      monitor.on('error', () => {});
      onTestFinished(() => monitor.disconnect());
      monitor.on('monitor', (_, args: string[]) => passed.push(args.join(' ')));
      return passed;
    },
    async kill() {
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
    },
    async restart() {
      server = await start(program, port, args);
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
  };
}

/** A Sentinel that watches this server under the name `primary`, and promotes a replica half a second after it has died. */
export async function startSentinel(context: TestContext, redis: TestRedis): Promise<{ host: string }> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'sentinel-'));
  const file = join(directory, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${directory}`,
    `sentinel monitor primary 127.0.0.1 ${new URL(redis.url).port} 1`,
    'sentinel down-after-milliseconds primary 500',
    'sentinel failover-timeout primary 3000',
  ];
  await writeFile(file, lines.join('\n'));
  const child = spawn(findProgram(context, ['redis-server']), [file, '--sentinel'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true });
  });
  await printed(child, '+monitor');
  return { host: `127.0.0.1:${port}` };
}

function connect(port: number): Redis {
  const client = new Redis(port, '127.0.0.1');
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

/** A replica would write what it receives to a file in the current folder first. */
const DISKLESS = ['--repl-diskless-load', 'swapdb'];

async function start(program: string, port: number, args: readonly string[]): Promise<ChildProcess> {
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...DISKLESS];
  const child = spawn(program, [...fixed, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  await printed(child, 'Ready to accept connections');
  return child;
}

/** Resolves when the process has printed this. */
async function printed(child: ChildProcess, words: string): Promise<void> {
  let text = '';
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += chunk;
    if (text.includes(words)) break;
  }
  if (!text.includes(words)) throw new Error(`redis-server ended: ${text}`);
  child.stdout?.resume();
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
