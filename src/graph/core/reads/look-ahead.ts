import { GraphQLDeferDirective } from '@graphql-tools/utils';
import {
  type ASTNode,
  BREAK,
  type DirectiveNode,
  type FieldNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { ConnectionArgs } from '../connections/connection.js';

/** What a field needs besides the key of its object: the stored row, or a probe. */
export type Need = 'stored' | 'live';

/** A selected field, its arguments and its selections, with fragments and directives resolved. */
export interface Selected {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>> & ConnectionArgs;
  /** Fields selected below it on exactly this type: directly, or by a fragment on the type. */
  fieldsOn(typeName: string): readonly Selected[];
  /** What these fields need, by the extension `needs` of their definitions. */
  needsOn(typeName: string): ReadonlySet<Need>;
}

/** What is needed to read the fields of a document. */
type Info = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>;

/** The fields of one operation by their `fieldNodes` array. */
export type Selections = Map<readonly FieldNode[], Selected>;

/**
 * The field being resolved. Its `args` throw if they cannot be read, which the executor has found before. It is kept for the
 * operation, because all items of a list have the same `fieldNodes` array.
 */
export function selectedField({ selections }: { readonly selections: Selections }, info: GraphQLResolveInfo): Selected {
  const { fieldNodes, parentType, fieldName } = info;
  const known = selections.get(fieldNodes);
  if (known) return known;
  const definition = parentType.getFields()[fieldName];
  if (!definition) throw new TypeError(`${parentType.name} has no field ${fieldName}, although the executor found it`);
  const field = new SelectedField(info, definition, fieldNodes);
  selections.set(fieldNodes, field);
  return field;
}

/**
 * The field that these nodes of one response key select; undefined for `__typename`, and if variables make its arguments invalid
 * (which the executor reports).
 */
function read(info: Info, parent: GraphQLNamedType, nodes: readonly FieldNode[]): Selected | undefined {
  const [node] = nodes;
  const definition =
    isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node?.name.value ?? ''] : undefined;
  if (!definition) return undefined;
  const field = new SelectedField(info, definition, nodes);
  try {
    return field.args && field;
  } catch {
    return undefined;
  }
}

class SelectedField implements Selected {
  readonly #info: Info;
  readonly #definition: Definition;
  readonly #nodes: readonly FieldNode[];
  #args: Selected['args'] | undefined;
  #below: Below | undefined;

  constructor(info: Info, definition: Definition, nodes: readonly FieldNode[]) {
    this.#info = info;
    this.#definition = definition;
    this.#nodes = nodes;
  }

  get name(): string {
    return this.#definition.name;
  }

  get args(): Selected['args'] {
    const [node] = this.#nodes;
    this.#args ??=
      node && this.#definition.args.length > 0
        ? getArgumentValues(this.#definition, node, this.#info.variableValues)
        : NO_ARGS;
    return this.#args;
  }

  fieldsOn(typeName: string): readonly Selected[] {
    return this.#fieldsBelow.fields.get(typeName) ?? NO_FIELDS;
  }

  needsOn(typeName: string): ReadonlySet<Need> {
    const { needs } = this.#fieldsBelow;
    const cached = needs.get(typeName);
    if (cached) return cached;
    const read = needsOf(this.#info.schema, typeName, this.fieldsOn(typeName));
    needs.set(typeName, read);
    return read;
  }

  get #fieldsBelow(): Below {
    this.#below ??= findBelow(this.#info, this.#definition, this.#nodes);
    return this.#below;
  }
}

const NO_ARGS = Object.freeze({});
const NO_FIELDS: readonly Selected[] = Object.freeze([]);

/** What is selected below a field. */
interface Below {
  readonly fields: ReadonlyMap<string, readonly Selected[]>;
  readonly needs: Map<string, ReadonlySet<Need>>;
}

/** What is selected below a node of a document, if it is the same for all requests. */
const fixed = new WeakMap<FieldNode, { readonly definition: Definition; readonly below: Below }>();

type Definition = GraphQLField<unknown, unknown>;

/** Taken from an earlier request for the document, if variables do not change it. */
function findBelow(info: Info, definition: Definition, nodes: readonly FieldNode[]): Below {
  const [node] = nodes;
  // The fields of one node can have different definitions: in a fragment on an interface.
  const known = node && nodes.length === 1 ? fixed.get(node) : undefined;
  if (known?.definition === definition) return known.below;
  const isReusable = node !== undefined && nodes.length === 1 && isFixed(node, info.fragments);
  const { schema, fragments } = info;
  // What is kept must not hold the variables of this request. It has no use for them.
  const source = isReusable ? { schema, fragments, variableValues: NO_ARGS } : info;
  const below: Below = { fields: readBelow(source, getNamedType(definition.type), nodes), needs: new Map() };
  if (isReusable) fixed.set(node, { definition, below });
  return below;
}

/** Whether there are neither variables nor directives below a field. */
function isFixed({ selectionSet }: FieldNode, fragments: Info['fragments'], seen = new Set<string>()): boolean {
  let result = true;
  const stop = (): typeof BREAK => {
    result = false;
    return BREAK;
  };
  const check = (node: ASTNode): void => {
    visit(node, {
      Variable: stop,
      Directive: stop,
      FragmentSpread({ name }) {
        const fragment = fragments[name.value];
        if (!fragment || seen.has(name.value)) return;
        seen.add(name.value);
        check(fragment.selectionSet);
      },
    });
  };
  if (selectionSet) check(selectionSet);
  return result;
}

function readBelow(info: Info, type: GraphQLNamedType, nodes: readonly FieldNode[]) {
  const collector = new Collector(info);
  for (const { selectionSet } of nodes) if (selectionSet) collector.collect(type, selectionSet);
  return collector.fields();
}

/** CollectFields of the GraphQL specification, for all possible types at once: fields are grouped by the type they are selected on. */
class Collector {
  readonly #info: Info;
  readonly #nodes = new Map<GraphQLNamedType, Map<string, FieldNode[]>>();
  /** Fragments that were read; each is read once, however often it is spread. */
  readonly #visited = new Set<string>();

