import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import type { GraphContext } from './context.js';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from './mutations/user-errors.js';

/** The only schema builder. Fields are nullable by default, because a field that needs an upstream call can fail. */
export const builder = new SchemaBuilder<{
  Context: GraphContext;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: never; Output: string };
    JSON: { Input: unknown; Output: unknown };
    JSONObject: { Input: Record<string, unknown>; Output: Record<string, unknown> };
  };
  Connection: { totalCount: number | null };
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
}>({
  plugins: [ErrorsPlugin, RelayPlugin],
  errors: {
    directResult: true,
    defaultTypes: [InvalidInputError, NotFoundError, ConflictError, ForbiddenError],
    defaultUnionOptions: {
      name: ({ fieldName }) => `${capitalize(fieldName)}Result`,
      description: 'The payload, or an error that a form can show.',
    },
  },
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    idFieldOptions: { description: 'Global id. Opaque; never changes.' },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'The rows of this page, each with its cursor.',
    },
    nodeFieldOptions: { nullable: false, description: 'The row.' },
    nodesOnConnection: { description: 'The rows of this page without cursors. A shortcut for `edges { node }`.' },
    cursorFieldOptions: { description: 'Position of this row in the list. Pass it as `after` or `before`. Opaque.' },
    pageInfoFieldOptions: { description: 'Whether there are more pages, and the cursors to request them.' },
    pageInfoTypeOptions: {
      description:
        'Position of a page in its list. Cursors count rows: if a row is inserted or deleted between two requests, the next page may repeat a row or skip one.',
    },
    hasNextPageFieldOptions: { description: 'Whether rows follow this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether rows come before this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first row; null on an empty page.' },
    endCursorFieldOptions: { description: 'Cursor of the last row; null on an empty page.' },
    firstArgOptions: {
      description: 'Number of rows from the start, 0 to 500. Defaults to 50 if `last` is not given either.',
    },
    lastArgOptions: { description: 'Number of rows from the end, 0 to 500. Cannot be combined with `first`.' },
    afterArgOptions: { description: 'Only rows after this cursor.' },
    beforeArgOptions: { description: 'Only rows before this cursor.' },
    nodeTypeOptions: { description: 'An object with a global id, which `node(id)` resolves.' },
    nodeQueryOptions: false,
    nodesQueryOptions: false,
  },
});

builder.queryType({
  description: 'Reads. `tenantId` defaults to the tenant in the gateway’s settings.',
});

builder.mutationType({
  description:
    'Writes. Each is sent to the upstream once and never retried. It returns its payload or an error that a form can show. A failure that the caller cannot fix by changing the input is a top-level error.',
});

function capitalize(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
