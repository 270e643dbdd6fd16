import { type GraphQLResolveInfo, type GraphQLSchema, isObjectType } from 'graphql';
import { parseResolveInfo, type ResolveTree } from 'graphql-parse-resolve-info';
import type { ConnectionArgs } from './connection.js';

/** What a field takes of its object: nothing beyond the key, the stored row, or a look at the thing itself. */
export type Need = 'stored' | 'live';

/** A selected field, with its arguments and what is selected below it; fragments and directives are worked in. */
export interface Selected {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>> & ConnectionArgs;
  readonly tree: ResolveTree;
}

const trees = new WeakMap<object, ResolveTree>();

/** The field being resolved. Parsed once for all items of a list: their `fieldNodes` are the same array. */
export function selectedField(info: GraphQLResolveInfo): Selected {
  const known = trees.get(info.fieldNodes);
  const tree = known ?? (parseResolveInfo(info) as ResolveTree);
  if (!known) trees.set(info.fieldNodes, tree);
  return { name: tree.name, args: tree.args, tree };
}

/** Fields selected on objects of a type, below any of the given fields. */
export function fieldsOn(fields: readonly Selected[], typeName: string, ...names: readonly string[]): Selected[] {
  return fields
    .flatMap(({ tree }) => Object.values(tree.fieldsByTypeName[typeName] ?? {}))
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .map((tree) => ({ name: tree.name, args: tree.args, tree }));
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

/** What the fields selected on a type need, as each field's definition says. */
export function needsOf(schema: GraphQLSchema, fields: readonly Selected[], typeName: string): ReadonlySet<Need> {
  const type = schema.getType(typeName);
  const needs = new Set<Need>();
  if (!isObjectType(type)) return needs;
  for (const { name } of fieldsOn(fields, typeName)) {
    const need = type.getFields()[name]?.extensions.needs as Need | undefined;
    if (need) needs.add(need);
  }
  return needs;
}
