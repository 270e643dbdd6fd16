import { fileURLToPath } from 'node:url';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Sandbox, startSandbox } from '../src/sandbox/index.js';
import { type Server, startGateway } from './process.js';
import { RedisServer } from './redis.js';

const WATCHERS = 900;
/** A socket takes a hundred. */
const PER_SOCKET = 50;
const TOOLS = 10;
const INTERVAL_MS = 1_000;
const COUNTED_CALLS = 12 * TOOLS;
const CHANGES = 5;

const QUERY = `subscription ($watch: ToolStatusWatch!) {
  toolStatus(watch: $watch) { tool { toolId } status observedAt }
}`;
const IDS = Array.from({ length: TOOLS }, (_, n) => `tool-${n}`);
const WATCH = { tools: IDS.map((id) => Buffer.from(`Tool:default/bench/${id}`).toString('base64url')) };

interface StatusEvent {
  readonly tool: { readonly toolId: string };
  readonly status: string;
  readonly observedAt: string;
}

interface Measured {
  readonly instances: number;
  readonly isShared: boolean;
  /** Upstream calls in an interval, all instances together. */
  readonly callsPerInterval: number;
  /** From the poll that found a change until the last of all watchers has it; the median of some changes. */
  readonly changeMs: number;
}

/** The same watchers on one, two and three instances, with Redis and without. */
async function measureInstances(): Promise<Measured[]> {
  const redis = await RedisServer.start();
  try {
    const measured: Measured[] = [];
    for (const [instances, redisUrl] of [
      [1, redis.url] as const,
      [2, redis.url] as const,
      [3, redis.url] as const,
      [3] as const,
    ]) {
      measured.push(await measure(instances, redisUrl));
    }
    return measured;
  } finally {
    await redis.kill();
  }
}

async function measure(instances: number, redisUrl: string | undefined): Promise<Measured> {
  const sandbox = await startSandbox({ story: false, discoveryMs: 5 });
  sandbox.inkeep.addProject({ id: 'bench' });
  for (const id of IDS) sandbox.inkeep.addTool({ id });
  const env = { STATUS_INTERVAL_MS: String(INTERVAL_MS), ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) };
  const gateways = await Promise.all(Array.from({ length: instances }, () => startGateway(sandbox.inkeep.url, env)));
  try {
    const crowd = new Crowd(gateways);
    await crowd.received('tool-0', 'HEALTHY');
    const callsPerInterval = await countCalls(sandbox);
    const times: number[] = [];
    for (let n = 0; n < CHANGES; n++) times.push(await timeChange(sandbox, crowd, `tool-${n}`));
    await crowd.leave();
    return {
      instances,
      isShared: redisUrl !== undefined,
      callsPerInterval,
      changeMs: times.sort((a, b) => a - b)[Math.floor(CHANGES / 2)] ?? Number.NaN,
    };
  } finally {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await sandbox.close();
  }
}

/** From the time that so many calls take: a window of time would cut a round in two. */
async function countCalls({ inkeep }: Sandbox): Promise<number> {
  const before = inkeep.count('get-tool');
  await inkeep.arrived('get-tool', before + TOOLS);
  const begunAt = performance.now();
  await inkeep.arrived('get-tool', before + TOOLS + COUNTED_CALLS);
  return (COUNTED_CALLS * INTERVAL_MS) / (performance.now() - begunAt);
}

async function timeChange({ inkeep }: Sandbox, crowd: Crowd, toolId: string): Promise<number> {
  const observed = crowd.received(toolId, 'NEEDS_AUTH');
  inkeep.setMcp(toolId, { mode: 'needs_auth' });
  const observedAt = await observed;
  return Date.now() - observedAt;
}

/** Watchers, spread evenly over the instances. */
class Crowd {
  readonly #clients: Client[] = [];
  readonly #counts = new Map<string, { count: number; observedAt: number; resolve?: (observedAt: number) => void }>();

  constructor(gateways: readonly Server[]) {
    for (let n = 0; n < WATCHERS / PER_SOCKET; n++) {
      const { url } = gateways[n % gateways.length] as Server;
      const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
      this.#clients.push(client);
      for (let watcher = 0; watcher < PER_SOCKET; watcher++) this.#watch(client);
    }
  }

  /** Resolves once every watcher has received this status of a tool, with the time of the earliest observation, as `Date.now()`. */
  received(toolId: string, status: string): Promise<number> {
    return new Promise((resolve) => {
      const entry = this.#entry(`${toolId} ${status}`);
      if (entry.count === WATCHERS) resolve(entry.observedAt);
      else entry.resolve = resolve;
    });
  }

  async leave(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.dispose()));
  }

  #watch(client: Client): void {
    const next = ({ data }: { data?: { toolStatus: StatusEvent } | null }): void => {
      if (data) this.#note(data.toolStatus);
    };
    client.subscribe<{ toolStatus: StatusEvent }>(
      { query: QUERY, variables: { watch: WATCH } },
      { next, error() {}, complete() {} },
    );
  }

  #note({ tool, status, observedAt }: StatusEvent): void {
    const entry = this.#entry(`${tool.toolId} ${status}`);
    entry.count += 1;
    entry.observedAt = Math.min(entry.observedAt, Date.parse(observedAt));
    if (entry.count === WATCHERS) entry.resolve?.(entry.observedAt);
  }

  #entry(key: string) {
    const entry = this.#counts.get(key) ?? { count: 0, observedAt: Number.POSITIVE_INFINITY };
    this.#counts.set(key, entry);
    return entry;
  }
}

function print(measured: readonly Measured[]): void {
  console.log(`\n${WATCHERS} watchers of the same ${TOOLS} tools, an interval of ${INTERVAL_MS} ms`);
  console.log('instances'.padEnd(22), 'calls/interval'.padStart(16), 'change ms'.padStart(12));
  for (const { instances, isShared, callsPerInterval, changeMs } of measured) {
    const name = `${instances}${isShared ? '' : ', without Redis'}`;
    console.log(name.padEnd(22), callsPerInterval.toFixed(1).padStart(16), changeMs.toFixed(0).padStart(12));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) print(await measureInstances());
