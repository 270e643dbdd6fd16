import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { type Sandbox, startSandbox } from '../src/sandbox/index.js';
import { RedisServer } from './redis.js';

const PEOPLE = Number(process.env.PEOPLE ?? 10_000);
const TOOLS = Number(process.env.TOOLS ?? 100);
const INTERVAL_MS = 10_000;
/** Sockets that are opened at a time. */
const BATCH = 50;
const ACCESS_MS = 60_000;
const PRELOADED = [new URL('./heap.mjs', import.meta.url), new URL('./writes.mjs', import.meta.url)];
/** The changes that are timed. */
const MODES = ['needs_auth', 'reset', 'not_mcp'] as const;
/** Seconds in which reads are counted, after everyone has come. */
const COUNTED_SECONDS = Number(process.env.SECONDS ?? 75);

const QUERY = `subscription ($watch: ToolStatusWatch!) {
  toolStatus(watch: $watch) { tool { toolId } status previousStatus lastError observedAt }
}`;
const WATCH = { agent: Buffer.from('Agent:default/bench/agent').toString('base64url') };

interface Measured {
  readonly instances: number;
  /** Calls of tool-status in an interval, of one person and of all. */
  readonly pollsOfOne: number;
  readonly pollsOfAll: number;
  readonly probesOfOne: number;
  readonly probesOfAll: number;
  /** Plain reads a second while everyone watches. */
  readonly readsMean: number;
  readonly readsMax: number;
  /** Heap of a socket without a subscription. */
  readonly bytesPerSocket: number;
  /** Heap of the subscription of a person, without the socket. */
  readonly bytesPerPerson: number;
  /** From `observedAt` until the gateway has written the last message, and until the last client has received it. */
  readonly changes: readonly { readonly writtenMs: number; readonly receivedMs: number }[];
}

/** People with a token and a socket each, who watch one agent, on so many instances. */
async function measurePeople(instances: number): Promise<Measured> {
  const sandbox = await startSandbox({ story: false, discoveryMs: 20 });
  const { inkeep } = sandbox;
  inkeep.addProject({ id: 'bench' });
  for (let n = 0; n < TOOLS; n++) inkeep.addTool({ id: `tool-${n}` });
  inkeep.addAgent({ id: 'agent' });
  inkeep.addSubAgent({ id: 'triage' });
  for (let n = 0; n < TOOLS; n++) inkeep.addRelation({ subAgentId: 'triage', toolId: `tool-${n}` });
  const redis = instances > 1 ? await RedisServer.start() : undefined;
  const gateways = await Promise.all(Array.from({ length: instances }, () => startGateway(inkeep.url, redis?.url)));
  const sockets: WebSocket[] = [];
  try {
    const first = await connect(gateways[0]?.url ?? '', 'first');
    sockets.push(first);
    await subscribe(first);
    const one = await countPolls(sandbox);
    const idle = await heapOf(gateways);
    while (sockets.length < PEOPLE) {
      const batch = Array.from({ length: BATCH }, (_, n) => {
        const person = sockets.length + n;
        return connect(gateways[person % instances]?.url ?? '', `person-${person}`);
      });
      sockets.push(...(await Promise.all(batch)));
    }
    const connected = await heapOf(gateways);
    for (let n = 1; n < sockets.length; n += BATCH) await Promise.all(sockets.slice(n, n + BATCH).map(subscribe));
    inkeep.reset();
    const all = await countPolls(sandbox);
    const reads = await countReads(sandbox);
    const crowded = await heapOf(gateways);
    const changes = [];
    for (const [n, mode] of MODES.entries())
      changes.push(await timeChange(sandbox, gateways, sockets, `tool-${n % TOOLS}`, mode));
    return {
      instances,
      pollsOfOne: one.polls,
      pollsOfAll: all.polls,
      probesOfOne: one.probes,
      probesOfAll: all.probes,
      ...reads,
      bytesPerSocket: (connected - idle) / (sockets.length - 1),
      bytesPerPerson: (crowded - connected) / (sockets.length - 1),
      changes,
    };
  } finally {
    for (const socket of sockets) socket.terminate();
    for (const gateway of gateways) gateway.stop();
    await redis?.kill();
    await sandbox.close();
  }
}

/** Tool-status calls, and probes of MCP servers, in one interval. */
async function countPolls({ inkeep }: Sandbox): Promise<{ polls: number; probes: number }> {
  const before = { polls: inkeep.count('get-agent-tool-status'), probes: inkeep.probes };
  await sleep(2 * INTERVAL_MS);
  const after = { polls: inkeep.count('get-agent-tool-status'), probes: inkeep.probes };
  return { polls: (after.polls - before.polls) / 2, probes: (after.probes - before.probes) / 2 };
}

