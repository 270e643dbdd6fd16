import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import type { GraphContext } from './context.js';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from './user-errors.js';

/** The one schema builder. Fields are nullable unless they say otherwise: whatever may cost an upstream call may fail. */
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
      description: 'The payload, or one of the problems that a form can show.',
    },
  },
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    idFieldOptions: { description: 'Global id: opaque, and the same for ever.' },
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'The rows of this page, each with its cursor.',
    },
    nodeFieldOptions: { nullable: false, description: 'The row.' },
    nodesOnConnection: { description: 'The rows of this page, without cursors: the shortcut for `edges { node }`.' },
    cursorFieldOptions: { description: 'Where this row is in the list: pass it as `after` or `before`. Opaque.' },
    pageInfoFieldOptions: { description: 'Whether there is more, and the cursors to ask for it.' },
    pageInfoTypeOptions: {
      description:
        'Where a page lies in its list. Cursors count rows: one that is inserted or deleted between two requests may show a row twice or skip one.',
    },
    hasNextPageFieldOptions: { description: 'Whether rows follow this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether rows come before this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first row; null on an empty page.' },
    endCursorFieldOptions: { description: 'Cursor of the last row; null on an empty page.' },
    firstArgOptions: { description: 'Rows from the start, 0 to 500; 50 where neither `first` nor `last` is given.' },
    lastArgOptions: { description: 'Rows from the end, 0 to 500; not together with `first`.' },
    afterArgOptions: { description: 'Only rows after this cursor.' },
    beforeArgOptions: { description: 'Only rows before this cursor.' },
    nodeTypeOptions: { description: 'Anything with a global id: `node(id)` finds it again.' },
    nodeQueryOptions: false,
    nodesQueryOptions: false,
  },
});

builder.queryType({
  description: 'Reads. Where `tenantId` is left out, the tenant of the gateway’s settings is meant.',
});

builder.mutationType({
  description:
    'Writes. Each is sent to the upstream once, whatever happens, and answers with its payload or with an error that a form can show; what the caller cannot mend by changing the input is a top-level error.',
});

function capitalize(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
