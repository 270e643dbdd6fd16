import { toRfc3339 } from '../../upstream/date-time.js';
import { type CredentialKey, credentialResource, type UpstreamCredential } from '../../upstream/inkeep/credential.js';
import { INKEEP_ID } from '../../upstream/inkeep/keys.js';
import { builder } from '../core/builder.js';
import { connectionOf, sliceOf } from '../core/connections/connection.js';
import { defineConnection } from '../core/connections/connection-type.js';
import type { GraphContext } from '../core/context.js';
import { defineFinder } from '../core/ids/node.js';
import { defineNodeId } from '../core/ids/node-id.js';
import { defineLoader, readByParent } from '../core/reads/loader.js';
import { rowFields } from '../core/reads/row-field.js';
import { TENANT_ARG, tenantOf } from '../core/tenant.js';
import { Project, projectRef } from './project.js';
import { loadStoredTool } from './tool/loader.js';
import { Tool, toolRef } from './tool/ref.js';
import { CredentialType, credentialTypeOf, ExternalAgent } from './user-credential.js';

const CredentialReferenceId = defineNodeId(
  'CredentialReference',
  ['tenantId', 'projectId', 'credentialReferenceId'],
  INKEEP_ID,
);

/** A credential of a project as resolvers pass it on: its key, and its row if an answer has included it. */
class CredentialReferenceRef implements CredentialKey {
  readonly __typename = 'CredentialReference';
  readonly tenantId: string;
  readonly projectId: string;
  readonly credentialReferenceId: string;
  readonly row: UpstreamCredential | undefined;

  constructor(key: CredentialKey, row: UpstreamCredential | undefined) {
    this.tenantId = key.tenantId;
    this.projectId = key.projectId;
    this.credentialReferenceId = key.credentialReferenceId;
    this.row = row;
  }

  /** Encoded when it is selected. Generated code reads a member faster than it calls a resolver. */
  get id(): string {
    return CredentialReferenceId.encode(this);
  }
}

const CredentialReference = builder.objectRef<CredentialReferenceRef>('CredentialReference');

function credentialReferenceRef(key: CredentialKey, row?: UpstreamCredential): CredentialReferenceRef {
  return new CredentialReferenceRef(key, row);
}

/** Loads the row of a credential: by its own call, or from the project's list if several credentials are loaded in one tick. */
const loadCredential = defineLoader(
  ({ tenantId, projectId, credentialReferenceId }: CredentialKey) => [tenantId, projectId, credentialReferenceId],
  (context, keys) =>
    readByParent(
      keys,
      (key) => `${key.tenantId}/${key.projectId}`,
      (group) => {
        const rows = context.inkeep
          .items(credentialResource, group[0])
          .byIds(group.map((key) => key.credentialReferenceId));
        return group.map((key) => rows.get(key.credentialReferenceId) ?? Promise.resolve(null));
      },
    ),
);

/** The credential with this key; null if it does not exist. */
async function findCredentialReference(
  context: GraphContext,
  key: CredentialKey,
): Promise<CredentialReferenceRef | null> {
  const row = await loadCredential(context, key);
  return row && credentialReferenceRef(key, row);
}

defineFinder(CredentialReferenceId, findCredentialReference);

const stored = rowFields('stored', (credential: CredentialReferenceRef) => credential.row, loadCredential);

/** The row of a credential with its `tools` and `externalAgents`, which only the call for one credential returns. */
async function usersOf(context: GraphContext, credential: CredentialReferenceRef): Promise<UpstreamCredential | null> {
  const { row } = credential;
  if (row?.tools || row?.externalAgents) return row;
  return context.inkeep.items(credentialResource, credential).prove(credential.credentialReferenceId);
}

