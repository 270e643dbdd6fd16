import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveClient } from '../../examples/live/client.js';
import { subscribe } from '../../examples/live/events.js';
import { renewing } from '../../examples/live/renewing.js';
import { LiveStatusDocument, type LiveStatusSubscription } from '../../schema/generated/graphql.js';
import { startRawUpstream } from '../support/scripted-upstream.js';
import { idOf, type StatusGateway, startStatus } from '../support/status.js';

type Change = LiveStatusSubscription['toolStatus'];
type Token = Parameters<typeof createLiveClient>[1];

/** A running example. */
interface Watching {
  next(): Promise<Change>;
  /** The errors that ended the subscription; undefined if no watched tool is left. */
  readonly ended: Promise<unknown>;
  stop(): void;
}

type Example = (url: string, token: Token) => Watching;

const OPERATION = { query: LiveStatusDocument.toString(), variables: { agent: idOf('Agent', 'lab', 'support') } };

const overWebSocket: Example = (url, token) => {
  vi.stubGlobal('WebSocket', WebSocket);
  onTestFinished(() => void vi.unstubAllGlobals());
  const client = renewing(createLiveClient(`${url.replace('http', 'ws')}/graphql`, token));
  const changes = createQueue<Change>();
  let stop = (): void => undefined;
  const ended = new Promise((resolve) => {
    stop = client.subscribe<LiveStatusSubscription>(OPERATION, {
      next: ({ data }) => data && changes.put(data.toolStatus),
      error: resolve,
      complete: () => resolve(undefined),
    });
  });
  onTestFinished(() => stop());
  return { next: changes.take, ended, stop };
};

const overEvents: Example = (url, token) => {
  const controller = new AbortController();
  const stop = () => controller.abort();
  onTestFinished(stop);
  const changes = createQueue<Change>();
  const operation = { ...OPERATION, url: `${url}/graphql`, signal: controller.signal, token };
  const read = async () => {
    for await (const { toolStatus } of subscribe<LiveStatusSubscription>(operation)) changes.put(toolStatus);
  };
  return { next: changes.take, ended: read().catch((error: Error) => error.cause), stop };
};

describe.each([
  ['client', overWebSocket],
  ['events', overEvents],
])('the example live/%s', (_, begin) => {
  test('yields the current status of each tool of the agent, then a change', async () => {
    const gateway = await startDesk();
    const { next } = begin(gateway.url, tokenOf('a-token'));
    const first = [await next(), await next()];
    expect(first.map(({ tool, status }) => [tool.name, status]).sort()).toEqual([
      ['Mail', 'HEALTHY'],
      ['Wiki', 'HEALTHY'],
    ]);
    gateway.sandbox.inkeep.setMcp('wiki', { mode: 'reset' });
    expect(await next()).toMatchObject({
      tool: { name: 'Wiki' },
      status: 'UNAVAILABLE',
      previousStatus: 'HEALTHY',
      freshness: 'LIVE',
    });
  });

  test('reconnects when its connection is lost, and receives the current status', async () => {
    const gateway = await startDesk();
    const proxy = await startProxy(gateway);
    const { next } = begin(proxy.url, tokenOf('a-token'));
    await Promise.all([next(), next()]);
    proxy.cut();
    gateway.sandbox.inkeep.setMcp('wiki', { mode: 'needs_auth' });
    const again = [await next(), await next()];
    expect(again.map(({ tool, previousStatus }) => [tool.name, previousStatus]).sort()).toEqual([
      ['Mail', null],
      ['Wiki', null],
    ]);
  });

  test('continues on another instance when its gateway is shut down', async () => {
    const [first, second] = [await startDesk(), await startDesk()];
    const proxy = await startProxy(first);
    const { next } = begin(proxy.url, tokenOf('a-token'));
    await Promise.all([next(), next()]);
    second.sandbox.inkeep.setMcp('wiki', { mode: 'needs_auth' });
    proxy.forwardTo(second);
    await first.close();
    const again = [await next(), await next()];
    expect(again.map(({ tool, status }) => [tool.name, status]).sort()).toEqual([
      ['Mail', 'HEALTHY'],
      ['Wiki', 'NEEDS_AUTH'],
    ]);
  });

  test('reconnects if the first connection fails', async () => {
    const gateway = await startDesk();
    const proxy = await startProxy(gateway, { refused: 1 });
    const { next } = begin(proxy.url, tokenOf('a-token'));
    expect(await next()).toMatchObject({ status: 'HEALTHY' });
  });

  test('reconnects when its connection is silent', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());
    const gateway = await startDesk();
    const proxy = await startProxy(gateway);
    const { next } = begin(proxy.url, tokenOf('a-token'));
    await Promise.all([next(), next()]);
    proxy.freeze();
    const again = next();
    // A ping after 12 s and no pong for 5 s, or no keep-alive for 30 s. Then a pause of one second.
    for (let seconds = 0; seconds < 32; seconds++) await vi.advanceTimersByTimeAsync(1_000);
    expect(await again).toMatchObject({ previousStatus: null });
  });

  test('keeps a connection without events that is alive', async () => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
      shouldAdvanceTime: true,
    });
    onTestFinished(() => void vi.useRealTimers());
    const gateway = await startDesk();
    const proxy = await startProxy(gateway);
    const { next } = begin(proxy.url, tokenOf('a-token'));
    await Promise.all([next(), next()]);
    for (let seconds = 0; seconds < 40; seconds++) {
      await vi.advanceTimersByTimeAsync(1_000);
      // Lets keep-alives arrive, also on a busy machine.
      for (let n = 0; n < 3; n++) await fetch(`${gateway.url}/health`);
    }
    expect(proxy.connections).toBe(1);
  });

  test('gets a new token when the gateway rejects the old one, and continues with it', async () => {
    const gateway = await startDesk();
    const { next } = begin(gateway.url, tokenOf('Monday', 'Tuesday'));
    await Promise.all([next(), next()]);
    gateway.sandbox.inkeep.fault({ kind: 'status', status: 401 });
    await Promise.all([next(), next()]);
    const presented = gateway.sandbox.inkeep.requests.map(({ headers }) => headers.authorization);
    expect([...new Set(presented)]).toEqual(['Bearer Monday', 'Bearer Tuesday']);
  });

  test('ends with the error when the new token is rejected too', async () => {
    const gateway = await startDesk();
    const token = tokenOf('expired', 'expired', 'a-token');
    expect(await begin(gateway.url, token).ended).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(token.asked).toBe(2);
  });

  test('ends immediately on an error that is not about the token', async () => {
    const gateway = await startDesk();
    const token = tokenOf('forbidden', 'a-token');
    expect(await begin(gateway.url, token).ended).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(token.asked).toBe(1);
  });

  test('ends without an error when no watched tool is left', async () => {
    const gateway = await startDesk();
    gateway.sandbox.inkeep.removeAgent({ id: 'support' });
    expect(await begin(gateway.url, tokenOf('a-token')).ended).toBeUndefined();
  });

  test('leaves no subscription in the gateway when it is stopped', async () => {
    const gateway = await startDesk();
    const { next, ended, stop } = begin(gateway.url, tokenOf('a-token'));
    await next();
    expect(await gateway.metric('gateway_status_watchers')).toBe(1);
    stop();
    expect(await ended).toBeUndefined();
    await expect.poll(() => gateway.metric('gateway_status_watchers')).toBe(0);
    expect(await gateway.metric('gateway_websockets_open')).toBe(0);
  });
});

