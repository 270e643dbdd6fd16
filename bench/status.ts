import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { type Sandbox, startSandbox } from '../src/sandbox/index.js';

const SOCKETS = 1_000;
const PER_SOCKET = 10;
const INTERVAL_MS = 1_000;
const COUNTED_INTERVALS = 5;
const ROUNDS = 3;

const QUERY = `subscription ($watch: ToolStatusWatch!) {
  toolStatus(watch: $watch) { tool { id name } status previousStatus lastError observedAt }
}`;
const TOOL = Buffer.from('Tool:default/bench/desk').toString('base64url');

interface Memory {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

export interface Status {
  readonly subscriptions: number;
  /** Heap of the gateway for each subscription that waits for an event, its share of the socket included. */
  readonly bytesPerSubscription: number;
  /** From the poll that found a change until the last client has it. */
  readonly fanOutMs: number;
  /** Upstream calls in an interval, by the number of watchers. */
  readonly callsPerInterval: Readonly<Record<number, number>>;
  /** MiB on the heap before anybody came, and after each time that all have come and gone. */
  readonly heapMiB: readonly number[];
}

/** Live status of one tool: many sockets, with several subscriptions each. The gateway is alone in its process. */
export async function measureStatus(): Promise<Status> {
  const sandbox = await startSandbox({ story: false, discoveryMs: 5 });
  sandbox.inkeep.addProject({ id: 'bench' });
  sandbox.inkeep.addTool({ id: 'desk' });
  const gateway = await startGateway(sandbox.inkeep.url);
  try {
    const subscriptions = SOCKETS * PER_SOCKET;
    const alone = await connect(gateway.url, 1);
    const callsOfOne = await countCalls(sandbox);
    const idle = await gateway.memory();
    const crowd = await connectAll(gateway.url);
    const callsOfAll = await countCalls(sandbox);
    const crowded = await gateway.memory();
    const fanOutMs = await timeFanOut(sandbox, crowd);
    await disconnect([alone, ...crowd]);
    return {
      subscriptions,
      bytesPerSubscription: (crowded.heapUsed - idle.heapUsed) / subscriptions,
      fanOutMs,
      callsPerInterval: { 1: callsOfOne, [subscriptions]: callsOfAll },
      heapMiB: await comeAndGo(gateway),
    };
  } finally {
    gateway.stop();
    await sandbox.close();
  }
}

async function comeAndGo(gateway: Gateway): Promise<number[]> {
  const heap = [(await gateway.memory()).heapUsed];
  for (let round = 0; round < ROUNDS; round++) {
    await disconnect(await connectAll(gateway.url));
    heap.push((await gateway.memory()).heapUsed);
  }
  return heap.map((bytes) => bytes / 2 ** 20);
}

async function countCalls({ inkeep }: Sandbox): Promise<number> {
  await inkeep.arrived('get-tool', inkeep.count('get-tool') + 1);
  const before = inkeep.count();
  await new Promise((resolve) => setTimeout(resolve, COUNTED_INTERVALS * INTERVAL_MS));
  return (inkeep.count() - before) / COUNTED_INTERVALS;
}

/** Milliseconds from the event's `observedAt`, which has no fractions, to the last message of all. */
async function timeFanOut({ inkeep }: Sandbox, crowd: readonly WebSocket[]): Promise<number> {
  const received = Promise.all(crowd.map((socket) => nextMessages(socket, PER_SOCKET)));
  inkeep.setMcp('desk', { mode: 'needs_auth' });
  const [[message] = []] = await received;
  const receivedAt = Date.now();
  return receivedAt - Date.parse(JSON.parse(String(message)).payload.data.toolStatus.observedAt);
}

async function connectAll(url: string): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  // Not all at once: a server takes only so many connections that it has not accepted yet.
  while (sockets.length < SOCKETS) {
    sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => connect(url, PER_SOCKET)))));
  }
  return sockets;
}

/** A socket whose subscriptions have received the present status. */
async function connect(url: string, subscriptions: number): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const acknowledged = nextMessages(socket, 1);
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await acknowledged;
  const received = nextMessages(socket, subscriptions);
  for (let n = 0; n < subscriptions; n++) {
    const payload = { query: QUERY, variables: { watch: { tools: [TOOL] } } };
    socket.send(JSON.stringify({ id: String(n), type: 'subscribe', payload }));
  }
  await received;
  return socket;
}

function nextMessages(socket: WebSocket, count: number): Promise<unknown[]> {
  return new Promise((resolve) => {
    const messages: unknown[] = [];
    const onMessage = (data: unknown): void => {
      messages.push(data);
      if (messages.length < count) return;
      socket.off('message', onMessage);
      resolve(messages);
    };
    socket.on('message', onMessage);
  });
}

async function disconnect(sockets: readonly WebSocket[]): Promise<void> {
  await Promise.all(
    sockets.map(async (socket) => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    }),
  );
}

interface Gateway {
  readonly url: string;
  memory(): Promise<Memory>;
  stop(): void;
}

/** The built gateway: what runs TypeScript directly gives every function a name of its own, which costs twice the memory. */
async function startGateway(inkeepUrl: string): Promise<Gateway> {
  const child = fork(fileURLToPath(new URL('../dist/main.js', import.meta.url)), ['serve'], {
    execArgv: ['--expose-gc', '--import', new URL('./heap.mjs', import.meta.url).href],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: '0',
      LOG_LEVEL: 'silent',
      INKEEP_URL: inkeepUrl,
      INKEEP_TENANT_ID: 'default',
      INKEEP_TOKEN: 'bench',
      ANONYMOUS_USES_TOKENS: 'true',
      STATUS_INTERVAL_MS: String(INTERVAL_MS),
    },
  });
  return {
    url: await urlPrintedBy(child),
    async memory() {
      child.send('memory');
      const [memory] = await once(child, 'message');
      return memory as Memory;
    },
    stop: () => child.disconnect(),
  };
}

async function urlPrintedBy(child: ChildProcess): Promise<string> {
  let printed = '';
  for await (const text of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    printed += text;
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
    if (url) return url;
  }
  throw new Error('the gateway ended before it listened');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await measureStatus());
