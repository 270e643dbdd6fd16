import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../redis.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const HEAP = new URL('../heap.mjs', import.meta.url).href;

/** What a gateway holds when nobody asks anything. */
export interface Held {
  /** After garbage collection. */
  readonly heapMiB: number;
  readonly residentMiB: number;
  readonly descriptors: number;
  readonly timers: number;
  /** Watches of live status, and everything else that must be over: subscriptions, requests, sockets, upstream calls. */
  readonly polls: number;
  readonly running: number;
}

/** The built gateway in a process of its own, on a port that it keeps when it is started again. */
export class Gateway {
  readonly url: string;
  readonly #port: number;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess;

  private constructor(port: number, env: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#port = port;
    this.#env = env;
    this.#child = this.#spawn();
  }

  static async start(env: Readonly<Record<string, string>>): Promise<Gateway> {
    const gateway = new Gateway(await freePort(), env);
    await gateway.#listening();
    return gateway;
  }

  /** Ends the process as a crash does, and starts it again. */
  async crash(): Promise<void> {
    await this.#end('SIGKILL');
    this.#child = this.#spawn();
    await this.#listening();
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async held(): Promise<Held> {
    const answer = once(this.#child, 'message');
    this.#child.send('memory');
    const [{ heapUsed, rss }] = (await answer) as [NodeJS.MemoryUsage];
    const metrics = await (await fetch(`${this.url}/metrics`)).text();
    const sum = (name: string, label = ''): number =>
      [...metrics.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)$`, 'gm'))]
        .filter(([, labels = '']) => labels.includes(label))
        .reduce((total, [, , value]) => total + Number(value), 0);
    return {
      heapMiB: heapUsed / 2 ** 20,
      residentMiB: rss / 2 ** 20,
      descriptors: sum('process_open_fds'),
      timers: sum('nodejs_active_resources', 'type="Timeout"'),
      polls: sum('gateway_status_watches'),
      running:
        sum('gateway_graphql_operations_active') +
        sum('gateway_http_requests_active', 'route="/graphql"') +
        sum('gateway_websockets_open') +
        sum('gateway_status_watchers') +
        sum('gateway_upstream_lane_active') +
        sum('gateway_upstream_lane_waiting'),
    };
  }

  #spawn(): ChildProcess {
    return spawn(process.execPath, ['--expose-gc', '--import', HEAP, MAIN, 'serve'], {
      env: {
        PATH: process.env.PATH,
        PORT: String(this.#port),
        NODE_ENV: 'production',
        LOG_LEVEL: 'fatal',
        ...this.#env,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  async #listening(): Promise<void> {
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`the gateway ended with ${this.#child.exitCode}`);
      const isUp = await fetch(`${this.url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}
