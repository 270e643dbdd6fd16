import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { GRAPH_LIMITS } from '../../../limits.js';
import type { Need } from '../reads/look-ahead.js';
import type { Reads } from './reads.js';

export type Variables = Readonly<Record<string, unknown>>;

/** The number of rows that a list can have: fixed by the document, or by the variables of a request. */
export type Size = number | ((variables: Variables) => number);

/** A field of an operation that has fields below it. Fields of one response key are merged, and `@skip` and `@include` ignored. */
export interface CostNode {
  readonly name: string;
  readonly parentType: string;
  /** The type of the field, without list and non-null. */
  readonly typeName: string;
  readonly reads: Reads | undefined;
  /** The objects of the field for each of its parent. */
  readonly size: Size;
  /** The rows of the page that its own arguments select; undefined if it has no page arguments. */
  readonly page: Size | undefined;
  /** Argument texts by name. Equal texts are equal values, in one request. */
  readonly args: ReadonlyMap<string, string>;
  /** What the fields below need of the object, by the type that they are selected on. */
  readonly needs: ReadonlyMap<string, ReadonlySet<Need>>;
  readonly below: readonly CostNode[];
  /** The number of all fields below its objects, down to those of the next nodes. */
  readonly fields: number;
}

/** The root fields of an operation of a valid document. Each fragment is expanded: check the limits of the document before. */
export function readCostTree(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly CostNode[] {
  const root = schema.getRootType(operation.operation);
  return root ? new TreeReader(schema, document, operation).read(root, [operation.selectionSet], undefined).nodes : [];
}

class TreeReader {
  readonly #schema: GraphQLSchema;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #defaults = new Map<string, unknown>();

  constructor(schema: GraphQLSchema, { definitions }: DocumentNode, { variableDefinitions }: OperationDefinitionNode) {
    this.#schema = schema;
    for (const node of definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
    for (const { variable, defaultValue } of variableDefinitions ?? [])
      if (defaultValue) this.#defaults.set(variable.name.value, valueFromASTUntyped(defaultValue));
  }

  /** `page` is the size of the connection whose fields these are. */
  read(parent: GraphQLNamedType, sets: readonly SelectionSetNode[], page: Size | undefined) {
    const needs = new Map<string, Set<Need>>();
    const nodes: CostNode[] = [];
    let count = 0;
    for (const [type, fields] of this.#collect(parent, sets)) {
      const needed = new Set<Need>();
      needs.set(type.name, needed);
      count += fields.size;
      for (const [node, ...others] of fields.values()) {
        const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
        if (!definition) continue;
        const need = definition.extensions.needs as Need | undefined;
        if (need) needed.add(need);
        if (node.selectionSet) nodes.push(this.#readNode(type, definition, [node, ...others], page));
      }
    }
    return { nodes, needs, fields: count };
  }

  #readNode(
    parent: GraphQLNamedType,
    definition: GraphQLField<unknown, unknown>,
    fields: readonly [FieldNode, ...FieldNode[]],
    parentPage: Size | undefined,
  ): CostNode {
    const values = new Map((fields[0].arguments ?? []).map(({ name, value }) => [name.value, value]));
    const page = isPaged(definition) ? this.#pageSize(values) : undefined;
    const type = getNamedType(definition.type);
    const sets = fields.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
    const { nodes, needs, fields: count } = this.read(type, sets, page);
    return {
      name: definition.name,
      parentType: parent.name,
      typeName: type.name,
      reads: definition.extensions.reads as Reads | undefined,
      size: isListType(getNullableType(definition.type)) ? (parentPage ?? this.#idCount(values)) : 1,
      page,
      args: new Map([...values].map(([name, value]) => [name, print(value)])),
      needs,
      below: nodes,
      fields: count,
    };
  }

  #pageSize(values: ReadonlyMap<string, ValueNode>): Size {
    const given = ['first', 'last'].filter((name) => values.has(name)).map((name) => this.#value(values.get(name)));
    // Called for each request. Resolvers refuse sizes that are out of range.
    const sizeOf = (variables: Variables): number => {
      let size = -1;
      for (const read of given) {
        const value = read(variables);
        if (value !== undefined && value !== null) size = Math.max(size, 0, Number(value));
      }
      return size < 0 ? GRAPH_LIMITS.defaultPageSize : Math.min(size, GRAPH_LIMITS.maxPageSize);
    };
    return hasVariable(values, 'first', 'last') ? sizeOf : sizeOf({});
  }

  /** The length of the argument `ids`; 1 for a list without it, which is part of its row. */
  #idCount(values: ReadonlyMap<string, ValueNode>): Size {
    const ids = this.#value(values.get('ids'));
    const countOf = (variables: Variables): number => {
      const given = ids(variables);
      return Array.isArray(given) ? given.length : 1;
    };
    return hasVariable(values, 'ids') ? countOf : countOf({});
  }

  #value(node: ValueNode | undefined): (variables: Variables) => unknown {
    if (node?.kind !== Kind.VARIABLE) {
      const value = node?.kind === Kind.LIST ? node.values : node && valueFromASTUntyped(node);
      return () => value;
    }
    const { value: name } = node.name;
    const byDefault = this.#defaults.get(name);
    // A variable can have the name of a member that every object inherits.
    return (variables) => (Object.hasOwn(variables, name) ? variables[name] : byDefault);
  }

  /** The fields by the type that they are selected on and their response key. */
  #collect(parent: GraphQLNamedType, sets: readonly SelectionSetNode[]) {
    const found = new Map<GraphQLNamedType, Map<string, [FieldNode, ...FieldNode[]]>>();
    const visited = new Set<string>();
    const visit = (type: GraphQLNamedType, { selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) add(type, selection);
        else if (selection.kind === Kind.INLINE_FRAGMENT) visit(this.#typeOf(selection, type), selection.selectionSet);
        else {
          const { value: name } = selection.name;
          const fragment = visited.has(name) ? undefined : this.#fragments.get(name);
          visited.add(name);
          if (fragment) visit(this.#typeOf(fragment, type), fragment.selectionSet);
        }
      }
    };
    const add = (type: GraphQLNamedType, field: FieldNode): void => {
      const byKey = found.get(type) ?? new Map<string, [FieldNode, ...FieldNode[]]>();
      found.set(type, byKey);
      const key = (field.alias ?? field.name).value;
      const fields = byKey.get(key);
      if (fields) fields.push(field);
      else byKey.set(key, [field]);
    };
    for (const set of sets) visit(parent, set);
    return found;
  }

  /** The type of a fragment. One on an interface counts for the type around it. */
  #typeOf({ typeCondition }: { typeCondition?: { name: { value: string } } | undefined }, around: GraphQLNamedType) {
    const type = typeCondition && this.#schema.getType(typeCondition.name.value);
    return type && !(isAbstractType(type) && !isAbstractType(around)) ? type : around;
  }
}

function isPaged({ args }: GraphQLField<unknown, unknown>): boolean {
  return args.some(({ name }) => name === 'first') && args.some(({ name }) => name === 'last');
}

function hasVariable(values: ReadonlyMap<string, ValueNode>, ...names: readonly string[]): boolean {
  return names.some((name) => values.get(name)?.kind === Kind.VARIABLE);
}
