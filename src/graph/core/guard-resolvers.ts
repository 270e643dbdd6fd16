import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import type { Service } from '../../upstream/client/call.js';
import { UpstreamNotFound } from '../../upstream/client/upstream-errors.js';
import type { GraphContext } from './context.js';
import { toGraphQLError } from './error-codes.js';

/**
 * Lets every resolver fail with the upstream's own errors: they become the client's errors here, by the one table. A thing
 * that is not there is null, without an error. Failures of our own go on as they are; the transport masks them.
 */
export function guardResolvers(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { upstream } = field.extensions as { upstream?: Service };
      if (field.resolve) field.resolve = guarded(upstream ? reachable(upstream, field.resolve) : field.resolve);
    }
  }
  return schema;
}

type Resolver = GraphQLFieldResolver<unknown, GraphContext>;

/**
 * A field with the extension `upstream` is resolved only if that upstream is configured and the caller has a credential for it:
 * no other problem is reported before that.
 */
function reachable(upstream: Service, resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    context.operation.caller(upstream);
    return resolve(source, args, context, info);
  };
}

function guarded(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    try {
      const value = resolve(source, args, context, info);
      return value instanceof Promise ? value.catch(present) : value;
    } catch (error) {
      return present(error);
    }
  };
}

/** What a failed resolver shows: null for a thing that is not there; for everything else it throws what the client is told. */
export function present(error: unknown): null {
  if (error instanceof UpstreamNotFound) return null;
  throw toGraphQLError(error) ?? error;
}
