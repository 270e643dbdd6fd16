import type { ObjectRef } from '@pothos/core';
import { builder } from '../builder.js';

type Types = typeof builder.$inferSchemaTypes;

interface Descriptions {
  readonly page: string;
  readonly edge: string;
  readonly totalCount: string;
}

/** The types `…Connection` and `…Edge` of a node type, with the given descriptions. `totalCount` is nullable in all of them. */
export function defineConnection<Shape>(
  type: ObjectRef<Types, Shape, Shape>,
  { page, edge, totalCount }: Descriptions,
) {
  return builder.connectionObject(
    {
      type,
      name: `${type.name}Connection`,
      description: page,
      fields: (t) => ({ totalCount: t.exposeInt('totalCount', { nullable: true, description: totalCount }) }),
    },
    { name: `${type.name}Edge`, description: edge },
  );
}
