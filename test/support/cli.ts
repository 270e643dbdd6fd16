import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** How a command ended. `code` is null if a signal ended it. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Serving {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly stdout: () => string;
  readonly ended: Promise<Ended>;
}

/** Runs the built command to its end, in the folder `cwd`, with these variables and no others of ours. */
export async function runCli(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Ended> {
  return start(args, env, { cwd }).ended;
}

/**
 * Starts `gateway serve` on a free port, and waits until it listens. Killed when the test ends. `nodeArgs` are arguments of
 * Node.js itself.
 */
export async function serveCli(env: Record<string, string> = {}, nodeArgs: readonly string[] = []): Promise<Serving> {
  const { child, output, ended } = start(['serve'], { PORT: '0', ...env }, { nodeArgs });
  let url: string | undefined;
  while (url === undefined) {
    const gone = await Promise.race([once(child.stdout, 'data').then(() => undefined), ended]);
    if (gone) throw new Error(`it ended with code ${gone.code}: ${gone.stderr}`);
    url = /^GraphQL +(\S+)\/graphql.*\n/m.exec(output.stdout)?.[1];
  }
  return { url, process: child, stdout: () => output.stdout, ended };
}

interface Options {
  readonly nodeArgs?: readonly string[];
  readonly cwd?: string | undefined;
}

function start(args: readonly string[], env: Record<string, string>, { nodeArgs = [], cwd }: Options = {}) {
  const child = spawn(process.execPath, [...nodeArgs, MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...output }));
  return { child, output, ended };
}
