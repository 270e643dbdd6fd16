import {
  GRAPHQL_MAX_INT,
  GRAPHQL_MIN_INT,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { TRANSPORT_LIMITS } from '../limits.js';

const { maxListedEnumValues } = TRANSPORT_LIMITS.documents;

/**
 * Describes the value that an input position expects: its type, and for an enum its values. The text contains only names from the
 * schema, so it is safe to show. `isInteger` says that the value found is an integer: the range of Int is added then.
 */
export function describeExpected(type: GraphQLInputType, isInteger = false): string {
  const named = getNamedType(type);
  const expected = `a value of type ${type}`;
  if (isInteger && named.name === 'Int') return `${expected} (from ${GRAPHQL_MIN_INT} to ${GRAPHQL_MAX_INT})`;
  if (!isEnumType(named)) return expected;
  const names = named.getValues().map((value) => value.name);
  const more = names.length > maxListedEnumValues ? ' …' : '';
  return `${expected} (${names.slice(0, maxListedEnumValues).join(', ')}${more})`;
}

/** The type at the end of a path that starts at a value of `type`. Numbers in the path are indices of lists, names are fields. */
export function typeAtPath(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType {
  return path.reduce<GraphQLInputType>((current, step) => {
    const nullable = isNonNullType(current) ? current.ofType : current;
    if (typeof step === 'number') return isListType(nullable) ? nullable.ofType : current;
    // A single value is coerced to a list of one, and the path has no index for it.
    const named = getNamedType(nullable);
    return (isInputObjectType(named) && named.getFields()[step]?.type) || current;
  }, type);
}
