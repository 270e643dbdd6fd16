import { ApolloClient, ApolloLink, HttpLink } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { SetContextLink } from '@apollo/client/link/context';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import type { DocumentNode, OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';
import { createCache } from './cache.js';

/** Where the token of the signed-in user comes from. */
export interface TokenSource {
  get(): Promise<string>;
}

/** Creates a client that sends queries and mutations to `url` (`http://…/graphql`), and subscriptions through `live`. */
export function createApollo(url: string, live: Client, token: TokenSource, links: ApolloLink[] = []): ApolloClient {
  const authorize = new SetContextLink(async ({ headers }) => ({
    headers: { ...headers, authorization: `Bearer ${await token.get()}` },
  }));
  const http = ApolloLink.from([...links, authorize, new HttpLink({ uri: url })]);
  const isSubscription = ({ operationType }: { operationType: OperationTypeNode }) => operationType === 'subscription';
  const link = ApolloLink.split(isSubscription, new GraphQLWsLink(live), http);
  // For @defer.
  const incrementalHandler = new Defer20220824Handler();
  return new ApolloClient({ link, cache: createCache(), incrementalHandler });
}

/** Sends the hash of each operation instead of its text: the hash that codegen wrote to `persisted-documents.json`. */
export const persisted = new PersistedQueryLink({
  generateHash: (document: DocumentNode & { __meta__?: { hash: string } }) => document.__meta__?.hash ?? '',
});
