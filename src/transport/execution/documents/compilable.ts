import {
  BREAK,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  Kind,
  type SelectionSetNode,
  TypeInfo,
  typeFromAST,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * Whether graphql-jit answers a document exactly like graphql-js. Not so, or not surely so:
 * - mutations and subscriptions, and documents with several operations;
 * - directives: a fragment that is spread twice with different conditions loses fields;
 * - variables in input objects, and of input types: an absent one becomes null;
 * - variables with a default value: the error of an explicit null has no place;
 * - introspection, and names of variables and results that begin with `__`: `__proto__` would change the prototype of an object.
 */
export function isCompilable(schema: GraphQLSchema, document: DocumentNode): boolean {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length !== 1 || operation?.operation !== 'query') return false;
  if (!(operation.variableDefinitions ?? []).every((node) => isSimpleVariable(schema, node))) return false;
  let isSafe = true;
  const refuse = (): typeof BREAK => {
    isSafe = false;
    return BREAK;
  };
  visit(document, {
    Directive: refuse,
    ObjectValue: refuse,
    Field: (node) => (hasReservedName(node) ? refuse() : undefined),
  });
  return isSafe;
}

function hasReservedName({ name, alias }: FieldNode): boolean {
  return alias?.value.startsWith('__') || (name.value.startsWith('__') && name.value !== '__typename');
}

function isSimpleVariable(schema: GraphQLSchema, { variable, type, defaultValue }: VariableDefinitionNode): boolean {
  if (variable.name.value.startsWith('__')) return false;
  const named = typeFromAST(schema, type as never);
  return defaultValue === undefined && named !== undefined && !isInputObjectType(getNamedType(named));
}

/**
 * The number of fields for which graphql-jit generates code: a fragment counts as often as it is spread, and what is selected on
 * an interface or a union counts for each of its types. A short document can have billions: fragments that spread another one
 * twice double the number with each level.
 */
export function countGeneratedFields(schema: GraphQLSchema, document: DocumentNode): number {
  const possible = countPossibleTypes(schema, document);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const ofFragment = new Map<string, number>();

  function count({ selections }: SelectionSetNode): number {
    let fields = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) fields += countFragment(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) fields += count(selection.selectionSet);
      else fields += 1 + (selection.selectionSet ? count(selection.selectionSet) * (possible.get(selection) ?? 1) : 0);
    }
    return fields;
  }

  function countFragment(name: string): number {
    const known = ofFragment.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const fields = fragment ? count(fragment.selectionSet) : 0;
    ofFragment.set(name, fields);
    return fields;
  }

  return document.definitions.reduce(
    (sum, node) => (node.kind === Kind.OPERATION_DEFINITION ? sum + count(node.selectionSet) : sum),
    0,
  );
}

/** For each field of an interface or a union, the number of its types. */
function countPossibleTypes(schema: GraphQLSchema, document: DocumentNode): ReadonlyMap<FieldNode, number> {
  const possible = new Map<FieldNode, number>();
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const type = types.getType();
        const named = type && getNamedType(type);
        if (isAbstractType(named)) possible.set(node, schema.getPossibleTypes(named).length);
      },
    }),
  );
  return possible;
}