CredentialReference.implement({
  description: 'A credential of a project, for tools and external agents. The secret itself is never included.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: false,
      description: 'Global id, for `node(id)`. Needs no upstream call.',
    }),
    tenantId: t.exposeString('tenantId', {
      nullable: false,
      description: 'The upstream id of the tenant. Needs no upstream call.',
    }),
    projectId: t.exposeString('projectId', {
      nullable: false,
      description: 'The upstream id of the project. Needs no upstream call.',
    }),
    credentialReferenceId: t.exposeString('credentialReferenceId', {
      nullable: false,
      description: 'The upstream id, unique in the project. Needs no upstream call.',
    }),
    project: t.field({
      type: Project,
      nullable: false,
      description: 'The project it belongs to. Reading only its ids needs no upstream call; other fields need one.',
      resolve: (credential) => projectRef(credential),
    }),
    name: t.string({ description: 'Display name.', ...stored((row) => row.name) }),
    type: t.field({
      type: CredentialType,
      description: 'Where the upstream keeps it.',
      ...stored((row) => credentialTypeOf(row)),
    }),
    credentialStoreId: t.string({
      description: 'The upstream id of the store.',
      ...stored((row) => row.credentialStoreId),
    }),
    retrievalParams: t.field({
      type: 'JSON',
      description: 'How the upstream finds it in the store; null if not set. May hold keys: treat it as a secret.',
      ...stored((row) => row.retrievalParams),
    }),
    userId: t.string({
      description: 'The upstream id of the user it belongs to; null if it belongs to the project.',
      ...stored((row) => row.userId),
    }),
    toolId: t.string({
      description: 'The upstream id of the only tool that can use it; null if all tools can.',
      ...stored((row) => row.toolId),
    }),
    createdBy: t.string({
      description: 'Who created it; null if not known.',
      ...stored((row) => row.createdBy),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      ...stored((row) => toRfc3339(row.createdAt)),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      ...stored((row) => toRfc3339(row.updatedAt)),
    }),
    tools: t.field({
      type: [Tool],
      extensions: { reads: 'each' },
      nullable: true,
      description: 'Tools that use it; null if not known. One call per credential, without a probe.',
      resolve: async (credential, _args, context) =>
        (await usersOf(context, credential))?.tools?.map(({ id }) => toolRef({ ...credential, toolId: id })),
    }),
    externalAgents: t.field({
      type: [ExternalAgent],
      extensions: { reads: 'each' },
      nullable: true,
      description: 'External agents that use it; null if not known. Costs the same as `tools`.',
      resolve: async (credential, _args, context) => (await usersOf(context, credential))?.externalAgents,
    }),
  }),
});

const CredentialReferenceConnection = defineConnection(CredentialReference, {
  page: 'A page of credentials, newest first.',
  edge: 'A credential and its place in the list.',
  totalCount: 'Credentials in the whole list.',
});

builder.queryField('credentialReference', (t) =>
  t.field({
    type: CredentialReference,
    extensions: { upstream: 'inkeep', reads: 'row' },
    nullable: true,
    description: 'One credential of a project; null if it does not exist. One call.',
    args: {
      tenantId: t.arg.string(TENANT_ARG),
      projectId: t.arg.string({ required: true, description: 'The upstream id of the project.' }),
      credentialReferenceId: t.arg.string({ required: true, description: 'The upstream id of the credential.' }),
    },
    resolve: (_root, { tenantId, ...key }, context) =>
      findCredentialReference(context, { ...key, tenantId: tenantOf(context, tenantId) }),
  }),
);

builder.objectField(Project, 'credentialReferences', (t) =>
  t.field({
    type: CredentialReferenceConnection,
    extensions: { reads: 'page' },
    nullable: true,
    description: 'Its credentials, newest first. One call per 100 rows.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (project, args, context) =>
      connectionOf(await context.inkeep.items(credentialResource, project).window(sliceOf(args)), (row) =>
        credentialReferenceRef({ ...project, credentialReferenceId: row.id }, row),
      ),
  }),
);

builder.objectField(Tool, 'credentialReference', (t) =>
  t.field({
    type: CredentialReference,
    nullable: true,
    description:
      'The credential that is sent to the MCP server; null if the tool has none or it no longer exists. One call; for many tools, one per 100 credentials of the project.',
    extensions: { needs: 'stored', reads: 'row' },
    resolve: async (tool, _args, context) => {
      const row = tool.stored ?? (await loadStoredTool(context, tool));
      if (!row?.credentialReferenceId) return null;
      return findCredentialReference(context, { ...tool, credentialReferenceId: row.credentialReferenceId });
    },
  }),
);
