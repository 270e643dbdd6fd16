import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './graphql-env.js';

interface Scalars {
  DateTime: string;
  JSON: unknown;
  JSONObject: Record<string, unknown>;
}

export const graphql = initGraphQLTada<{ introspection: introspection; scalars: Scalars }>();
