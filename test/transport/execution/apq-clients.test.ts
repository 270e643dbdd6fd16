import { createHash } from 'node:crypto';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { print } from 'graphql';
import { describe, expect, test } from 'vitest';
import { temporaryFile } from '../../support/files.js';
import { startGateway } from '../../support/gateway.js';
import { createSocketClient } from '../../support/sockets.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const QUERY = '{ project(projectId: "support-desk") { name } }';
const DATA = { project: { name: 'Support desk' } };

const PRINTED = print(gql(`{ project(projectId: "support-desk") { name __typename } }`));

/** Settings without persisted operations, with others, and with this one alone. */
const SETTINGS: readonly (readonly [string, () => Record<string, string>])[] = [
  ['no persisted operations', () => ({})],
  ['other persisted operations', () => ({ PERSISTED_OPERATIONS: temporaryFile('{"a":"{ __typename }"}') })],
  [
    'only this operation',
    () => ({
      PERSISTED_OPERATIONS: temporaryFile(JSON.stringify({ [sha256(PRINTED)]: PRINTED, [sha256(QUERY)]: QUERY })),
      PERSISTED_ONLY: 'true',
    }),
  ],
];

describe.each(SETTINGS)('with %s', (_, settings) => {
  test.each([false, true])('Apollo Client with persisted queries gets its data (GET: %s)', async (useGET) => {
    const { url } = await startGateway({}, settings());
    const link = new PersistedQueryLink({ sha256, useGETForHashedQueries: useGET }).concat(
      new HttpLink({ uri: `${url}/graphql` }),
    );
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    for (let times = 0; times < 2; times++) {
      const { data } = await client.query({ query: gql(QUERY), fetchPolicy: 'network-only' });
      expect(data).toMatchObject(DATA);
    }
  });

  test.each([false, true])('urql with persisted queries gets its data (GET: %s)', async (useGET) => {
    const { url } = await startGateway({}, settings());
    const client = new Client({
      url: `${url}/graphql`,
      preferGetMethod: false,
      exchanges: [
        persistedExchange({
          preferGetForPersistedQueries: useGET,
          generateHash: async () => sha256(QUERY),
        }),
        fetchExchange,
      ],
    });
    for (let times = 0; times < 2; times++) {
      const { data, error } = await client.query(QUERY, {}).toPromise();
      expect(error).toBeUndefined();
      expect(data).toMatchObject(DATA);
    }
  });
});

test('graphql-ws sends an id as its recipe says', async () => {
  const { url } = await startGateway({}, { PERSISTED_OPERATIONS: temporaryFile(JSON.stringify({ project: QUERY })) });
  const results = createSocketClient(url).iterate({ query: '', extensions: { persistedQuery: 'project' } });
  expect((await results.next()).value).toMatchObject({ data: DATA });
});
