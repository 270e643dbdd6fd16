import { toRfc3339 } from '../../upstream/date-time.js';
import type { UpstreamVoiceTool } from '../../upstream/kataven/tool.js';
import { pagedTools } from '../../upstream/kataven/tool.js';
import { readSlice } from '../../upstream/paging/slice.js';
import { builder } from '../core/builder.js';
import { connectionOf, sliceOf } from '../core/connections/connection.js';
import { defineConnection } from '../core/connections/connection-type.js';
import type { GraphContext } from '../core/context.js';
import { checkFilter } from '../core/errors/error-codes.js';
import { defineFinder } from '../core/ids/node.js';
import { defineNodeId } from '../core/ids/node-id.js';
import { defineLoader } from '../core/reads/loader.js';

export const VoiceToolId = defineNodeId('VoiceTool', ['toolId']);

/** A voice tool as resolvers pass it on. */
export interface VoiceToolRef {
  readonly __typename: 'VoiceTool';
  readonly row: UpstreamVoiceTool;
}

export const VoiceTool = builder.objectRef<VoiceToolRef>('VoiceTool');

function voiceToolRef(row: UpstreamVoiceTool): VoiceToolRef {
  return { __typename: 'VoiceTool', row };
}

/** Loads a tool of the account by id or name: by its own call, or from the account's list if that takes fewer calls. */
const loadVoiceTool = defineLoader(
  (idOrName: string) => [idOrName],
  (context, names) => {
    const tools = context.kataven.tools.byIdOrName(names);
    return names.map((name) => tools.get(name) ?? Promise.resolve(null));
  },
);

/** The tool with this id or name; null if the account has none. */
export async function findVoiceTool(context: GraphContext, idOrName: string): Promise<VoiceToolRef | null> {
  const row = await loadVoiceTool(context, idOrName);
  return row && voiceToolRef(row);
}

/** The tool with this id; null if it does not exist. The upstream also accepts a name, but then a tool would have two global ids. */
async function findVoiceToolById(context: GraphContext, { toolId }: { toolId: string }): Promise<VoiceToolRef | null> {
  const tool = await findVoiceTool(context, toolId);
  return tool?.row.id === toolId ? tool : null;
}

defineFinder(VoiceToolId, findVoiceToolById);

VoiceTool.implement({
  description:
    'A tool of a Kataven account: something that a voice agent can do during a phone call. No agent has it until it is attached by name.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs that name a voice tool. Needs no upstream call.',
      resolve: ({ row }) => VoiceToolId.encode({ toolId: row.id }),
    }),
    toolId: t.string({ nullable: false, description: 'The upstream id.', resolve: ({ row }) => row.id }),
    name: t.string({
      nullable: false,
      description: 'Name by which agents refer to it, in snake_case.',
      resolve: ({ row }) => row.name,
    }),
    displayName: t.string({
      description: 'Display name; null if not set.',
      resolve: ({ row }) => row.display_name,
    }),
    description: t.string({
      description: 'What it does, as the model reads it; null if not set.',
      resolve: ({ row }) => row.description,
    }),
    category: t.string({
      description: 'Group in which it is listed; null if not set.',
      resolve: ({ row }) => row.category,
    }),
    schema: t.field({
      type: 'JSONObject',
      description: 'JSON Schema of its arguments; null if not set.',
      resolve: ({ row }) => row.schema,
    }),
    implementationType: t.string({
      description: 'How it runs: `http` or `python`. Other values are possible.',
      resolve: ({ row }) => row.implementation_type,
    }),
    implementationConfig: t.field({
      type: 'JSONObject',
      description: 'For `http`: URL, method and credentials. May hold secrets. Null if not set.',
      resolve: ({ row }) => row.implementation_config,
    }),
    implementationCode: t.string({
      description: 'For `python`: the source code; null if not set.',
      resolve: ({ row }) => row.implementation_code,
    }),
    tags: t.stringList({ description: 'Keywords; null if not set.', resolve: ({ row }) => row.tags }),
    isDefault: t.boolean({
      description: 'Whether it is built in; a built-in tool cannot be deleted.',
      resolve: ({ row }) => row.is_default,
    }),
    modifiedFromDefault: t.boolean({
      description: 'Whether it is a built-in tool that was changed. The upstream no longer updates such a tool.',
      resolve: ({ row }) => row.modified_from_default,
    }),
    defaultVersion: t.string({
      description: 'Version of the built-in tool that it comes from; null for a custom tool.',
      resolve: ({ row }) => row.default_version,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      resolve: ({ row }) => toRfc3339(row.created_at),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      resolve: ({ row }) => toRfc3339(row.updated_at),
    }),
  }),
});

const VoiceToolConnection = defineConnection(VoiceTool, {
  page: 'A page of voice tools.',
  edge: 'A voice tool and its place in the list.',
  totalCount: 'Number of tools that match, on all pages.',
});

builder.queryFields((t) => ({
  voiceTools: t.field({
    type: VoiceToolConnection,
    extensions: { upstream: 'kataven', reads: 'page' },
    nullable: true,
    description: 'Tools of the account, in the upstream’s order. One call per 100 rows.',
    args: {
      category: t.arg.string({ required: false, description: 'Only tools of this category.' }),
      implementationType: t.arg.string({
        required: false,
        description: 'Only tools of this implementation type: `http` or `python`.',
      }),
      search: t.arg.string({
        required: false,
        description: 'Only tools with this text in the name, the display name or the description.',
      }),
      ...t.arg.connectionArgs(),
    },
    resolve: async (_root, { category, implementationType, search, ...args }, context) => {
      const slice = sliceOf(args);
      checkFilter({ category, implementationType });
      const filter = {
        category: category ?? undefined,
        type: implementationType ?? undefined,
        search: search ?? undefined,
      };
      const read = await readSlice(pagedTools(context.operation, filter), slice);
      context.kataven.tools.add(read.rows.map(({ row }) => row));
      return connectionOf(read, voiceToolRef);
    },
  }),
  voiceTool: t.field({
    type: VoiceTool,
    extensions: { upstream: 'kataven', reads: 'row' },
    nullable: true,
    description:
      'One tool; null if the account has none. One call. Several in one query: one call per 100 tools of the account, or one per tool and one more, whichever is less.',
    args: {
      idOrName: t.arg.string({ required: true, description: 'The upstream id of the tool, or its name.' }),
    },
    resolve: (_root, { idOrName }, context) => findVoiceTool(context, idOrName),
  }),
}));
