import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from '../graph/index.js';

/** Returns the GraphQL schema in SDL, sorted by name. */
export function schemaText(): string {
  return printSchema(lexicographicSortSchema(schema));
}
