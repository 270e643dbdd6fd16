import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import type { Service } from '../../../upstream/client/call.js';
import { UpstreamNotFound } from '../../../upstream/client/errors/upstream-errors.js';
import type { GraphContext } from '../context.js';
import { toGraphQLError } from './error-codes.js';

/**
 * Wraps every resolver of the schema, so that resolvers can throw upstream errors. An object that does not exist becomes null
 * without an error, other upstream errors become the client's errors (see `toGraphQLError`), and internal errors stay as they
 * are, for the transport to mask. Changes the schema in place and returns it.
 */
export function guardResolvers(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { upstream } = field.extensions as { upstream?: Service };
      // An exposed member cannot fail. Without a resolver, generated code reads it as a property, which makes no closures.
      if (field.resolve === defaultFieldResolver) delete field.resolve;
      else if (field.resolve)
        field.resolve = guarded(upstream ? requiringUpstream(upstream, field.resolve) : field.resolve);
    }
  }
  return schema;
}

type Resolver = GraphQLFieldResolver<unknown, GraphContext>;

/**
 * Resolves a field with the extension `upstream` only if that upstream is configured and the caller has a credential for it.
 * These errors come before all others of the field.
 */
function requiringUpstream(upstream: Service, resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    context.operation.caller(upstream);
    return resolve(source, args, context, info);
  };
}

function guarded(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    try {
      const value = resolve(source, args, context, info);
      return value instanceof Promise ? value.catch(nullIfNotFound) : value;
    } catch (error) {
      return nullIfNotFound(error);
    }
  };
}

/** Null for the error of an object that does not exist. Throws the client's error for any other. */
export function nullIfNotFound(error: unknown): null {
  if (error instanceof UpstreamNotFound) return null;
  throw toGraphQLError(error) ?? error;
}
