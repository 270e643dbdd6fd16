import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from 'graphql-ws';
import { pino } from 'pino';
import { onTestFinished, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { loadConfig } from '../../src/config/load-config.js';
import { createGateway } from '../../src/gateway.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import { startRedis, type TestRedis } from './redis.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export const INTERVAL_MS = 500;

const QUERY = `subscription ($watch: ToolStatusWatch!) {
  toolStatus(watch: $watch) { tool { toolId } status previousStatus lastError freshness removed }
}`;

interface Told {
  readonly tool: { readonly toolId: string };
  readonly status: string;
  readonly previousStatus: string | null;
  readonly lastError: string | null;
  readonly freshness: 'LIVE' | 'STALE';
  readonly removed: boolean;
}

/** One watcher: what it was told, oldest first. */
export interface Watcher {
  readonly told: readonly Told[];
  /** Statuses it was told, oldest first. */
  readonly statuses: readonly string[];
  /** Resolves once it was told so many events in all. */
  toldOf(count: number): Promise<void>;
  leave(): void;
}

/** A gateway, which ends with the test. */
export interface Instance {
  readonly url: string;
  /** What it has logged so far: a line of JSON each. */
  readonly log: () => string;
  /** A socket for watchers; everything on it carries the credential. */
  connect(token?: string): Client;
  /** A watcher on a socket of its own, or on this one. */
  watch(watch: object, client?: Client): Watcher;
  mutate(query: string, variables: object): Promise<unknown>;
  ready(): Promise<{ status: number; body: { redis?: string } }>;
  metric(name: string): Promise<number>;
}

/** A gateway in a process of its own, for what only a process can do. */
export interface InstanceProcess extends Instance {
  readonly process: ChildProcess;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

export interface Lab<First extends Instance = Instance> {
  readonly redis: TestRedis;
  readonly sandbox: Sandbox;
  readonly instances: readonly [First, Instance, Instance];
}

type Settings = Readonly<Record<string, string>>;

/** Redis, and three instances that share through it, before a sandbox that has the agent `support` with the tool `desk`. */
export function startLab(context: TestContext, env: Settings = {}): Promise<Lab> {
  return startLabWith(startInstance, context, env);
}

/** The same, with the first instance in a process of its own. */
export function startLabWithProcess(context: TestContext, env: Settings = {}): Promise<Lab<InstanceProcess>> {
  return startLabWith(startProcess, context, env);
}

async function startLabWith<First extends Instance>(
  startFirst: (sandbox: Sandbox, env: Settings) => Promise<First>,
  context: TestContext,
  env: Settings,
): Promise<Lab<First>> {
  const redis = await startRedis(context);
  const sandbox = await startUpstream();
  const settings = { REDIS_URL: redis.url, ...env };
  const instances = await Promise.all([
    startFirst(sandbox, settings),
    startInstance(sandbox, settings),
    startInstance(sandbox, settings),
  ]);
  await Promise.all(instances.map((instance) => becomes(instance, 'up')));
  return { redis, sandbox, instances };
}

/** A sandbox with the agent `support` of the project `lab`, whose only tool is `desk`. */
export async function startUpstream(): Promise<Sandbox> {
  const sandbox = await startSandbox({ story: false, discoveryMs: 5, flipMs: 0 });
  onTestFinished(() => sandbox.close());
  const { inkeep } = sandbox;
  inkeep.addProject({ id: 'lab' });
  inkeep.addTool({ id: 'desk' });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'desk' });
  return sandbox;
}

/** The gateway before this upstream, with these further settings; without REDIS_URL it is one by itself. */
export async function startInstance(sandbox: Sandbox, env: Settings = {}): Promise<Instance> {
  let log = '';
  const write = (text: string) => {
    log += text;
  };
  const gateway = createGateway(loadConfig(settingsFor(sandbox, env)), pino({ level: 'info' }, { write }));
  onTestFinished(() => gateway.close());
  const { url } = await gateway.listen('127.0.0.1', 0);
  return instanceAt(url, () => log);
}

/** The built gateway in a process of its own, which is killed when the test ends. */
export async function startProcess(sandbox: Sandbox, env: Settings = {}): Promise<InstanceProcess> {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    env: { PATH: process.env.PATH, PORT: '0', ...settingsFor(sandbox, env) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const url = await urlPrintedBy(child, () => log);
  return {
    ...instanceAt(url, () => log),
    process: child,
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

function settingsFor(sandbox: Sandbox, env: Settings): Settings {
  return {
    INKEEP_URL: sandbox.inkeep.url,
    INKEEP_TENANT_ID: 'default',
    STATUS_INTERVAL_MS: String(INTERVAL_MS),
    ...env,
  };
}

/** The gateway, or a proxy in front of gateways, at this address. */
export function instanceAt(url: string, log: () => string = () => ''): Instance {
  const connect = (token = 'ada') => openSocket(url, token);
  return {
    url,
    log,
    connect,
    watch: (watch, client = connect()) => openWatcher(client, watch),
    async mutate(query, variables) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer ada' },
        body: JSON.stringify({ query, variables }),
      });
      return response.json();
    },
    async ready() {
      const response = await fetch(`${url}/ready`);
      return { status: response.status, body: (await response.json()) as { redis?: string } };
    },
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
    },
  };
}

/** Resolves once `/ready` says so of Redis. */
export async function becomes(instance: Instance, redis: 'up' | 'down'): Promise<void> {
  for (;;) {
    const { body } = await instance.ready();
    if (body.redis === redis) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function openSocket(url: string, token: string): Client {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  onTestFinished(() => void client.dispose());
  return client;
}

function openWatcher(client: Client, watch: object): Watcher {
  const told: Told[] = [];
  const readers: { count: number; resolve: () => void }[] = [];
  const leave = client.subscribe<{ toolStatus: Told }>(
    { query: QUERY, variables: { watch } },
    {
      next({ data }) {
        if (data) told.push(data.toolStatus);
        for (const { count, resolve } of readers) if (told.length >= count) resolve();
      },
      // The end of an instance ends its sockets; what a watcher was told is what tests look at.
      error() {},
      complete() {},
    },
  );
  return {
    told,
    get statuses() {
      return told.map(({ status }) => status);
    },
    toldOf: (count) =>
      told.length >= count ? Promise.resolve() : new Promise((resolve) => readers.push({ count, resolve })),
    leave,
  };
}

async function urlPrintedBy(child: ChildProcess, log: () => string): Promise<string> {
  let printed = '';
  for await (const text of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    printed += text;
    const url = /^GraphQL +(\S+)\/graphql.*\n/m.exec(printed)?.[1];
    if (url) {
      child.stdout?.resume();
      return url;
    }
  }
  throw new Error(`the gateway ended before it listened: ${log()}`);
}
