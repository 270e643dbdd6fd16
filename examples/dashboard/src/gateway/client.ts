import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import possibleTypes from '../gql/possible-types.js';
import { live, onRecovery } from './connection.js';
import { currentToken } from './session.js';

const http = new HttpLink({ uri: '/graphql', headers: { authorization: `Bearer ${currentToken()}` } });

export const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(live),
    http,
  ),
  cache: new InMemoryCache({
    possibleTypes: possibleTypes.possibleTypes,
    typePolicies: {
      Project: { fields: { tools: relayStylePagination() } },
      ProjectPermissions: { merge: true },
    },
  }),
});

// Queries that failed while the gateway was away, and those that may have missed a change.
onRecovery(() => void client.refetchQueries({ include: 'active' }));
