import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own, on loopback. */
export interface Server {
  /** Without a slash at the end. */
  readonly url: string;
  readonly usage: () => Usage;
  stop(): Promise<void>;
}

/** What a process has used so far; NaN where the system does not say (other than Linux). */
interface Usage {
  readonly cpuMs: number;
  readonly residentMiB: number;
  /** The most that `residentMiB` has been. */
  readonly peakMiB: number;
}

/** The built gateway on a free port, started as in production, before this Inkeep upstream. Callers need no credential. */
export function startGateway(inkeepUrl: string, env: Record<string, string> = {}): Promise<Server> {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  return start(['--max-semi-space-size=32', main, 'serve'], {
    PORT: '0',
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    INKEEP_URL: inkeepUrl,
    INKEEP_TENANT_ID: 'default',
    INKEEP_TOKEN: 'bench',
    ANONYMOUS_USES_TOKENS: 'true',
    ...env,
  });
}

/** A TypeScript program that prints where it listens. */
export function startProgram(program: URL, env: Record<string, string> = {}): Promise<Server> {
  return start(['--import', 'tsx', fileURLToPath(program)], { NODE_ENV: 'production', ...env });
}

async function start(args: readonly string[], env: Record<string, string>): Promise<Server> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return {
    url: await urlPrintedBy(child, args),
    usage: () => usageOf(child.pid),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function urlPrintedBy(child: ChildProcess, args: readonly string[]): Promise<string> {
  let printed = '';
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  for await (const text of child.stdout ?? []) {
    printed += text;
    const [, url] = /^(?:GraphQL +)?(http:\/\/127\.0\.0\.1:\d+)/m.exec(printed) ?? [];
    if (url) return url;
  }
  throw new Error(`${args.join(' ')} ${ended ? 'ended' : 'closed its output'} before it listened`);
}

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** From /proc/<pid>/stat: fields 14 and 15 are the ticks of user and system time, 24 the resident pages; VmHWM is in `status`. */
function usageOf(pid: number | undefined): Usage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets, and may hold blanks.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, pages = 0] = [fields[11], fields[12], fields[21]];
    const [, peakKiB] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return {
      cpuMs: ((user + system) * 1000) / TICKS_PER_SECOND,
      residentMiB: (pages * PAGE_BYTES) / 2 ** 20,
      peakMiB: Number(peakKiB) / 1024,
    };
  } catch {
    return { cpuMs: Number.NaN, residentMiB: Number.NaN, peakMiB: Number.NaN };
  }
}
