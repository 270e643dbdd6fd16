import { toRfc3339 } from '../../upstream/date-time.js';
import type { ToolKey } from '../../upstream/inkeep/keys.js';
import { getUserCredential, type UpstreamUserCredential } from '../../upstream/inkeep/user-credential.js';
import { builder } from '../core/builder.js';
import { linkedTool } from './tool/loader.js';
import { Tool, toolRef } from './tool/ref.js';

/** A user credential as resolvers pass it on: the tool that it was read for, and its row. */
interface UserCredentialRef {
  readonly tool: ToolKey;
  readonly row: UpstreamUserCredential;
}

/** Types by their upstream names; any other type is OTHER. */
const TYPES: ReadonlyMap<string, 'MEMORY' | 'KEYCHAIN' | 'NANGO' | 'COMPOSIO'> = new Map([
  ['memory', 'MEMORY'],
  ['keychain', 'KEYCHAIN'],
  ['nango', 'NANGO'],
  ['composio', 'COMPOSIO'],
]);

/** Where a credential is kept, as served; a type that the upstream has newly invented is OTHER. */
export function credentialTypeOf({ type }: Pick<UpstreamUserCredential, 'type'>) {
  return TYPES.get(type ?? '') ?? 'OTHER';
}

export const CredentialType = builder.enumType('CredentialType', {
  description: 'Where the upstream keeps a credential.',
  values: {
    MEMORY: { description: 'In the upstream’s memory.' },
    KEYCHAIN: { description: 'In the keychain of the upstream’s machine.' },
    NANGO: { description: 'At Nango.' },
    COMPOSIO: { description: 'At Composio.' },
    OTHER: { description: 'In a store that this API does not know.' },
  },
});

export const ExternalAgent = builder
  .objectRef<NonNullable<UpstreamUserCredential['externalAgents']>[number]>('ExternalAgent')
  .implement({
    description: 'An agent outside the project that uses a credential.',
    fields: (t) => ({
      externalAgentId: t.string({ nullable: false, description: 'The upstream id.', resolve: (row) => row.id }),
      name: t.string({ description: 'Display name.', resolve: (row) => row.name }),
      description: t.string({ description: 'What it is for; null if not set.', resolve: (row) => row.description }),
      baseUrl: t.string({ description: 'Base URL of the agent.', resolve: (row) => row.baseUrl }),
      credentialReferenceId: t.string({
        description: 'The upstream id of the credential sent to it; null if there is none.',
        resolve: (row) => row.credentialReferenceId,
      }),
      createdAt: t.field({
        type: 'DateTime',
        description: 'When it was registered.',
        resolve: (row) => toRfc3339(row.createdAt),
      }),
      updatedAt: t.field({
        type: 'DateTime',
        description: 'When it was last changed.',
        resolve: (row) => toRfc3339(row.updatedAt),
      }),
    }),
  });

const UserCredential = builder.objectRef<UserCredentialRef>('UserCredential').implement({
  description: 'A caller’s own credential for a tool. The secret itself is never included.',
  fields: (t) => ({
    credentialId: t.string({ nullable: false, description: 'The upstream id.', resolve: ({ row }) => row.id }),
    name: t.string({ description: 'Display name.', resolve: ({ row }) => row.name }),
    type: t.field({
      type: CredentialType,
      nullable: false,
      description: 'Where the upstream keeps it.',
      resolve: ({ row }) => credentialTypeOf(row),
    }),
    credentialStoreId: t.string({
      description: 'The upstream id of the store.',
      resolve: ({ row }) => row.credentialStoreId,
    }),
    retrievalParams: t.field({
      type: 'JSON',
      description: 'How the upstream finds it in the store; null if not set. May hold keys: treat it as a secret.',
      resolve: ({ row }) => row.retrievalParams ?? null,
    }),
    toolId: t.string({ description: 'The upstream id of the tool it is for.', resolve: ({ row }) => row.toolId }),
    tool: t.field({
      type: Tool,
      nullable: true,
      description: 'The tool it is for. Reading only its ids needs no upstream call.',
      resolve: ({ tool }, _args, context, info) => linkedTool(context, tool, info),
    }),
    userId: t.string({ description: 'The upstream id of the user it belongs to.', resolve: ({ row }) => row.userId }),
    createdBy: t.string({
      description: 'Who created it; null if not known.',
      resolve: ({ row }) => row.createdBy,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      resolve: ({ row }) => toRfc3339(row.createdAt),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      resolve: ({ row }) => toRfc3339(row.updatedAt),
    }),
    tools: t.field({
      type: [Tool],
      nullable: true,
      description: 'All tools that use it; null if not known.',
      resolve: ({ tool, row }) => row.tools?.map(({ id }) => toolRef({ ...tool, toolId: id })),
    }),
    externalAgents: t.field({
      type: [ExternalAgent],
      nullable: true,
      description: 'All external agents that use it; null if not known.',
      resolve: ({ row }) => row.externalAgents,
    }),
  }),
});

builder.objectField(Tool, 'userCredential', (t) =>
  t.field({
    type: UserCredential,
    extensions: { reads: 'each' },
    nullable: true,
    description: 'The caller’s own credential for a user-scoped tool; null if there is none. One call per tool.',
    resolve: async (tool, _args, context) => {
      const { row, record } = getUserCredential(context.operation, tool);
      record.countKey();
      const credential = await row;
      return credential && { tool, row: credential };
    },
  }),
);
