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
import { describeExpected } from './expected-types.js';

/**
 * ValuesOfCorrectTypeRule of graphql-js, but a value in the document is named by its kind and never printed: it may be a
 * secret, and messages end up in the logs of clients. What the rule says about fields holds names only, and is kept, as are
 * errors with a code, which are our own scalars'.
 */
export function LiteralsOfCorrectTypeRule(context: ValidationContext): ASTVisitor {
  let judged: ValueNode | undefined;
  const quiet: ValidationContext = Object.create(context, {
    reportError: {
      value: (error: GraphQLError) =>
        context.reportError(judged && !error.extensions.code ? mismatch(judged, context) : error),
    },
  });
  const rule = ValuesOfCorrectTypeRule(quiet);
  return {
    enter(node, ...place) {
      const { enter } = getEnterLeaveForKind(rule, node.kind);
      judged = isValueNode(node) && !hasFields(node, context) ? node : undefined;
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
