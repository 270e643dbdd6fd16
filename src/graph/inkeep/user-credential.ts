import type { ToolKey } from '../../upstream/inkeep/keys.js';
import { getUserCredential, type UpstreamUserCredential } from '../../upstream/inkeep/user-credential.js';
import { countKey } from '../../upstream/operation.js';
import { builder } from '../core/builder.js';
import { linkedTool } from './tool/loader.js';
import { Tool, toolRef } from './tool/ref.js';

interface CredentialRef {
  readonly tool: ToolKey;
  readonly row: UpstreamUserCredential;
}

/** Known types of the upstream; another one is OTHER. */
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
    MEMORY: { description: 'In the memory of the upstream.' },
    KEYCHAIN: { description: 'In the keychain of the upstream’s machine.' },
    NANGO: { description: 'With Nango.' },
    COMPOSIO: { description: 'With Composio.' },
    OTHER: { description: 'Somewhere this API does not know.' },
  },
});

export const ExternalAgent = builder
  .objectRef<NonNullable<UpstreamUserCredential['externalAgents']>[number]>('ExternalAgent')
  .implement({
    description: 'An agent outside the project that a credential is used for.',
    fields: (t) => ({
      externalAgentId: t.string({ nullable: false, description: 'The upstream’s own id.', resolve: (row) => row.id }),
      name: t.string({ description: 'Name shown to people.', resolve: (row) => row.name }),
      description: t.string({ description: 'What it is for; null where unset.', resolve: (row) => row.description }),
      baseUrl: t.string({ description: 'Where it is reached.', resolve: (row) => row.baseUrl }),
      credentialReferenceId: t.string({
        description: 'The upstream’s id of the credential shown to it; null where none is.',
        resolve: (row) => row.credentialReferenceId,
      }),
      createdAt: t.field({ type: 'DateTime', description: 'When it was registered.', resolve: (row) => row.createdAt }),
      updatedAt: t.field({
        type: 'DateTime',
        description: 'When it was last changed.',
        resolve: (row) => row.updatedAt,
      }),
    }),
  });

const UserCredential = builder.objectRef<CredentialRef>('UserCredential').implement({
  description: 'A caller’s own credential for a tool. The secret itself is never shown.',
  fields: (t) => ({
    credentialId: t.string({ nullable: false, description: 'The upstream’s own id.', resolve: ({ row }) => row.id }),
    name: t.string({ description: 'Name shown to people.', resolve: ({ row }) => row.name }),
    type: t.field({
      type: CredentialType,
      nullable: false,
      description: 'Where the upstream keeps it.',
      resolve: ({ row }) => credentialTypeOf(row),
    }),
    credentialStoreId: t.string({
      description: 'The upstream’s id of the store.',
      resolve: ({ row }) => row.credentialStoreId,
    }),
    retrievalParams: t.field({
      type: 'JSON',
      description: 'How it is looked up in the store; null where unset. May hold look-up keys: treat as secret.',
      resolve: ({ row }) => row.retrievalParams ?? null,
    }),
    toolId: t.string({ description: 'The upstream’s id of the tool it is for.', resolve: ({ row }) => row.toolId }),
    tool: t.field({
      type: Tool,
      nullable: true,
      description: 'The tool it is for. Its ids cost nothing.',
      resolve: ({ tool }, _args, context, info) => linkedTool(context, tool, info),
    }),
    userId: t.string({ description: 'The upstream’s id of the user it belongs to.', resolve: ({ row }) => row.userId }),
    createdBy: t.string({
      description: 'Who created it; null where the upstream does not say.',
      resolve: ({ row }) => row.createdBy,
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was created.', resolve: ({ row }) => row.createdAt }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      resolve: ({ row }) => row.updatedAt,
    }),
    tools: t.field({
      type: [Tool],
      nullable: true,
      description: 'Every tool it is used for; null where the upstream does not say.',
      resolve: ({ tool, row }) => row.tools?.map(({ id }) => toolRef({ ...tool, toolId: id })),
    }),
    externalAgents: t.field({
      type: [ExternalAgent],
      nullable: true,
      description: 'Every external agent it is used for; null where the upstream does not say.',
      resolve: ({ row }) => row.externalAgents,
    }),
  }),
});

builder.objectField(Tool, 'userCredential', (t) =>
  t.field({
    type: UserCredential,
    nullable: true,
    description: 'The caller’s own credential for a user-scoped tool; null where there is none. One call per tool.',
    resolve: async (tool, _args, context) => {
      const { row, record } = getUserCredential(context.operation, tool);
      countKey(record);
      const credential = await row;
      return credential && { tool, row: credential };
    },
  }),
);
