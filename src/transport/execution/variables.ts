import {
  coerceInputValue,
  type GraphQLError,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { ExactNumber } from '../../exact-json.js';
import { TRANSPORT_LIMITS } from '../limits.js';
import { describeExpected, typeAtPath } from './expected-types.js';
import { badInput } from './public-errors.js';

type Path = readonly (string | number)[];
type Report = (node: VariableDefinitionNode, problem: string) => void;

/** A variable of an operation, with its type. */
export interface VariableType {
  readonly node: VariableDefinitionNode;
  readonly type: GraphQLInputType;
}

/** The variables of an operation of a valid document. */
export function readVariableTypes(schema: GraphQLSchema, operation: OperationDefinitionNode): readonly VariableType[] {
  return (operation.variableDefinitions ?? []).flatMap((node) => {
    const type = typeFromAST(schema, node.type);
    // Validation has refused variables of output types and of unknown types.
    return isInputType(type) ? [{ node, type }] : [];
  });
}

/**
 * Finds all problems with the variables of an operation, at most `maxProblems`. The executor would find the same ones, but its messages
 * print the whole value, which may contain secrets. These messages contain paths, names, types and the JSON kind of a value.
 */
export function findVariableProblems(
  types: readonly VariableType[],
  values: Readonly<Record<string, unknown>>,
  maxProblems: number,
): GraphQLError[] {
  const problems: GraphQLError[] = [];
  const report: Report = (node, problem) => {
    problems.push(badInput(`Variable "$${node.variable.name.value}"${problem}`, { nodes: [node] }));
    if (problems.length >= maxProblems) throw TOO_MANY;
  };
  try {
    for (const type of types) checkVariable(type, values, report);
  } catch (error) {
    if (error !== TOO_MANY) throw error;
  }
  return problems;
}

/** Stops the check early: a list with a million wrong items is not read to its end. */
const TOO_MANY = Symbol('too many problems');

function checkVariable({ node, type }: VariableType, values: Readonly<Record<string, unknown>>, report: Report): void {
  const name = node.variable.name.value;
  if (!Object.hasOwn(values, name) || values[name] === undefined) {
    if (isNonNullType(type) && !node.defaultValue) report(node, ` of type ${type} is required and was not provided.`);
    return;
  }
  coerceInputValue(values[name], type, (path, value, error) => {
    report(node, describeProblem(type, path, value, error));
  });
}

function describeProblem(type: GraphQLInputType, path: Path, value: unknown, error: GraphQLError): string {
  const place = path.length > 0 ? ` at "${printPath(path)}"` : '';
  const expected = typeAtPath(type, path);
  const named = getNamedType(expected);
  // The messages of graphql-js about the fields of an object contain only names: a field is missing, unknown or one too many.
  if (isInputObjectType(named) && jsonKind(value) === 'object')
    return `${place}: ${shorten(error.message)}${choices(named)}`;
  // Errors with a code come from the gateway's own scalars, such as JSON.
  if (error.extensions.code) return `${place}: ${error.message}`;
  // Only in a `@oneOf` input must a field with a nullable type have a value.
  if (value === null && !isNonNullType(expected)) return `${place}: must not be null.`;
  return `${place}: expected ${describeExpected(expected, Number.isInteger(value))}, got ${jsonKind(value)}.`;
}

function choices(type: GraphQLInputObjectType): string {
  return type.isOneOf ? ` It takes exactly one of ${Object.keys(type.getFields()).join(', ')}.` : '';
}

function printPath(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`))
    .join('');
}

function jsonKind(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof ExactNumber) return 'number';
  return Array.isArray(value) ? 'list' : typeof value;
}

/** The client chooses the name of an unknown field, so it can have any length. */
function shorten(message: string): string {
  const { maxVariableMessageLength: max } = TRANSPORT_LIMITS.documents;
  return message.length > max ? `${message.slice(0, max)}…` : message;
}
