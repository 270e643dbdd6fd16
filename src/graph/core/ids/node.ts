import type { GraphQLResolveInfo } from 'graphql';
import { builder } from '../builder.js';
import type { GraphContext } from '../context.js';
import { badUserInput } from '../errors/error-codes.js';
import { nullIfNotFound } from '../errors/guard-resolvers.js';
import { type Selected, selectedField } from '../reads/look-ahead.js';
import { decodeNodeId, type NodeIdType, type NodeKey } from './node-id.js';

/** Finds a node by the key in its id; null if it does not exist. `field` is the selected `node` or `nodes` field. */
type Finder<Part extends string> = (
  context: GraphContext,
  key: NodeKey<Part>,
  field: Selected,
) => Promise<object | null>;

const finders = new Map<NodeIdType, Finder<string>>();

/** Lets `node` and `nodes` find the objects of a type by their ids. */
export function defineFinder<Part extends string>(idType: NodeIdType<Part>, find: Finder<Part>): void {
  finders.set(idType as unknown as NodeIdType, find);
}

/** `argument` is the path of the id in the arguments, for the error: `id`, or `ids.0`. */
async function findNode(
  context: GraphContext,
  id: string,
  argument: string,
  info: GraphQLResolveInfo,
): Promise<object | null> {
  const decoded = decodeNodeId(id);
  const find = decoded && finders.get(decoded.idType);
  if (!find)
    throw badUserInput(
      `The value of "${argument}" is not an id of this API: take one from the \`id\` field of a node.`,
    );
  return find(context, decoded.key, selectedField(context, info));
}

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    extensions: { reads: 'row' },
    nullable: true,
    description:
      'Any object by its global id; null if it does not exist. Costs the same as the field that reads one object of its type.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a node.' }) },
    resolve: (_root, { id }, context, info) => findNode(context, id, 'id', info),
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    extensions: { reads: 'row' },
    nullable: { list: false, items: true },
    description:
      'Many objects by their global ids, in the order of `ids`. An item is null if the object does not exist, and null with an error if its id is not valid. Objects of one type are read together.',
    args: { ids: t.arg.idList({ required: true, description: 'The `id`s of nodes.' }) },
    // An error in the list belongs to its item; the other items are returned.
    resolve: (_root, { ids }, context, info) =>
      Promise.all(
        ids.map((id, index) => findNode(context, id, `ids.${index}`, info).catch(nullIfNotFound).catch(asError)),
      ),
  }),
}));

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
