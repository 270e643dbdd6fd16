import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { isJsonObject, isTooDeep, MAX_JSON_DEPTH, readNumber } from '../../exact-json.js';
import { badUserInput, graphQLError } from './error-codes.js';

type Variables = Readonly<Record<string, unknown>> | null | undefined;
type Path = readonly (string | number)[];

const specifiedByURL = 'http://www.ecma-international.org/publications/files/ECMA-ST/ECMA-404.pdf';

/** Any JSON value, as it came: numbers may be an `ExactNumber`. What cannot be kept is refused with its place, never altered. */
export const JSONScalar = new GraphQLScalarType({
  name: 'JSON',
  specifiedByURL,
  serialize: shown,
  parseValue: received,
  parseLiteral: (node, variables) => readLiteral(node, variables, []),
});

/** A JSON object, kept like `JSONScalar`. */
export const JSONObjectScalar = new GraphQLScalarType({
  name: 'JSONObject',
  specifiedByURL,
  serialize: shown,
  parseValue(value) {
    if (isJsonObject(value)) return received(value);
    // The transport says what was expected.
    throw new GraphQLError('This is no JSON object.');
  },
  parseLiteral(node, variables) {
    if (node.kind === Kind.OBJECT) return readLiteral(node, variables, []);
    throw new GraphQLError('This is no JSON object.', { nodes: node });
  },
});

/** An answer that could not be written would be lost as a whole, so the field fails by itself. */
function shown(value: unknown): unknown {
  if (!isTooDeep(value)) return value;
  const message = `The upstream has JSON here that is nested more than ${MAX_JSON_DEPTH} levels deep.`;
  throw graphQLError('UPSTREAM_BAD_RESPONSE', message);
}

function received(value: unknown): unknown {
  if (isTooDeep(value)) throw badUserInput(`JSON is nested more than ${MAX_JSON_DEPTH} levels deep.`);
  return value;
}

/** Throws BAD_USER_INPUT for what is no JSON: names without quotes, which are enum values to GraphQL. */
function readLiteral(node: ValueNode, variables: Variables, path: Path): unknown {
  if (path.length > MAX_JSON_DEPTH) throw badUserInput(`JSON is nested more than ${MAX_JSON_DEPTH} levels deep.`, node);
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return readNumber(node.value);
    case Kind.ENUM:
      throw badUserInput(`${placeIn(path)}: expected a JSON value, found a name. A text is written in quotes.`, node);
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

/** As in inputs of GraphQL, a member whose variable was not provided is left out. */
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
