import { once } from 'node:events';
import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { HTTP_LIMITS } from '../src/transport/server.js';
import { openSocket, readToEnd, startTransport } from './support/transport.js';

/** A schema whose `wait` field begins, and ends when the test says so. */
function createWaitingSchema() {
  const begun = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  let subscribed = 0;
  const schema = createSchema({
    typeDefs: 'type Query { wait: String after(id: Int): String } type Subscription { ticks: Int }',
    resolvers: {
      Query: {
        wait: async () => {
          begun.resolve();
          await release.promise;
          return 'done';
        },
      },
      Subscription: {
        ticks: {
          subscribe: () => {
            subscribed += 1;
            let sent = false;
            return {
              [Symbol.asyncIterator]() {
                return this;
              },
              next() {
                if (!sent) {
                  sent = true;
                  return Promise.resolve({ done: false, value: { ticks: 1 } });
                }
                begun.resolve();
                return new Promise(() => undefined);
              },
              return() {
                left.resolve();
                return Promise.resolve({ done: true, value: undefined });
              },
            };
          },
        },
      },
    },
  });
  return { schema, begun: begun.promise, release: release.resolve, left: left.promise, subscribed: () => subscribed };
}