async function countReads({ inkeep }: Sandbox): Promise<{ readsMean: number; readsMax: number }> {
  const perSecond: number[] = [];
  for (let second = 0; second < COUNTED_SECONDS; second++) {
    const before = inkeep.count('list-subagent-tool-relations');
    const startedAt = performance.now();
    await sleep(1_000);
    const seconds = (performance.now() - startedAt) / 1_000;
    perSecond.push((inkeep.count('list-subagent-tool-relations') - before) / seconds);
    if (second % 10 === 9) inkeep.reset();
  }
  const sum = perSecond.reduce((total, reads) => total + reads, 0);
  return { readsMean: sum / perSecond.length, readsMax: Math.max(...perSecond) };
}

async function timeChange(
  { inkeep }: Sandbox,
  gateways: readonly Gateway[],
  sockets: readonly WebSocket[],
  toolId: string,
  mode: (typeof MODES)[number],
): Promise<{ writtenMs: number; receivedMs: number }> {
  await Promise.all(gateways.map((gateway) => gateway.changes()));
  const received = Promise.all(sockets.map((socket) => messageWith(socket, toolId)));
  inkeep.setMcp(toolId, { mode });
  const [text = ''] = await received;
  const receivedMs = Date.now() - observedAt(text);
  const written = await Promise.all(gateways.map((gateway) => gateway.changes()));
  const count = written.reduce((sum, changes) => sum + changes.count, 0);
  if (count !== sockets.length) throw new Error(`${count} changes were written, not ${sockets.length}`);
  return { writtenMs: Math.max(...written.map(({ lastAt }) => lastAt)) - observedAt(text), receivedMs };
}

function observedAt(text: string): number {
  return Date.parse(JSON.parse(text).payload.data.toolStatus.observedAt);
}

function messageWith(socket: WebSocket, text: string): Promise<string> {
  return new Promise((resolve) => {
    const onMessage = (data: Buffer): void => {
      if (!data.includes(`"${text}"`)) return;
      socket.off('message', onMessage);
      resolve(data.toString());
    };
    socket.on('message', onMessage);
  });
}

/** A socket that is ready for subscriptions. */
async function connect(url: string, token: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  await once(socket, 'message');
  return socket;
}

/** Resolves when the subscription has received the status of every tool. */
async function subscribe(socket: WebSocket): Promise<void> {
  const messages = new Promise<void>((resolve, reject) => {
    let count = 0;
    const onMessage = (data: Buffer): void => {
      if (data.includes('"type":"error"')) reject(new Error(data.toString()));
      if (++count < TOOLS) return;
      socket.off('message', onMessage);
      resolve();
    };
    socket.on('message', onMessage);
  });
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY, variables: { watch: WATCH } } }));
  await messages;
}

interface Gateway {
  readonly url: string;
  heap(): Promise<number>;
  /** Changes that were written since the last time, and when the last of them, as `Date.now()`. */
  changes(): Promise<{ readonly count: number; readonly lastAt: number }>;
  stop(): void;
}

async function heapOf(gateways: readonly Gateway[]): Promise<number> {
  const heaps = await Promise.all(gateways.map((gateway) => gateway.heap()));
  return heaps.reduce((sum, heap) => sum + heap, 0);
}

/** The built gateway in a process of its own. */
async function startGateway(inkeepUrl: string, redisUrl: string | undefined): Promise<Gateway> {
  const child = fork(fileURLToPath(new URL('../dist/main.js', import.meta.url)), ['serve'], {
    execArgv: ['--expose-gc', ...PRELOADED.flatMap(({ href }) => ['--import', href])],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: '0',
      LOG_LEVEL: 'silent',
      INKEEP_URL: inkeepUrl,
      // All of them come from one address.
      MAX_WEBSOCKETS_PER_CLIENT: String(2 * PEOPLE),
      MAX_SUBSCRIPTIONS_PER_CLIENT: String(2 * PEOPLE),
      INKEEP_TENANT_ID: 'default',
      INKEEP_STATUS_TOKEN: 'service',
      STATUS_INTERVAL_MS: String(INTERVAL_MS),
      STATUS_ACCESS_MS: String(ACCESS_MS),
      ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
    },
  });
  return {
    url: await printedBy(child, /http:\/\/127\.0\.0\.1:\d+/),
    async heap() {
      child.send('memory');
      const [memory] = await once(child, 'message');
      return memory.heapUsed;
    },
    async changes() {
      child.send('changes');
      const [changes] = await once(child, 'message');
      return changes;
    },
    stop: () => child.disconnect(),
  };
}

async function printedBy(child: ChildProcess, pattern: RegExp): Promise<string> {
  let printed = '';
  for await (const text of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    printed += text;
    const [found] = pattern.exec(printed) ?? [];
    if (found) {
      child.stdout?.resume();
      return found;
    }
  }
  throw new Error(`a server ended before it was ready: ${printed}`);
}

const instances = (process.argv[2] ?? '1,3').split(',').map(Number);
for (const count of instances) console.log(await measurePeople(count));
