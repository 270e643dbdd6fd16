import { once } from 'node:events';
import { connect } from 'node:net';
import { createSchema } from 'graphql-yoga';
import { expect, onTestFinished, test } from 'vitest';
import { startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String }',
  resolvers: { Query: { hello: () => 'world' } },
});

async function openConnection(url: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

test('closes connections above the limit, and warns once in a while', async () => {
  const started = await startTransport(schema, { limits: { http: { maxConnections: 1 } } });
  const first = await openConnection(started.url);
  for (let count = 0; count < 3; count += 1) {
    const refused = await openConnection(started.url);
    if (!refused.closed) await once(refused, 'close');
  }
  const warnings = started.lines.filter(({ msg }) => msg === 'connections refused: too many are open');
  expect(warnings).toMatchObject([{ level: 40, maxConnections: 1, refused: 1 }]);
  expect(first.closed).toBe(false);
}, 5_000);
