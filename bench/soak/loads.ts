import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { WebSocket } from 'ws';

/** Answers by what they are, and the slowest. */
export interface Tally {
  good: number;
  /** Errors in an answer, as an outage causes them. */
  errors: number;
  /** Answers with status 500, or none at all. */
  broken: number;
  slowestMs: number;
}

export const newTally = (): Tally => ({ good: 0, errors: 0, broken: 0, slowestMs: 0 });

/** One client program of an instance. */
export class Sender {
  readonly #pool: Pool;

  constructor(url: string) {
    this.#pool = new Pool(url, { connections: 64, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });
  }

  /** Resolves with whether the answer has data and no error. */
  async send(body: string | Buffer, tally: Tally): Promise<boolean> {
    const startedAt = performance.now();
    try {
      const headers = { 'content-type': 'application/json' };
      const { statusCode, body: answer } = await this.#pool.request({
        method: 'POST',
        path: '/graphql',
        headers,
        body,
      });
      const text = await answer.text();
      const isGood = statusCode === 200 && text.includes('"data":{') && !text.includes('"errors":');
      if (statusCode >= 500) tally.broken += 1;
      else if (isGood) tally.good += 1;
      else tally.errors += 1;
      return isGood;
    } catch {
      tally.broken += 1;
      return false;
    } finally {
      tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedAt);
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** Sends bodies in turn, so many in a second, until the signal aborts. Skips its turn while 500 answers are outstanding. */
export async function sendSteadily(
  sender: Sender,
  bodies: readonly string[],
  perSecond: number,
  tally: Tally,
  signal: AbortSignal,
) {
  let due = performance.now();
  let sent = 0;
  let outstanding = 0;
  while (!signal.aborted) {
    while (due <= performance.now()) {
      due += 1000 / perSecond;
      if (outstanding >= 500) continue;
      outstanding += 1;
      void sender.send(bodies[sent++ % bodies.length] ?? '', tally).finally(() => {
        outstanding -= 1;
      });
    }
    await sleep(5);
  }
  while (outstanding > 0) await sleep(20);
}

const post = (query: string, variables: object = {}) => JSON.stringify({ query, variables });

/** Queries of a page, and of a client that follows links. */
export const HONEST = [
  post('query Tool($id: String!) { tool(projectId: "soak", toolId: $id) { id name description } }', { id: 'tool-001' }),
  post('query Tools { project(projectId: "soak") { tools(first: 20) { nodes { id name config { url } } } } }'),
  post(
    'query Deep { agent(projectId: "soak", agentId: "agent-0") { name subAgents { nodes { id toolRelations { nodes { id tool { id name } } } } } } }',
  ),
  post('query Voice { voiceTools(first: 5) { nodes { id name } } }'),
  post('query Type { __typename }'),
];

/** Documents that are made to hurt. `n` makes each distinct. */
export function hostile(n: number): string {
  const fragments = Array.from(
    { length: 40 },
    (_, i) => `fragment F${i} on Query { ...F${i + 1} a${i}: __typename ...F${i + 1} }`,
  );
  const kinds = [
    () => post(`{ ${Array.from({ length: 5_000 }, (_, i) => `a${i}: __typename`).join(' ')} b${n}: __typename }`),
    () =>
      post(
        `{ __schema { types { fields { ${Array.from({ length: 3_000 }, (_, i) => `a${i}: name`).join(' ')} } } } b${n}: __typename }`,
      ),
    () => post(`${fragments.join(' ')} fragment F40 on Query { z${n}: __typename } { ...F0 }`),
    () =>
      post(
        `query Q${n} { agent(projectId: "soak", agentId: "agent-0") { ${'subAgents { nodes { agent { '.repeat(60)} id ${'} } }'.repeat(60)} } }`,
      ),
    () => post(`{ a${n}: __typename ${'@include(if: true) '.repeat(5_000)} }`),
    () =>
      post(
        `# ${n}\n{ project(projectId: "soak") { tools(first: 500) { nodes { relations(first: 500) { nodes { tool { relations(first: 500) { nodes { id } } } } } } } } }`,
      ),
    () => post(`query Q${n}($v: Int) { __typename }`, { v: Array(20_000).fill('x') }),
    () => `{"query":"{ __typename }","variables":${'['.repeat(20_000)}`,
    () => post(`{ q${n}: __typename`),
    () => post(`{ ${'\\u0000'.repeat(1_000)} }`),
    () => post(`query Q${n} { ${'x '.repeat(100_000)} }`),
  ];
  return (kinds[n % kinds.length] as () => string)();
}

/** A valid document that weighs about 150 KB in the cache of documents. `n` makes it distinct. */
export function distinct(n: number): string {
  return post(`query Distinct${n} { project(projectId: "soak") { ${'__typename '.repeat(300)} } }`);
}

/** Clients that are slow, that lie, or that go away in the middle, one after the other. */
export async function misbehave(url: string, signal: AbortSignal): Promise<number> {
  const port = Number(new URL(url).port);
  let count = 0;
  while (!signal.aborted) {
    count += 1;
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    const head =
      'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 500\r\n';
    switch (count % 5) {
      case 0: // Headers that never end.
        socket.write(head);
        break;
      case 1: // A body that never ends.
        socket.write(`${head}\r\n{"query":`);
        break;
      case 2: // A subscription over an event stream that nobody reads.
        socket.write(`${streamRequest()}`);
        socket.pause();
        break;
      case 3: // Not HTTP.
        socket.write(Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 37) % 256)));
        break;
      default:
        watchAndVanish(url);
    }
    setTimeout(() => socket.destroy(), 3_000);
    await sleep(50);
  }
  await sleep(3_500);
  return count;
}

const WATCH = 'subscription { toolStatus(watch: { project: "UHJvamVjdDpkZWZhdWx0L3NvYWs" }) { status } }';

function streamRequest(): string {
  const body = post(WATCH);
  return `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/** Subscribes over a WebSocket, and is cut off without a closing handshake. */
function watchAndVanish(url: string): void {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('error', () => {});
  socket.once('open', () => {
    socket.send('{"type":"connection_init"}');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: WATCH } }));
    setTimeout(() => socket.terminate(), 500);
  });
}
