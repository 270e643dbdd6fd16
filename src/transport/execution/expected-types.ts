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

const LISTED = 20;

/**
 * What belongs in an input position, in words: the type, and for an enum what can be chosen.
 * Made of names in the schema only, so it can be shown to anyone. `isInteger` if what was found is one: then an Int names its range.
 */
export function describeExpected(type: GraphQLInputType, isInteger = false): string {
  const named = getNamedType(type);
  const expected = `a value of type ${type}`;
  if (isInteger && named.name === 'Int') return `${expected} (from ${GRAPHQL_MIN_INT} to ${GRAPHQL_MAX_INT})`;
  if (!isEnumType(named)) return expected;
  const names = named.getValues().map((value) => value.name);
  const more = names.length > LISTED ? ' …' : '';
  return `${expected} (${names.slice(0, LISTED).join(', ')}${more})`;
}

/** The type of what a path leads to, from a value of the given type: numbers step into lists, names into input objects. */
export function typeAtPath(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType {
  return path.reduce<GraphQLInputType>((current, step) => {
    const nullable = isNonNullType(current) ? current.ofType : current;
    if (typeof step === 'number') return isListType(nullable) ? nullable.ofType : current;
    // A single value stands for a list of one, and leaves no number in the path.
    const named = getNamedType(nullable);
    return (isInputObjectType(named) && named.getFields()[step]?.type) || current;
  }, type);
}
