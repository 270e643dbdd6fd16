import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import type { Client as LiveClient, Sink } from 'graphql-ws';

/** Creates a client that sends queries and mutations to `url` (`http://…/graphql`), and subscriptions through `live`. */
export function createUrql(url: string, live: LiveClient, token: () => string): Client {
  const subscriptions = subscriptionExchange({
    forwardSubscription: ({ query = '', variables }) => ({
      // With `exactOptionalPropertyTypes`, the types of a result in urql and in graphql-ws differ.
      subscribe: (sink) => ({ unsubscribe: live.subscribe({ query, variables }, sink as Sink) }),
    }),
  });
  const fetchOptions = () => ({ headers: { authorization: `Bearer ${token()}` } });
  // An operation passes the exchanges in this order: the last one sends everything that is left.
  const exchanges = [cacheExchange, subscriptions, fetchExchange];
  return new Client({ url, fetchOptions, preferGetMethod: false, exchanges });
}
