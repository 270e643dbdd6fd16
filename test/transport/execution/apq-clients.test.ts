import { createHash } from 'node:crypto';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { expect, test } from 'vitest';
import { startGateway } from '../../support/gateway.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const QUERY = '{ project(projectId: "support-desk") { name } }';
const DATA = { project: { name: 'Support desk' } };

test.each([false, true])(
  'Apollo Client with persisted queries sends the query and goes on (GET: %s)',
  async (useGET) => {
    const { url } = await startGateway();
    const link = new PersistedQueryLink({ sha256, useGETForHashedQueries: useGET }).concat(
      new HttpLink({ uri: `${url}/graphql` }),
    );
    const client = new ApolloClient({ link, cache: new InMemoryCache({ addTypename: false } as object) });
    for (let times = 0; times < 2; times++) {
      const { data } = await client.query({ query: gql(QUERY), fetchPolicy: 'network-only' });
      expect(data).toMatchObject(DATA);
    }
  },
);

test.each([false, true])('urql with persisted queries sends the query and goes on (GET: %s)', async (useGET) => {
  const { url } = await startGateway();
  const client = new Client({
    url: `${url}/graphql`,
    preferGetMethod: false,
    exchanges: [
      persistedExchange({ preferGetForPersistedQueries: useGET, generateHash: async (text) => sha256(text) }),
      fetchExchange,
    ],
  });
  for (let times = 0; times < 2; times++) {
    const { data, error } = await client.query(QUERY, {}).toPromise();
    expect(error).toBeUndefined();
    expect(data).toMatchObject(DATA);
  }
});
