import { createSchema, type Plugin } from 'graphql-yoga';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { createGateway } from '../../../src/gateway.js';
import { createLogger } from '../../../src/log.js';
import { connect } from '../../support/sockets.js';
import { startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String } type Mutation { rename: String } type Subscription { ticks: Int }',
  resolvers: {
    Query: { hello: () => 'world' },
    Mutation: { rename: () => 'done' },
    Subscription: {
      ticks: {
        async *subscribe() {
          for (const ticks of [1, 2, 3]) yield { ticks };
        },
      },
    },
  },
});

/** A plugin that writes down which of its hooks were called, in their order. */
function createSpy() {
  const calls: string[] = [];
  const plugin: Plugin = {
    onParse: () => void calls.push('parse'),
    onValidate: () => void calls.push('validate'),
    onExecute: ({ args }) => {
      calls.push('execute');
      const event = args.rootValue as { ticks: number } | undefined;
      return { onExecuteDone: ({ result }) => void calls.push(`executed ${event?.ticks ?? JSON.stringify(result)}`) };
    },
    onSubscribe: () => {
      calls.push('subscribe');
      return {
        onSubscribeResult: () => ({
          onNext: ({ result }) => void calls.push(`next ${JSON.stringify(result)}`),
          onEnd: () => void calls.push('end'),
        }),
      };
    },
  };
  return { calls, plugin };
}

type Send = (url: string, query: string) => Promise<void>;

const post =
  (accept: string): Send =>
  async (url, query) => {
    const headers = { 'content-type': 'application/json', accept };
    await (await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })).text();
  };

const get =
  (accept: string): Send =>
  async (url, query) => {
    await (await fetch(`${url}/graphql?${new URLSearchParams({ query })}`, { headers: { accept } })).text();
  };

const overSocket: Send = async (url, query) => {
  const client = await connect(url, { params: {} });
  client.send({ type: 'subscribe', id: '1', payload: { query } });
  while ((await client.next()).type === 'next');
};

const SINGLE: [string, Send][] = [
  ['POST', post('application/json')],
  ['an event stream', post('text/event-stream')],
  ['WebSocket', overSocket],
];
const STREAMS: [string, Send][] = [
  ['an event stream by POST', post('text/event-stream')],
  ['an event stream by GET', get('text/event-stream')],
  ['WebSocket', overSocket],
];

describe('a plugin sees', () => {
  test.each([...SINGLE, ['GET', get('application/json')] as [string, Send]])('a query over %s', async (_, send) => {
    const { calls, plugin } = createSpy();
    const { url } = await startTransport(schema, { plugins: [plugin] });
    await send(url, '{ hello }');
    expect(calls).toEqual(['parse', 'validate', 'execute', 'executed {"data":{"hello":"world"}}']);
  });

  test.each(SINGLE)('a mutation over %s', async (_, send) => {
    const { calls, plugin } = createSpy();
    const { url } = await startTransport(schema, { plugins: [plugin] });
    await send(url, 'mutation { rename }');
    expect(calls).toEqual(['parse', 'validate', 'execute', 'executed {"data":{"rename":"done"}}']);
  });

  test.each(STREAMS)('a subscription and each of its events over %s', async (_, send) => {
    const { calls, plugin } = createSpy();
    const { url } = await startTransport(schema, { plugins: [plugin] });
    await send(url, 'subscription { ticks }');
    const event = (ticks: number) => ['execute', `executed ${ticks}`, `next {"data":{"ticks":${ticks}}}`];
    expect(calls).toEqual(['parse', 'validate', 'subscribe', ...event(1), ...event(2), ...event(3), 'end']);
  });
});

describe('what a plugin does to an event', () => {
  test('reaches the client', async () => {
    const plugin: Plugin = {
      onSubscribe: () => ({
        onSubscribeResult: () => ({ onNext: ({ setResult }) => setResult({ data: { ticks: 7 } }) }),
      }),
    };
    const { url } = await startTransport(schema, { plugins: [plugin] });
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { ticks }' } });
    expect(await client.next()).toEqual({ type: 'next', id: '1', payload: { data: { ticks: 7 } } });
  });

  test.each<[string, Plugin]>([
    [
      'onNext',
      {
        onSubscribe: () => ({
          onSubscribeResult: () => ({
            onNext: () => {
              throw new Error('a secret');
            },
          }),
        }),
      },
    ],
    [
      'onExecute',
      {
        onExecute: () => {
          throw new Error('a secret');
        },
      },
    ],
  ])('is masked if it fails in %s, and ends the subscription', async (_, plugin) => {
    const { url } = await startTransport(schema, { plugins: [plugin] });
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { ticks }' } });
    expect(await client.next()).toMatchObject({
      type: 'error',
      payload: [{ message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
  });
});

test('a plugin of the gateway sees its operations', async () => {
  const { calls, plugin } = createSpy();
  const config = loadConfig({ SANDBOX: 'false', KATAVEN_URL: 'http://127.0.0.1:1' });
  const gateway = createGateway(config, createLogger('silent'), undefined, { plugins: [plugin] });
  onTestFinished(() => gateway.close());
  const { url } = await gateway.listen('127.0.0.1', 0);
  await post('application/json')(url, '{ __typename }');
  expect(calls).toEqual(['parse', 'validate', 'execute', 'executed {"data":{"__typename":"Query"}}']);
});
