import {
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

type Fragments = (name: string) => FragmentDefinitionNode | null | undefined;
type IsIncluded = (selection: SelectionNode) => boolean;

/**
 * SingleFieldSubscriptionsRule of graphql-js, but without a look at `@skip` and `@include`: that rule reads them without
 * variables, and refuses a document for a variable that will be given.
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
 * Whether `@skip` or `@include` exclude the one field of a subscription. graphql-js fails on such a subscription with a
 * TypeError. The variables are those of the request, checked before.
 */
export function selectsNothing(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const isIncluded: IsIncluded = (selection) =>
    getDirectiveValues(GraphQLSkipDirective, selection, coerced)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, coerced)?.if !== false;
  return rootFields(operation.selectionSet, (name) => fragments.get(name), isIncluded).length === 0;
}

/** Fields of a selection set, with those of its fragments; each fragment once. */
function rootFields(
  { selections }: SelectionSetNode,
  fragmentOf: Fragments,
  isIncluded: IsIncluded = () => true,
  seen = new Set<string>(),
): readonly FieldNode[] {
  return selections.filter(isIncluded).flatMap((selection): readonly FieldNode[] => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return rootFields(selection.selectionSet, fragmentOf, isIncluded, seen);
    const { value: name } = selection.name;
    const fragment = seen.has(name) ? undefined : fragmentOf(name);
    seen.add(name);
    return fragment ? rootFields(fragment.selectionSet, fragmentOf, isIncluded, seen) : [];
  });
}

function responseName({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}
