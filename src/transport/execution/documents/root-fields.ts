import {
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { asBadArgument, badInput } from '../public-errors.js';

type Fragments = (name: string) => FragmentDefinitionNode | null | undefined;
type IsIncluded = (selection: SelectionNode) => boolean;

/**
 * SingleFieldSubscriptionsRule of graphql-js, except that it ignores `@skip` and `@include`. The original rule evaluates them
 * without variables, and refuses a document that is valid with the variables of the request.
 */
export function SingleSubscriptionFieldRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (node.operation !== 'subscription') return;
      const subject = node.name ? `Subscription "${node.name.value}"` : 'Anonymous Subscription';
      const fields = rootFields(node.selectionSet, (name) => context.getFragment(name));
      const [first] = fields;
      const others = fields.filter((field) => responseName(field) !== responseName(first as FieldNode));
      if (others.length > 0) {
        const message = `${subject} must select only one top level field.`;
        context.reportError(new GraphQLError(message, { nodes: others }));
      }
      const introspection = fields.filter(({ name }) => name.value.startsWith('__'));
      if (introspection.length > 0) {
        const message = `${subject} must not select an introspection top level field.`;
        context.reportError(new GraphQLError(message, { nodes: introspection }));
      }
    },
  };
}

/**
 * Finds a problem with the root fields of a subscription or mutation before any of them is executed. Either there is no field,
 * which makes graphql-js fail with a TypeError, or the variables make an argument invalid. Validation cannot find the latter: a
 * nullable variable is allowed in a `@oneOf` input. `variables` are those of the request and have been checked.
 */
export function findRootProblem(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined {
  const rootType = schema.getRootType(operation.operation);
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  const fields = rootFields(operation.selectionSet, fragmentsOf(document), (selection) =>
    isIncluded(selection, coerced),
  );
  if (fields.length === 0 && operation.operation === 'subscription') return badInput(NO_FIELD, { nodes: [operation] });
  for (const field of fields) {
    const definition = rootType?.getFields()[field.name.value];
    const problem = definition && argumentProblem(definition, field, coerced);
    if (problem) return problem;
  }
  return undefined;
}

function argumentProblem(
  definition: GraphQLField<unknown, unknown>,
  field: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined {
  try {
    getArgumentValues(definition, field, variables);
    return undefined;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return asBadArgument(error);
  }
}

const NO_FIELD = 'This subscription selects no field: @skip or @include excludes it.';

function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  return (name) => fragments.get(name);
}

function isIncluded(selection: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false
  );
}

/** The fields of a selection set and of its fragments. Each fragment is read once. */
function rootFields(
  { selections }: SelectionSetNode,
  fragmentOf: Fragments,
  includes: IsIncluded = () => true,
  seen = new Set<string>(),
): readonly FieldNode[] {
  return selections.filter(includes).flatMap((selection): readonly FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(selection.selectionSet, fragmentOf, includes, seen);
    const { value: name } = selection.name;
    const fragment = seen.has(name) ? undefined : fragmentOf(name);
    seen.add(name);
    return fragment ? rootFields(fragment.selectionSet, fragmentOf, includes, seen) : [];
  });
}

function responseName({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}
