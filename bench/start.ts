import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median } from './load.js';

const ROUNDS = 10;
const GATEWAY = [fileURLToPath(new URL('../dist/main.js', import.meta.url))];
/** The least that Node.js can do: it listens and answers. */
const BARE = [
  '--input-type=module',
  '--eval',
  `import { createServer } from 'node:http';
   const server = createServer((request, response) => response.end('{}')).listen(0, '127.0.0.1', () =>
     console.log('http://127.0.0.1:' + server.address().port + '/graphql'));`,
];

export interface Start {
  /** Milliseconds from the start of the process to its first answer, medians. */
  readonly bare: number;
  readonly upstream: number;
  readonly sandbox: number;
}

/** Time until the first answer, in new processes that take turns: bare Node.js, and the gateway without and with the sandbox. */
export async function measureStart(): Promise<Start> {
  const times: { bare: number[]; upstream: number[]; sandbox: number[] } = { bare: [], upstream: [], sandbox: [] };
  for (let round = 0; round < ROUNDS; round++) {
    times.bare.push(await untilFirstAnswer(BARE, {}));
    times.upstream.push(await untilFirstAnswer(GATEWAY, { INKEEP_URL: 'http://127.0.0.1:9/manage' }));
    times.sandbox.push(await untilFirstAnswer(GATEWAY, {}));
  }
  return { bare: median(times.bare), upstream: median(times.upstream), sandbox: median(times.sandbox) };
}

async function untilFirstAnswer(args: readonly string[], env: Record<string, string>): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', LOG_LEVEL: 'warn', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let printed = '';
  let url: string | undefined;
  for await (const text of child.stdout) {
    printed += text;
    url = /http:\/\/127\.0\.0\.1:\d+\/graphql/.exec(printed)?.[0];
    if (url) break;
  }
  if (!url) throw new Error(`it ended before it listened: ${printed}`);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  });
  await response.text();
  const ms = performance.now() - startedAt;
  child.kill('SIGKILL');
  await exited;
  return ms;
}
