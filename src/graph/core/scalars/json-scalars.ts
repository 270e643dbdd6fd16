import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { isJsonObject, isTooDeep, readNumber } from '../../../exact-json.js';
import { GRAPH_LIMITS } from '../../../limits.js';

const { maxJsonDepth } = GRAPH_LIMITS;

import { badUserInput, graphQLError } from '../errors/error-codes.js';

type Variables = Readonly<Record<string, unknown>> | null | undefined;
type Path = readonly (string | number)[];

const specifiedByURL = 'http://www.ecma-international.org/publications/files/ECMA-ST/ECMA-404.pdf';

/** Any JSON value, unchanged: a number may be an `ExactNumber`. A value that cannot be kept exactly is rejected with its path. */
export const JSONScalar = new GraphQLScalarType({
  name: 'JSON',
  specifiedByURL,
  serialize: serializeJson,
  parseValue: parseJson,
  parseLiteral: (node, variables) => readLiteral(node, variables, []),
});

/** A JSON object, with the same rules as `JSONScalar`. */
export const JSONObjectScalar = new GraphQLScalarType({
  name: 'JSONObject',
  specifiedByURL,
  serialize: serializeJson,
  parseValue(value) {
    if (isJsonObject(value)) return parseJson(value);
    // The transport adds what was expected.
    throw new GraphQLError('This is not a JSON object.');
  },
  parseLiteral(node, variables) {
    if (node.kind === Kind.OBJECT) return readLiteral(node, variables, []);
    throw new GraphQLError('This is not a JSON object.', { nodes: node });
  },
});

/** Fails the field if its value is nested too deep to be written; otherwise the whole response would be lost. */
function serializeJson(value: unknown): unknown {
  if (!isTooDeep(value)) return value;
  const message = `The upstream has a JSON value here that is nested more than ${maxJsonDepth} levels deep.`;
  throw graphQLError('UPSTREAM_BAD_RESPONSE', message);
}

function parseJson(value: unknown): unknown {
  if (isTooDeep(value)) throw badUserInput(`JSON is nested more than ${maxJsonDepth} levels deep.`);
  return value;
}

/** Throws BAD_USER_INPUT for names without quotes: they are enum values in GraphQL, and not JSON. */
function readLiteral(node: ValueNode, variables: Variables, path: Path): unknown {
  if (path.length > maxJsonDepth) throw badUserInput(`JSON is nested more than ${maxJsonDepth} levels deep.`, node);
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return readNumber(node.value);
    case Kind.ENUM:
      throw badUserInput(`${placeIn(path)}: expected a JSON value, found a name. Write texts in quotes.`, node);
    case Kind.LIST:
      return node.values.map((item, index) => readLiteral(item, variables, [...path, index]) ?? null);
    case Kind.OBJECT:
      return readMembers(node.fields, variables, path);
    case Kind.VARIABLE:
      return variables && Object.hasOwn(variables, node.name.value) ? variables[node.name.value] : undefined;
    default:
      return node.value;
  }
}

/** A member whose variable was not provided is left out, as in GraphQL input objects. */
function readMembers(
  fields: Extract<ValueNode, { kind: Kind.OBJECT }>['fields'],
  variables: Variables,
  path: Path,
): Record<string, unknown> {
  const members = fields.map(({ name, value }): [string, unknown] => [
    name.value,
    readLiteral(value, variables, [...path, name.value]),
  ]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

function placeIn(path: Path): string {
  return path.length === 0 ? 'JSON' : `JSON at "${path.join('.')}"`;
}