  constructor(info: Info) {
    this.#info = info;
  }

  collect(type: GraphQLNamedType, { selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (!this.#isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) this.#add(type, selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.#collectFragment(type, selection);
      else if (!this.#visited.has(selection.name.value)) {
        this.#visited.add(selection.name.value);
        const fragment = this.#info.fragments[selection.name.value];
        if (fragment) this.#collectFragment(type, fragment);
      }
    }
  }

  fields(): ReadonlyMap<string, readonly Selected[]> {
    const fields = [...this.#nodes].map(([type, byKey]): [string, Selected[]] => [
      type.name,
      [...byKey.values()].map((nodes) => read(this.#info, type, nodes)).filter((field) => field !== undefined),
    ]);
    return new Map(fields);
  }

  #collectFragment(
    parent: GraphQLNamedType,
    { typeCondition, selectionSet }: { typeCondition?: { name: { value: string } }; selectionSet: SelectionSetNode },
  ): void {
    const type = typeCondition ? this.#info.schema.getType(typeCondition.name.value) : parent;
    if (type) this.collect(type, selectionSet);
  }

  #add(type: GraphQLNamedType, node: FieldNode): void {
    const byKey = this.#nodes.get(type) ?? new Map<string, FieldNode[]>();
    this.#nodes.set(type, byKey);
    const key = (node.alias ?? node.name).value;
    const nodes = byKey.get(key);
    if (nodes) nodes.push(node);
    else byKey.set(key, [node]);
  }

  /** False if variables make the condition invalid, which the executor reports, and for a deferred fragment, whose fields are read later. */
  #isIncluded(node: { directives?: readonly DirectiveNode[] }): boolean {
    if (!node.directives?.length) return true;
    const { variableValues } = this.#info;
    try {
      if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if === true) return false;
      if (getDirectiveValues(GraphQLDeferDirective, node, variableValues)?.if === true) return false;
      return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false;
    } catch {
      return false;
    }
  }
}

/** The names of the fields of a type with this need that are selected below any of the given fields. */
export function namesThatNeed(
  schema: GraphQLSchema,
  fields: readonly Selected[],
  typeName: string,
  need: Need,
): string[] {
  const definitions = (schema.getType(typeName) as GraphQLObjectType).getFields();
  return fieldsOn(fields, typeName)
    .map(({ name }) => name)
    .filter((name) => definitions[name]?.extensions.needs === need);
}

/** Fields selected on objects of a type, below any of the given fields. */
export function fieldsOn(fields: readonly Selected[], typeName: string, ...names: readonly string[]): Selected[] {
  const found: Selected[] = [];
  for (const field of fields) {
    for (const below of field.fieldsOn(typeName)) {
      if (names.length === 0 || names.includes(below.name)) found.push(below);
    }
  }
  return found;
}

/** Fields selected on the nodes of a connection, through `nodes` and `edges { node }`. */
export function fieldsOnNodes(
  connections: readonly Selected[],
  typeName: string,
  ...names: readonly string[]
): Selected[] {
  return fieldsOn(nodesOf(connections, typeName), typeName, ...names);
}

/** The `nodes` and `edges { node }` fields of connections. */
export function nodesOf(connections: readonly Selected[], typeName: string): Selected[] {
  return [
    ...fieldsOn(connections, `${typeName}Connection`, 'nodes'),
    ...fieldsOn(fieldsOn(connections, `${typeName}Connection`, 'edges'), `${typeName}Edge`, 'node'),
  ];
}

function needsOf(schema: GraphQLSchema, typeName: string, fields: readonly Selected[]): ReadonlySet<Need> {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) return new Set();
  const definitions = type.getFields();
  const needs = fields.map(({ name }) => definitions[name]?.extensions.needs as Need | undefined);
  return new Set(needs.filter((need) => need !== undefined));
}