/** A gateway with an agent that has two tools. */
async function startDesk(): Promise<StatusGateway> {
  const gateway = await startStatus();
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'mail', name: 'Mail' });
  inkeep.addTool({ id: 'wiki', name: 'Wiki' });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'mail' });
  inkeep.addRelation({ subAgentId: 'triage', toolId: 'wiki' });
  return gateway;
}

/** A token source that returns the first of these until it is forgotten, then the next. */
function tokenOf(...list: readonly [string, ...string[]]): Token & { readonly asked: number } {
  let [asked, forgotten] = [0, 0];
  return {
    get asked() {
      return asked;
    },
    async get() {
      asked += 1;
      return list[forgotten] ?? 'no token left';
    },
    forget() {
      forgotten += 1;
    },
  };
}

interface Proxy {
  readonly url: string;
  /** Connections made so far. */
  readonly connections: number;
  /** Resets all open connections. */
  cut(): void;
  /** Keeps all open connections, but forwards nothing any more. */
  freeze(): void;
  /** Forwards new connections to this gateway. */
  forwardTo(gateway: StatusGateway): void;
}

/** A proxy in front of the gateway that loses connections: the first `refused` immediately, others on `cut` or `freeze`. */
async function startProxy(gateway: StatusGateway, { refused = 0 } = {}): Promise<Proxy> {
  let target = gateway;
  const pairs: { readonly client: Socket; readonly server: Socket }[] = [];
  let connections = 0;
  const proxy = await startRawUpstream((client, n) => {
    connections = n;
    if (n <= refused) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(Number(new URL(target.url).port), '127.0.0.1');
    server.on('error', () => undefined);
    client.pipe(server).pipe(client);
    client.once('close', () => server.destroy());
    pairs.push({ client, server });
  });
  return {
    url: proxy.url,
    get connections() {
      return connections;
    },
    cut() {
      for (const { client } of pairs.splice(0)) client.resetAndDestroy();
    },
    freeze() {
      for (const { client, server } of pairs.splice(0)) {
        client.unpipe(server).pause();
        server.unpipe(client).pause();
      }
    },
    forwardTo(other) {
      target = other;
    },
  };
}

function createQueue<Item>() {
  const items: Item[] = [];
  const readers: ((item: Item) => void)[] = [];
  return {
    put(item: Item): void {
      const reader = readers.shift();
      if (reader) reader(item);
      else items.push(item);
    },
    take(): Promise<Item> {
      const item = items.shift();
      return item === undefined ? new Promise((resolve) => readers.push(resolve)) : Promise.resolve(item);
    },
  };
}
