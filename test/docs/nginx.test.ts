import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { WebSocket } from 'ws';
import { type InstanceProcess, instanceAt, startProcess, startUpstream } from '../support/instances.js';
import { startNginx } from '../support/nginx.js';
import { startRedis } from '../support/redis.js';
import { connect } from '../support/sockets.js';
import { idOf, openStream } from '../support/status.js';

const AGENT = idOf('Agent', 'lab', 'support');
const DESK = idOf('Tool', 'lab', 'desk');

/** Two gateways that share Redis, and nginx in front of them. */
async function startBehindNginx(context: TestContext, env: Record<string, string> = {}) {
  const redis = await startRedis(context);
  const sandbox = await startUpstream();
  const settings = { REDIS_URL: redis.url, TRUST_PROXY: 'true', ...env };
  const gateways = await Promise.all([startProcess(sandbox, settings), startProcess(sandbox, settings)] as const);
  const url = await startNginx(context, [gateways[0].url, gateways[1].url]);
  return { url, gateways, sandbox, front: instanceAt(url) };
}

function post(url: string, query: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer ada', ...headers },
    body: JSON.stringify({ query }),
  });
}

const TOOLS = '{ project(projectId: "lab") { tools { nodes { toolId } } } }';
const NAMED = { data: { project: { tools: { nodes: [{ toolId: 'desk' }] } } } };

describe('docs/operating/nginx.conf', { timeout: 60_000 }, () => {
  test('sends queries to both gateways', async (context) => {
    const { url, gateways } = await startBehindNginx(context);
    const answers = await Promise.all(Array.from({ length: 20 }, async () => (await post(url, TOOLS)).json()));
    expect(answers).toEqual(Array(20).fill(NAMED));
    const [first, second] = await Promise.all([operations(gateways[0]), operations(gateways[1])]);
    expect([Math.min(first, second) > 0, first + second]).toEqual([true, 20]);
  });

  test('compresses responses', async (context) => {
    const { url } = await startBehindNginx(context);
    const response = await post(url, `{ __schema { types { name } } }`, { 'accept-encoding': 'gzip' });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect((await response.json()).data.__schema.types.length).toBeGreaterThan(50);
  });

  test('passes on events of a stream at once', async (context) => {
    const { url, sandbox } = await startBehindNginx(context);
    const stream = await openStream(url, {
      watch: { agent: AGENT },
      headers: { authorization: 'Bearer ada' },
      tool: 'toolId',
      onTestFinished: context.onTestFinished,
    });
    expect(await stream.next()).toMatchObject({ tool: { toolId: 'desk' }, status: 'HEALTHY' });
    sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
    expect(await stream.next()).toMatchObject({ status: 'NEEDS_AUTH', previousStatus: 'HEALTHY' });
  });

  test('passes on WebSockets', async (context) => {
    const { front, sandbox } = await startBehindNginx(context);
    const watcher = front.watch({ tools: [DESK] });
    await watcher.toldOf(1);
    sandbox.inkeep.setMcp('desk', { mode: 'reset' });
    await watcher.toldOf(2);
    expect(watcher.statuses).toEqual(['HEALTHY', 'UNAVAILABLE']);
  });

  test('lets pages of its own address open WebSockets, and those of others not', async (context) => {
    const { url } = await startBehindNginx(context);
    const own = await connect(url, { headers: { origin: url }, params: {} });
    expect(own.socket.readyState).toBe(own.socket.OPEN);
    await expect(connect(url, { headers: { origin: 'https://evil.example' } })).rejects.toThrow('403');
  });

  test('tells the gateway the address of the client, and not what the client says of it', async (context) => {
    const { url } = await startBehindNginx(context, { MAX_WEBSOCKETS_PER_CLIENT: '1' });
    const forged = (address: string) =>
      connect(url, { headers: { 'x-forwarded-for': address, forwarded: `for=${address}` } });
    // One for each gateway, and no third one.
    await forged('198.51.100.1');
    await forged('198.51.100.2');
    await expect(forged('198.51.100.3')).rejects.toThrow('429');
  });

  describe.each(['SIGTERM', 'SIGKILL'] as const)('when a gateway gets %s', (signal) => {
    test('the other one answers, and clients that reconnect go on', async (context) => {
      const { url, gateways, sandbox } = await startBehindNginx(context);
      const watchers = Array.from({ length: 4 }, () => watchAgain(url));
      await Promise.all(watchers.map((statuses) => becomes(statuses, 'HEALTHY')));
      const gone = once(gateways[0].process, 'exit');
      gateways[0].process.kill(signal);
      const answers: number[] = [];
      for (let n = 0; n < 40; n++) {
        answers.push((await post(url, TOOLS)).status);
        await sleep(10);
      }
      await gone;
      // A request that a killed gateway had received is not sent to the other one: it may be a mutation.
      const lost = answers.filter((status) => status !== 200);
      expect(lost).toEqual(signal === 'SIGKILL' ? lost.slice(0, 1).map(() => 502) : []);
      sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
      await Promise.all(watchers.map((statuses) => becomes(statuses, 'NEEDS_AUTH')));
    });
  });
});

/** Watches as a frontend does: the client reconnects. Returns the statuses so far. */
function watchAgain(url: string): readonly string[] {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: 'Bearer ada' },
    retryWait: () => sleep(100),
    shouldRetry: () => true,
  });
  onTestFinished(() => void client.dispose());
  const statuses: string[] = [];
  client.subscribe<{ toolStatus: { status: string } }>(
    { query: `subscription { toolStatus(watch: { agent: "${AGENT}" }) { status } }` },
    { next: ({ data }) => void statuses.push(data?.toolStatus.status ?? 'no data'), error() {}, complete() {} },
  );
  return statuses;
}

async function becomes(statuses: readonly string[], last: string): Promise<void> {
  await expect.poll(() => statuses.at(-1), { timeout: 15_000 }).toBe(last);
}

/** Operations that a gateway has answered. */
async function operations({ url }: InstanceProcess): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('gateway_graphql_operations_total{'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
