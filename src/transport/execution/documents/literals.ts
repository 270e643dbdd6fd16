import {
  type ASTVisitor,
  GraphQLError,
  getEnterLeaveForKind,
  getNamedType,
  isInputObjectType,
  isValueNode,
  Kind,
  type ValidationContext,
  type ValueNode,
  ValuesOfCorrectTypeRule,
} from 'graphql';
import { describeExpected } from '../expected-types.js';

/**
 * ValuesOfCorrectTypeRule of graphql-js, except that messages name the kind of a value and never print it: it may be a secret,
 * and clients log messages. Messages about fields contain only names and are kept. So are errors with a code, which come from
 * the gateway's own scalars.
 */
export function LiteralsOfCorrectTypeRule(context: ValidationContext): ASTVisitor {
  let current: ValueNode | undefined;
  const quiet: ValidationContext = Object.create(context, {
    reportError: {
      value: (error: GraphQLError) =>
        context.reportError(current && !error.extensions.code ? mismatch(current, context) : error),
    },
  });
  const rule = ValuesOfCorrectTypeRule(quiet);
  return {
    enter(node, ...place) {
      const { enter } = getEnterLeaveForKind(rule, node.kind);
      current = isValueNode(node) && !hasFields(node, context) ? node : undefined;
      return enter?.call(rule, node, ...place);
    },
  };
}

function hasFields(node: ValueNode, context: ValidationContext): boolean {
  const type = context.getInputType();
  return node.kind === Kind.OBJECT && Boolean(type) && isInputObjectType(getNamedType(type));
}

function mismatch(node: ValueNode, context: ValidationContext): GraphQLError {
  const type = context.getInputType();
  const expected = type ? describeExpected(type, node.kind === Kind.INT) : 'another value';
  return new GraphQLError(`Expected ${expected}, found ${NAMES[node.kind]}.`, { nodes: node });
}

const NAMES: Record<ValueNode['kind'], string> = {
  [Kind.VARIABLE]: 'a variable',
  [Kind.INT]: 'an integer',
  [Kind.FLOAT]: 'a number',
  [Kind.STRING]: 'a string',
  [Kind.BOOLEAN]: 'a boolean',
  [Kind.NULL]: 'null',
  [Kind.ENUM]: 'a name',
  [Kind.LIST]: 'a list',
  [Kind.OBJECT]: 'an object',
};
