import { InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import possibleTypes from './gql/possible-types.js';

/** Creates an empty cache that knows the unions, the lists and the objects without an id of this schema. */
export function createCache(): InMemoryCache {
  return new InMemoryCache({
    possibleTypes: possibleTypes.possibleTypes,
    typePolicies: {
      Project: { fields: { tools: relayStylePagination(['status']), agents: relayStylePagination() } },
      McpServerConfig: { merge: true },
      ProjectPermissions: { merge: true },
    },
  });
}
