import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import type { Client as LiveClient } from 'graphql-ws';

/** Creates a client that sends queries and mutations to `url` (`http://…/graphql`), and subscriptions through `live`. */
export function createUrql(url: string, live: LiveClient, token: () => string): Client {
  const subscriptions = subscriptionExchange({
    forwardSubscription: ({ query = '', variables }) => ({
      subscribe: (sink) => ({ unsubscribe: live.subscribe({ query, variables }, sink) }),
    }),
  });
  const fetchOptions = () => ({ headers: { authorization: `Bearer ${token()}` } });
  return new Client({
    url,
    fetchOptions,
    preferGetMethod: false,
    exchanges: [cacheExchange, subscriptions, fetchExchange],
  });
}
